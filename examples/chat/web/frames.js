// The live view of what goes over the wire, in both directions.
"use strict";

// clock returns a time element for a moment.
function clock(moment) {
  const time = document.createElement("time");
  time.dateTime = moment.toISOString();
  time.textContent = moment.toLocaleTimeString("en-GB");
  return time;
}

// following returns a function that takes functions that make items, and
// appends the items to a list, of which the last 500 stay. Items are made at the
// next animation frame, at most 100 at once. After that the list rests for three
// times as long as this took. So a flood of items neither blocks the page nor
// keeps it from answering the broker, and those that would not stay are never
// made. The list keeps its end in view, unless somebody has scrolled away from
// it.
function following(list) {
  const most = 500;
  const atOnce = 100;
  let waiting = [];
  let busy = false; // a flush or a rest is to come
  let atEnd = true;
  let top = 0; // where the list was scrolled to

  const toEnd = () => {
    if (atEnd) {
      list.scrollTop = list.scrollHeight;
    }
  };
  list.addEventListener("scroll", () => {
    const near = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    if (near || list.scrollTop < top) { // up, and not because the list has become smaller
      atEnd = near;
    }
    top = list.scrollTop;
  });
  new ResizeObserver(toEnd).observe(list);

  function flush() {
    const began = performance.now();
    waiting = waiting.slice(-most);
    const items = waiting.splice(0, atOnce).map((make) => make());
    for (let n = list.childElementCount + items.length - most; n > 0; n--) {
      list.firstElementChild.remove();
    }
    list.append(...items);
    toEnd();
    setTimeout(() => {
      busy = false;
      schedule();
    }, 3 * (performance.now() - began));
  }

  function schedule() {
    if (!busy && waiting.length > 0) {
      busy = true;
      requestAnimationFrame(flush);
    }
  }

  return (make) => {
    if (waiting.length > 2 * most) {
      waiting = waiting.slice(-most); // a page in the background has no animation frames
    }
    waiting.push(make);
    schedule();
  };
}

const Frames = (() => {
  const list = document.getElementById("frames");
  const append = following(list);
  const arrows = { in: "\u2190", out: "\u2192", event: "\u2022" };
  const words = { in: "received", out: "sent", event: "event" };
  let beats = null; // the run of heart-beats that is going on

  // masked hides the passcode in the head of a frame.
  function masked(raw) {
    const end = raw.search(/\r?\n\r?\n/);
    const head = end < 0 ? raw : raw.slice(0, end);
    return head.replace(/^(passcode:).*$/gm, "$1\u2022\u2022\u2022\u2022") + raw.slice(head.length);
  }

  // visible returns nodes that show control characters, the NUL that ends a
  // frame first of all, as ^@ and the like.
  function visible(text) {
    return text.split(/([\u0000-\u0008\u000b-\u001f\u007f])/).map((part, i) => {
      if (i % 2 === 0) {
        return part;
      }
      const control = document.createElement("span");
      control.className = "control";
      control.textContent = "^" + String.fromCharCode(part.charCodeAt(0) ^ 0x40);
      return control;
    });
  }

  function arrow(direction) {
    const mark = document.createElement("span");
    mark.className = "arrow";
    mark.textContent = arrows[direction];
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", words[direction]);
    return mark;
  }

  function title(text) {
    const name = document.createElement("strong");
    name.textContent = text;
    return name;
  }

  // add appends an entry: direction is "in", "out" or "event". Nothing from a
  // peer is ever taken for HTML.
  function add(direction, command, text) {
    const now = new Date();
    beats = null;
    append(() => {
      const item = document.createElement("li");
      item.dataset.direction = direction;
      item.dataset.command = command;
      const head = document.createElement("p");
      head.append(arrow(direction), title(command), clock(now));
      item.append(head);
      if (text) {
        const pre = document.createElement("pre");
        pre.append(...visible(masked(text)));
        item.append(pre);
      }
      return item;
    });
  }

  // beat counts a heart-beat. Those of both directions that follow one another
  // are one entry.
  function beat(direction) {
    const now = new Date();
    if (beats === null) {
      const run = (beats = { in: 0, out: 0, first: now, last: now, item: null });
      append(() => {
        run.item = document.createElement("li");
        run.item.dataset.command = "heart-beat";
        showBeats(run);
        return run.item;
      });
    }
    beats[direction]++;
    beats.last = now;
    if (beats.item !== null) {
      showBeats(beats);
    }
  }

  function showBeats(run) {
    const head = document.createElement("p");
    head.append(title("heart-beat"));
    for (const direction of ["in", "out"]) {
      run.item.dataset[direction] = run[direction];
      if (run[direction] > 0) {
        head.append(arrow(direction), String(run[direction]));
      }
    }
    const when = document.createElement("span");
    when.className = "when";
    const [first, last] = [clock(run.first), clock(run.last)];
    when.append(first, ...(first.textContent === last.textContent ? [] : [" \u2013 ", last]));
    head.append(when);
    run.item.replaceChildren(head);
  }

  // debug takes what stompjs reports with logRawCommunication: "<<< " and
  // ">>> " before bytes, PING and PONG for heart-beats, and remarks.
  function debug(line) {
    const direction = line.startsWith("<<< ") ? "in" : line.startsWith(">>> ") ? "out" : "";
    const raw = line.slice(4);
    if (!direction || raw.trim() === "") {
      return; // a remark, or the byte of a heart-beat before its PONG
    }
    if (raw === "PING" || raw === "PONG") {
      beat(direction);
    } else {
      const [command] = raw.split("\n", 1);
      add(direction, command.trim(), raw.slice(command.length + 1));
    }
  }

  document.getElementById("clear-frames").addEventListener("click", () => {
    list.replaceChildren();
    beats = null;
  });
  const show = document.getElementById("show-heart-beats");
  show.addEventListener("change", () => list.classList.toggle("no-heart-beats", !show.checked));

  return { debug, event: (name, text) => add("event", name, text) };
})();
