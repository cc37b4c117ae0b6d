// The live view of what goes over the wire, in both directions.
"use strict";

const Frames = (() => {
  const kept = 500; // entries; older ones go
  const list = document.getElementById("frames");
  const arrows = { in: "\u2190", out: "\u2192", event: "\u2022" };
  const words = { in: "received", out: "sent", event: "event" };

  // visible makes octets of a frame fit to be looked at: the passcode masked,
  // NUL and other control characters shown. A body is left as it is, but for
  // those.
  function visible(raw) {
    const end = raw.search(/\r?\n\r?\n/);
    const head = end < 0 ? raw : raw.slice(0, end);
    const body = raw.slice(head.length);
    return (head.replace(/^(passcode:).*$/gm, "$1\u2022\u2022\u2022\u2022") + body)
      .replace(/[\u0000-\u0009\u000b-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
      .replace(/\u007f/g, "\u2421");
  }

  // add appends an entry: direction is "in", "out" or "event". Nothing from a
  // peer is ever taken for HTML.
  function add(direction, title, text) {
    const follow = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
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
      pre.textContent = text;
      item.append(pre);
    }
    list.append(item);
    while (list.childElementCount > kept) {
      list.firstElementChild.remove();
    }
    if (follow) {
      list.scrollTop = list.scrollHeight;
    }
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
      add(direction, raw.trimStart().split(/\r?\n/, 1)[0], visible(raw));
    }
  }

  document.getElementById("clear-frames").addEventListener("click", () => list.replaceChildren());
  const beats = document.getElementById("show-heart-beats");
  beats.addEventListener("change", () => list.classList.toggle("no-heart-beats", !beats.checked));

  return { debug, event: (title, text) => add("event", title, text) };
})();
