# stomp.py: its transport, which finds the frames, and its frame parser.
# README.md says how it is called.
import json
import sys
import time

try:
    import stomp
    from stomp import exception
    from stomp.transport import BaseTransport
    from stomp.utils import parse_frame
except ImportError:
    sys.exit(3)


class Transport(BaseTransport):
    def __init__(self, chunks):
        super().__init__(auto_decode=False)
        self.running = True
        self.chunks = iter(chunks)

    def receive(self):
        return next(self.chunks, b"")


def read(chunks):
    frames = 0
    transport = Transport(chunks)
    try:
        while True:
            for octets in transport._BaseTransport__read():
                if octets != b"\n" and parse_frame(octets) is not None:
                    frames += 1
    except exception.ConnectionClosedException:
        return frames


def repeat(chunks, frames, seconds):
    begun, passes = time.perf_counter_ns(), 0
    while True:
        n = read(chunks)
        if n != frames:
            sys.exit("%d frames, want %d" % (n, frames))
        passes += 1
        spent = time.perf_counter_ns() - begun
        if spent >= seconds * 1e9:
            return {"frames": passes * frames, "ns": spent}


name, frames, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
with open(name, "rb") as f:
    stream = f.read()
chunks = [stream[i:i + 65536] for i in range(0, len(stream), 65536)]
repeat(chunks, frames, max(1, seconds))
peer = "stomp.py " + ".".join(str(n) for n in stomp.__version__)
print(json.dumps({"peer": peer, **repeat(chunks, frames, seconds)}))
