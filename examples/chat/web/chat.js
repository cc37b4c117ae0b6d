// A chat on the stock stompjs client: connect, subscribe, publish, and what the
// client calls back.
"use strict";

const $ = (id) => document.getElementById(id);
const tab = crypto.getRandomValues(new Uint32Array(1))[0].toString(36); // tells our own messages
const wanted = new Map([["/topic/general", "auto"]]); // ack mode by destination; kept over reconnects
const subscribed = new Map(); // subscriptions of the current connection, by destination
let client = null;

$("broker-url").value = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws";

function setState(state) {
  $("state").dataset.state = state;
  $("state").textContent = state;
  const active = client !== null && client.active;
  $("publish").disabled = state !== "connected";
  $("connect").disabled = active || state === "deactivating";
  $("deactivate").disabled = !active;
  for (const input of $("connect-form").querySelectorAll("input")) {
    input.disabled = active || state === "deactivating";
  }
}

function showAlert(text) {
  $("alert").textContent = text;
  $("alert").hidden = text === "";
}

// Connection

let connections = 0; // how many have ended
let reason = ""; // what the broker has said in an ERROR over this connection
let countdown = 0; // the timer of the next attempt to connect

// urlProblem says what is wrong with the URL of a broker, "" for nothing.
function urlProblem(text) {
  if (!/^wss?:\/\//i.test(text)) {
    return "The broker URL begins with ws:// or wss://.";
  }
  try {
    if (new URL(text).hash !== "") {
      return "The broker URL must not contain #.";
    }
  } catch {
    return "The broker URL is not valid.";
  }
  if (location.protocol === "https:" && /^ws:/i.test(text) && !/^ws:\/\/(localhost|127\.|\[::1\])/i.test(text)) {
    return "A page that was loaded with https can only use wss://.";
  }
  return "";
}

$("connect-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const url = $("broker-url").value;
  showAlert(urlProblem(url));
  if (!$("alert").hidden) {
    $("broker-url").focus();
    return;
  }
  const delay = Number($("reconnect-delay").value);
  const connectHeaders = {};
  if ($("login").value !== "") {
    connectHeaders.login = $("login").value;
    connectHeaders.passcode = $("passcode").value;
  }
  let opened = false; // whether this connection has come as far as CONNECTED
  client = new StompJs.Client({
    brokerURL: url,
    connectHeaders,
    heartbeatIncoming: Number($("heartbeat-incoming").value),
    heartbeatOutgoing: Number($("heartbeat-outgoing").value),
    reconnectDelay: delay,
    logRawCommunication: true,
    debug: Frames.debug,
    beforeConnect: () => {
      opened = false;
      clearInterval(countdown);
      setState("connecting");
    },
    onConnect: (frame) => {
      opened = true;
      showAlert(reason); // of the connection before; there is time to read it until something is published
      reason = "";
      setState("connected");
      Frames.event("onConnect", "STOMP " + frame.headers.version + (frame.headers.server ? ", " + frame.headers.server : ""));
      for (const [destination, ack] of wanted) {
        subscribe(destination, ack);
      }
      showChat();
    },
    onStompError: (frame) => {
      reason = reasonOf(frame);
      Frames.event("onStompError", reason);
      showAlert(reason);
      if (!opened) {
        refused();
      }
    },
    onWebSocketError: () => Frames.event("onWebSocketError", ""),
    onWebSocketClose: (event) => {
      connections++;
      subscribed.clear();
      showSubscriptions();
      for (const buttons of document.querySelectorAll("#messages .actions")) {
        buttons.remove(); // the broker delivers these messages again
      }
      const code = "code " + event.code + (event.reason ? ", " + event.reason : "");
      Frames.event("onWebSocketClose", code);
      if (!client.active) {
        return;
      }
      const text = reason || (opened ? "The connection is lost (" + code + ")." : "Cannot reach " + url + ".");
      if (delay > 0) {
        setState("reconnecting");
        countDown(text, delay);
      } else {
        showAlert(text);
        deactivate(); // which is how to tell the client that this is the end
      }
    },
  });
  reason = "";
  client.activate();
  setState("connecting");
  $("deactivate").focus(); // the field that had the focus is disabled now
});

// reasonOf returns what an ERROR says: its message, and the first line of its
// body if that says more.
function reasonOf(frame) {
  const message = frame.headers.message || "ERROR without a message";
  const [detail] = frame.body.trim().split("\n", 1);
  const said = message + (detail && detail !== message ? ": " + detail : "");
  return "The broker says: " + said + (/[.!?]$/.test(said) ? "" : ".");
}

// refused ends the attempts of a client that the broker does not let in. More
// of them would not help, but another passcode may.
async function refused() {
  const stopped = client.deactivate();
  setState("deactivating");
  await stopped;
  setState("inactive");
  $("connection").open = true;
  $("passcode").focus();
  $("passcode").select();
}

// countDown shows why there is no connection, and when the next attempt comes.
// The seconds are for the eye alone: they would be read out one by one.
function countDown(text, delay) {
  const end = Date.now() + delay;
  const seconds = [$("alert"), $("state")].map((element) => {
    const span = document.createElement("span");
    span.setAttribute("aria-hidden", "true");
    element.textContent = element === $("alert") ? text + " Trying again" : "reconnecting";
    element.append(span);
    return span;
  });
  $("alert").hidden = false;
  const show = () => {
    const left = Math.max(1, Math.ceil((end - Date.now()) / 1000));
    for (const span of seconds) {
      span.textContent = " in " + left + " s";
    }
  };
  clearInterval(countdown);
  countdown = setInterval(show, 250);
  show();
}

