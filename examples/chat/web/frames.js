// The live view of what goes over the wire, in both directions.
"use strict";

// following returns a function that appends items to a list, of which the last
// 500 stay. It keeps the end in view, unless somebody has scrolled away from it.
function following(list) {
  let atEnd = true;
  const toEnd = () => {
    if (atEnd) {
      list.scrollTop = list.scrollHeight;
    }
  };
  list.addEventListener("scroll", () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  });
  new ResizeObserver(toEnd).observe(list);
  return (item) => {
    list.append(item);
    while (list.childElementCount > 500) {
      list.firstElementChild.remove();
    }
    toEnd();
  };
}

const Frames = (() => {
  const list = document.getElementById("frames");
  const append = following(list);
  const arrows = { in: "\u2190", out: "\u2192", event: "\u2022" };
  const words = { in: "received", out: "sent", event: "event" };

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

  // add appends an entry: direction is "in", "out" or "event". Nothing from a
  // peer is ever taken for HTML.
  function add(direction, title, text) {
    const item = document.createElement("li");
    item.dataset.direction = direction;
    item.dataset.command = title;
    const head = document.createElement("p");
    const arrow = document.createElement("span");
    arrow.className = "arrow";
    arrow.textContent = arrows[direction];
    arrow.setAttribute("role", "img");
    arrow.setAttribute("aria-label", words[direction]);
    const name = document.createElement("strong");
    name.textContent = title;
    const time = document.createElement("time");
    const now = new Date();
    time.dateTime = now.toISOString();
    time.textContent = now.toLocaleTimeString([], { hour12: false });
    head.append(arrow, name, time);
    item.append(head);
    if (text) {
      const pre = document.createElement("pre");
      pre.append(...visible(text));
      item.append(pre);
    }
    append(item);
  }

  // debug takes what stompjs reports with logRawCommunication: "<<< " and
  // ">>> " before octets, PING and PONG for heart-beats, and remarks.
  function debug(line) {
    const direction = line.startsWith("<<< ") ? "in" : line.startsWith(">>> ") ? "out" : "";
    const raw = line.slice(4);
    if (!direction || raw.trim() === "") {
      return; // a remark, or the octet of a heart-beat before its PONG
    }
    if (raw === "PING" || raw === "PONG") {
      add(direction, "heart-beat", "");
    } else {
      const [command] = raw.split("\n", 1);
      add(direction, command.trim(), masked(raw.slice(command.length + 1)));
    }
  }

  document.getElementById("clear-frames").addEventListener("click", () => list.replaceChildren());
  const beats = document.getElementById("show-heart-beats");
  beats.addEventListener("change", () => list.classList.toggle("no-heart-beats", !beats.checked));

  return { debug, event: (title, text) => add("event", title, text) };
})();
