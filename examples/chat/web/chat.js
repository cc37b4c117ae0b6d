// A chat on the stock stompjs client: connect, subscribe, publish, and what the
// client calls back.
"use strict";

const $ = (id) => document.getElementById(id);
const tab = crypto.getRandomValues(new Uint32Array(1))[0].toString(36); // tells our own messages
const wanted = new Map([["/topic/general", "auto"]]); // ack mode by destination; kept over reconnects
const subscribed = new Map(); // subscriptions of the current connection, by destination
let client = null;

$("broker-url").value = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws";

function setState(state, text) {
  $("state").dataset.state = state;
  $("state").textContent = text || state;
  const connected = state === "connected";
  const active = client !== null && client.active;
  $("publish").disabled = !connected;
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

$("connect-form").addEventListener("submit", (event) => {
  event.preventDefault();
  showAlert("");
  const delay = Number($("reconnect-delay").value);
  const connectHeaders = {};
  if ($("login").value !== "") {
    connectHeaders.login = $("login").value;
    connectHeaders.passcode = $("passcode").value;
  }
  client = new StompJs.Client({
    brokerURL: $("broker-url").value,
    connectHeaders,
    heartbeatIncoming: Number($("heartbeat-incoming").value),
    heartbeatOutgoing: Number($("heartbeat-outgoing").value),
    reconnectDelay: delay,
    logRawCommunication: true,
    debug: Frames.debug,
    beforeConnect: () => setState("connecting"),
    onConnect: (frame) => {
      showAlert("");
      setState("connected");
      Frames.event("onConnect", "STOMP " + frame.headers.version + (frame.headers.server ? ", " + frame.headers.server : ""));
      for (const [destination, ack] of wanted) {
        subscribe(destination, ack);
      }
      if (matchMedia("(max-width: 60rem)").matches) {
        $("connection").open = $("subscription").open = false; // the room is for the chat
      }
    },
    onStompError: (frame) => {
      const message = frame.headers.message || "ERROR without a message";
      showAlert("The broker says: " + message);
      Frames.event("onStompError", message);
    },
    onWebSocketError: () => Frames.event("onWebSocketError", ""),
    onWebSocketClose: (event) => {
      subscribed.clear();
      showSubscriptions();
      for (const buttons of document.querySelectorAll("#messages .actions")) {
        buttons.remove(); // the broker delivers these messages again
      }
      Frames.event("onWebSocketClose", "code " + event.code + (event.reason ? ", " + event.reason : ""));
      if (client.active && delay > 0) {
        setState("reconnecting", "reconnecting in " + delay / 1000 + " s");
      } else if (client.active) {
        deactivate(); // which is how to tell the client that this is the end
      }
    },
  });
  client.activate();
  setState("connecting");
});

async function deactivate() {
  const stopped = client;
  const done = stopped.deactivate(); // sends DISCONNECT and waits for its receipt
  setState("deactivating");
  await done;
  Frames.event("deactivated", "");
  setState("inactive");
}

$("deactivate").addEventListener("click", deactivate);

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
    remove.addEventListener("click", () => unsubscribe(destination));
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
  const item = document.createElement("li");
  item.dataset.destination = message.headers.destination;
  item.className = message.headers["chat-tab"] === tab ? "own" : "other";
  const head = document.createElement("p");
  const from = document.createElement("strong");
  from.textContent = message.headers["chat-from"] || "somebody";
  const destination = document.createElement("code");
  destination.textContent = message.headers.destination;
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  head.append(from, destination, time);
  const body = document.createElement("p");
  body.className = "body";
  body.textContent = message.body;
  item.append(head, body);
  if (ack !== "auto") {
    item.append(acknowledgement(message));
  }
  appendMessage(item);
}

// acknowledgement makes the buttons ACK and NACK of a message.
function acknowledgement(message) {
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
