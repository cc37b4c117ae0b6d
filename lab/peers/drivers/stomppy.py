# Reads streams with the transport and the frame parser of stomp.py. ../README.md
# has the protocol of drivers.
import base64
import json
import sys

from stomp import exception
from stomp.transport import BaseTransport
from stomp.utils import parse_frame


def b64(x):
    if isinstance(x, str):
        x = x.encode("utf-8", "surrogatepass")
    return base64.b64encode(x or b"").decode()


class Transport(BaseTransport):
    def __init__(self, chunks):
        super().__init__()
        self.running = True
        self.chunks = iter(chunks)
        self.at = 0

    def receive(self):
        chunk = next(self.chunks, b"")
        self.at += len(chunk)
        return chunk


def read(cut, data):
    answer = {"frames": [], "beats": 0, "error": None}
    t = Transport([data[i:i + 1] for i in range(len(data))] if cut else [data] if data else [])
    try:
        # What its receiver loop does.
        while True:
            for octets in t._BaseTransport__read():
                if octets == b"\n":
                    answer["beats"] += 1
                    continue
                f = parse_frame(octets)
                if f is None:
                    continue
                answer["frames"].append({
                    "at": t.at,
                    "command": b64(f.cmd),
                    "headers": [[b64(k), b64(v)] for k, v in f.headers.items()],
                    "body": b64(f.body),
                })
    except exception.ConnectionClosedException:
        pass
    except Exception as e:
        answer["error"] = repr(e)
    return answer


print("ready", flush=True)
for line in sys.stdin:
    id, _, cut, octets = line.rstrip("\n").split("\t")
    print(json.dumps({"id": id, **read(cut == "1", base64.b64decode(octets))}), flush=True)
