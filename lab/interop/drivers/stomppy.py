# Drives stomp.py. README.md has the protocol of drivers.
import base64
import json
import queue
import sys
import threading
import time

import stomp

CLASSES = {"1.0": stomp.Connection10, "1.1": stomp.Connection11, "1.2": stomp.Connection12}


class Listener(stomp.ConnectionListener):
    def __init__(self):
        self.messages = queue.Queue()
        self.connected = threading.Event()
        self.receipts = set()
        self.changed = threading.Condition()
        self.version = ""
        self.failure = None
        self.leaving = False

    def on_connected(self, frame):
        self.version = frame.headers.get("version", "1.0")
        self.connected.set()

    def on_message(self, frame):
        self.messages.put(frame)

    def on_receipt(self, frame):
        with self.changed:
            self.receipts.add(frame.headers["receipt-id"])
            self.changed.notify_all()

    def on_error(self, frame):
        self.fail("ERROR: %s %s" % (frame.headers.get("message"), frame.body))

    def on_disconnected(self):
        if not self.leaving:
            self.fail("connection closed")

    def on_heartbeat_timeout(self):
        self.fail("no heart-beat")

    def fail(self, text):
        with self.changed:
            self.failure = self.failure or text
            self.changed.notify_all()
        self.connected.set()

    def check(self):
        if self.failure:
            raise RuntimeError(self.failure)


listener = Listener()
received = []
conn = None
version = None
count = 0


def connect(c):
    global conn, version
    version = c["version"]
    # auto_decode would make every body a str.
    options = {"auto_decode": False, "reconnect_attempts_max": 1}
    if version != "1.0":
        options.update(heartbeats=tuple(c["beat"]), vhost="/")
    conn = CLASSES[version]([(c["host"], c["port"])], **options)
    conn.set_listener("", listener)
    conn.connect(c["login"], c["passcode"], wait=False)
    if not listener.connected.wait(10):
        raise RuntimeError("no answer in time")
    listener.check()
    return {"version": listener.version}


def send(c):
    global count
    body = base64.b64decode(c["body"])
    headers = dict(c["headers"])
    if c.get("transaction"):
        headers["transaction"] = c["transaction"]
    receipt = None
    if c.get("receipt"):
        count += 1
        receipt = headers["receipt"] = "r%d" % count
    conn.send(c["destination"], body if c.get("binary") else body.decode(), headers=headers)
    if receipt:
        with listener.changed:
            listener.changed.wait_for(lambda: receipt in listener.receipts or listener.failure, 10)
        listener.check()
        if receipt not in listener.receipts:
            raise RuntimeError("no receipt in time")


def receive(c):
    end = time.monotonic() + c["timeout"] / 1000
    while True:
        try:
            f = listener.messages.get(timeout=max(0.001, min(0.05, end - time.monotonic())))
            break
        except queue.Empty:
            listener.check()
            if time.monotonic() >= end:
                return {"message": None}
    received.append(f)
    body = f.body.encode() if isinstance(f.body, str) else f.body
    return {"message": {"headers": f.headers, "body": base64.b64encode(body or b"").decode()}}


def answer(c, method):
    h = received[c["n"]].headers
    transaction = c.get("transaction")
    if version == "1.0":
        method(h["message-id"], transaction)
    elif version == "1.1":
        method(h["message-id"], h["subscription"], transaction)
    else:
        method(h["ack"], transaction)


def idle(c):
    time.sleep(c["timeout"] / 1000)
    listener.check()


def disconnect(c):
    listener.leaving = True
    conn.disconnect(receipt="goodbye")
    with listener.changed:
        listener.changed.wait_for(lambda: "goodbye" in listener.receipts, 10)
    if "goodbye" not in listener.receipts:
        raise RuntimeError("no receipt of DISCONNECT in time")


commands = {
    "connect": connect,
    "send": send,
    "subscribe": lambda c: conn.subscribe(c["destination"], c["id"], c["ack"]),
    "unsubscribe": lambda c: conn.unsubscribe(id=c["id"]) if version != "1.0" else conn.unsubscribe(c["destination"], id=c["id"]),
    "receive": receive,
    "ack": lambda c: answer(c, conn.ack),
    "nack": lambda c: answer(c, conn.nack),
    "begin": lambda c: conn.begin(c["transaction"]) and None,
    "commit": lambda c: conn.commit(c["transaction"]),
    "abort": lambda c: conn.abort(c["transaction"]),
    "idle": idle,
    "disconnect": disconnect,
}

print(json.dumps({
    "peer": "stomp.py " + ".".join(map(str, stomp.__version__)),
    "versions": ["1.0", "1.1", "1.2"],
    "lacks": {"heart-beats 1.0": "1.0 has none", "nack 1.0": "1.0 has none"},
}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    try:
        reply = commands[command["op"]](command) or {}
    except Exception as e:
        reply = {"error": str(e) or repr(e)}
    print(json.dumps(reply), flush=True)