// showChat gives the room of a narrow screen to the chat, and the focus to the
// message, unless somebody is busy elsewhere.
function showChat() {
  const narrow = matchMedia("(max-width: 60rem)").matches;
  const at = document.activeElement;
  if (at === document.body || $("connection").contains(at)) {
    $("publish-body").focus({ preventScroll: true });
  }
  if (narrow) {
    $("connection").open = $("subscription").open = false;
    $("chat").scrollIntoView({ block: "start" });
  }
}

async function deactivate() {
  const stopped = client;
  const focused = document.activeElement === $("deactivate");
  clearInterval(countdown);
  if (stopped.connected) {
    showAlert("");
  }
  const done = stopped.deactivate(); // sends DISCONNECT and waits for its receipt
  setState("deactivating");
  await done;
  Frames.event("deactivated", "");
  setState("inactive");
  if (focused) {
    $("connect").focus(); // the button that had the focus is disabled now
  }
}

$("deactivate").addEventListener("click", () => {
  showAlert("");
  deactivate();
});

// Subscriptions

function subscribe(destination, ack) {
  wanted.set(destination, ack);
  if (client !== null && client.connected) {
    subscribed.get(destination)?.unsubscribe();
    subscribed.set(destination, client.subscribe(destination, (message) => showMessage(message, ack), { ack }));
  }
  showSubscriptions();
}

function unsubscribe(destination) {
  wanted.delete(destination);
  if (client !== null && client.connected) {
    subscribed.get(destination)?.unsubscribe();
  }
  subscribed.delete(destination);
  showSubscriptions();
}

function showSubscriptions() {
  const items = [];
  for (const [destination, ack] of wanted) {
    const item = document.createElement("li");
    item.dataset.destination = destination;
    item.dataset.open = subscribed.has(destination);
    const name = document.createElement("code");
    name.textContent = destination;
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = [ack === "auto" ? "" : ack, subscribed.has(destination) ? "" : "when connected"].filter(Boolean).join(", ");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "Unsubscribe";
    remove.setAttribute("aria-label", "Unsubscribe from " + destination);
    remove.addEventListener("click", () => {
      unsubscribe(destination);
      $("subscribe-destination").focus();
    });
    item.append(...(note.textContent ? [name, note, remove] : [name, remove]));
    items.push(item);
  }
  $("subscriptions").replaceChildren(...items);
}

$("subscribe-form").addEventListener("submit", (event) => {
  event.preventDefault();
  subscribe($("subscribe-destination").value, $("subscribe-ack").value);
  $("subscribe-destination").value = "";
});

// Messages

const appendMessage = following($("messages"));

function showMessage(message, ack) {
  const now = new Date();
  const connection = connections;
  appendMessage(() => messageItem(message, now, ack !== "auto" && connection === connections));
}

function messageItem(message, now, acknowledge) {
  const item = document.createElement("li");
  item.dataset.destination = message.headers.destination;
  item.className = message.headers["chat-tab"] === tab ? "own" : "other";
  const head = document.createElement("p");
  const from = document.createElement("strong");
  from.textContent = message.headers["chat-from"] || "somebody";
  const destination = document.createElement("code");
  destination.textContent = message.headers.destination;
  head.append(from, destination, clock(now));
  if (message.headers.redelivered === "true") {
    const again = document.createElement("span");
    again.textContent = "redelivered";
    head.append(again);
  }
  const body = document.createElement("p");
  body.className = "body";
  body.textContent = message.body;
  item.append(head, body);
  if (acknowledge) {
    item.append(acknowledgment(message));
  }
  return item;
}

// acknowledgment makes the buttons ACK and NACK of a message.
function acknowledgment(message) {
  const line = document.createElement("p");
  line.className = "actions";
  for (const word of ["ack", "nack"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word.toUpperCase();
    button.dataset.action = word;
    button.addEventListener("click", () => {
      message[word]();
      line.remove();
      ($("messages").querySelector("[data-action]") || $("messages")).focus();
    });
    line.append(button);
  }
  return line;
}

// parseHeaders reads lines of name:value.
function parseHeaders(text) {
  const headers = {};
  for (const line of text.split("\n")) {
    if (line.trim() === "") {
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 1) {
      throw new Error("A header is name:value, and this is not: " + line);
    }
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function publish() {
  showAlert("");
  try {
    client.publish({
      destination: $("publish-destination").value,
      body: $("publish-body").value,
      headers: { "chat-from": $("login").value || "guest", "chat-tab": tab, ...parseHeaders($("publish-headers").value) },
      skipContentLengthHeader: $("skip-content-length").checked,
    });
    $("publish-body").value = "";
  } catch (error) {
    showAlert(error.message);
  }
}

$("publish-form").addEventListener("submit", (event) => {
  event.preventDefault();
  publish();
  $("publish-body").focus();
});

$("publish-body").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!$("publish").disabled) {
      $("publish-form").requestSubmit();
    }
  }
});

showSubscriptions();
setState("inactive");
