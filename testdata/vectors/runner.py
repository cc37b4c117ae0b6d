#!/usr/bin/env python3
"""Runs escape.jsonl and decode.jsonl against a small decoder of its own.

An example for whoever writes a runner in another language: it was written from
README.md and has no leniencies. Exits with 1 when it disagrees with a vector.
"""

import json
import pathlib
import re
import sys

COMMANDS = (b"CONNECT STOMP SEND SUBSCRIBE UNSUBSCRIBE BEGIN COMMIT ABORT ACK NACK DISCONNECT "
            b"CONNECTED MESSAGE RECEIPT ERROR").split()
HANDSHAKE = (b"CONNECT", b"STOMP", b"CONNECTED", b"ERROR")
COUNTED = (b"SEND", b"MESSAGE", b"ERROR")  # only their counted bodies may have NULs
LIMITS = {"line": 8192, "headers": 128, "head": 65536, "body": 16777216}
# Several errors at one offset are reported in this order; others come last.
ORDER = ["head_too_large", "line_too_long", "too_many_headers", "nul_in_head", "bare_cr",
         "bad_length", "body_too_large", "bad_escape"]


def octets(spelled):
    """Octets as the vectors spell them."""
    if isinstance(spelled, str):
        return spelled.encode()
    if isinstance(spelled, list):
        return b"".join(map(octets, spelled))
    if "hex" in spelled:
        return bytes.fromhex(spelled["hex"])
    piece, times = spelled["repeat"]
    return octets(piece) * times


class Refused(Exception):
    def __init__(self, kind, offset):
        super().__init__(kind, offset)
        self.kind, self.offset = kind, offset


# Escapes.

def escapes(version, command):
    """The letters that stand for octets in the headers of a frame."""
    if version in ("1.0", "handshake") or command in (b"CONNECT", b"STOMP", b"CONNECTED"):
        return None
    letters = {b"n": b"\n", b"c": b":", b"\\": b"\\"}
    return letters | {b"r": b"\r"} if version == "1.2" else letters


def unescape(wire, letters):
    if letters is None:
        return wire
    out = b""
    parts = re.split(rb"(\\(?s:.)?)", wire)  # text and escapes take turns
    for i, part in enumerate(parts):
        if i % 2 == 0:
            out += part
        elif part[1:] in letters:
            out += letters[part[1:]]
        else:
            kind = "undefined_escape" if part[1:] else "truncated_escape"
            raise Refused(kind, sum(map(len, parts[:i])))
    return out


def escape(text, letters):
    octet_of = {octet: b"\\" + letter for letter, octet in (letters or {}).items()}
    none = b"\0" if letters else b"\0\n"
    out = b""
    for i in range(len(text)):
        if text[i] in none:
            raise Refused("no_escape", i)
        out += octet_of.get(text[i:i + 1], text[i:i + 1])
    return out


# Frames.

class Decoder:
    """Reads a whole input: fills frames and heartbeats, raises Refused."""

    def __init__(self, data, version, limits, after):
        self.data, self.version, self.limits = data, version, LIMITS | limits
        self.after = {change["frames"]: change for change in after}
        self.frames, self.heartbeats = [], [0]

    def crlf(self):
        return self.version in ("1.2", "handshake")

    def run(self):
        at = 0
        while at < len(self.data):
            if self.data[at:at + 1] == b"\n":
                self.heartbeats[-1] += 1
                at += 1
            elif self.crlf() and self.data[at:at + 2] == b"\r\n":
                self.heartbeats[-1] += 1
                at += 2
            elif self.crlf() and self.data[at:] == b"\r":
                raise Refused("unexpected_eof", len(self.data))
            elif self.crlf() and self.data[at:at + 1] == b"\r":
                raise Refused("bare_cr", at)
            elif self.data[at:at + 1] == b"\0":
                raise Refused("stray_nul", at)
            else:
                at = self.frame(at)
                change = self.after.get(len(self.frames), {})
                self.version = change.get("version", self.version)
                if "limits" in change:
                    self.limits = LIMITS | change["limits"]

    def frame(self, start):
        """Reads a frame and returns the offset behind it."""
        self.start, self.headers, self.length = start, [], None
        self.command, at = self.line(start, self.command_errors)
        letters = escapes(self.version, self.command)
        while True:
            line, at = self.line(at, self.header_errors)
            if line == b"":
                break
            name, _, value = line.partition(b":")
            self.headers.append((unescape(name, letters), unescape(value, letters)))
            if name == b"content-length":
                self.length = int(value)
        end = self.body(at)
        self.frames.append((start, end + 1 - start, self.command, self.headers, self.data[at:end]))
        self.heartbeats.append(0)
        return end + 1

    def body(self, at):
        """Returns the offset of the NUL."""
        if self.length is None:
            end = self.data.find(b"\0", at)
            if (end if end >= 0 else len(self.data)) - at > self.limits["body"]:
                raise Refused("body_too_large", at + self.limits["body"])
        else:
            end = at + self.length
            nul = self.data.find(b"\0", at, end)
            if nul >= 0 and self.command not in COUNTED:
                raise Refused("nul_in_body", nul)
            if self.data[end:end + 1] not in (b"\0", b""):
                raise Refused("missing_nul", end)
        if end < 0 or end >= len(self.data):
            raise Refused("unexpected_eof", len(self.data))
        return end

    def line(self, at, errors):
        """Reads a line and returns it, and the offset behind it."""
        over_line, over_head = at + self.limits["line"], self.start + self.limits["head"]
        lf, nul = self.data.find(b"\n", at), self.data.find(b"\0", at)
        complete = lf >= 0
        stop = lf if complete else len(self.data)
        # Where a limit or a NUL ends it, what stands before that counts, and
        # the octet there may prove an escape or a CR before it bad.
        for edge in (over_line, over_head, nul):
            if 0 <= edge < stop:
                stop, complete = edge + 1, False
        text = self.data[at:stop]
        if complete and self.crlf() and text.endswith(b"\r"):
            text = text[:-1]
        found = list(errors(at, text, complete))
        if nul in range(at, stop):
            found.append(("nul_in_head", nul))
        if over_line < stop:
            found.append(("line_too_long", over_line))
        if over_head < stop + complete:  # the LF counts
            found.append(("head_too_large", over_head))
        if found:
            raise Refused(*min(found, key=lambda e: (e[1], (ORDER + [e[0]]).index(e[0]))))
        if not complete:
            raise Refused("unexpected_eof", len(self.data))
        return text, stop + 1

    def bare(self, text, i, complete):
        """Is text[i] a CR that is proved to be bare?"""
        return text[i] == 13 and self.crlf() and (complete or i + 1 < len(text))

    def command_errors(self, at, text, complete):
        for i in range(len(text)):
            if any(c.startswith(text[:i + 1]) for c in COMMANDS):
                continue
            if text[i] != 13 or text[:i] not in COMMANDS or not self.crlf():
                yield "unknown_command", at + i
            elif self.bare(text, i, complete):
                yield "bare_cr", at + i
            return
        if complete and text not in COMMANDS:
            yield "unknown_command", at + len(text)
        elif complete and self.version == "handshake" and text not in HANDSHAKE:
            yield "not_negotiated", at

    def header_errors(self, at, text, complete):
        half_blank = text == b"\r" and self.crlf() and not complete
        if text and len(self.headers) >= self.limits["headers"] and not half_blank:
            yield "too_many_headers", at
        for i in range(len(text)):
            if self.bare(text, i, complete):
                yield "bare_cr", at + i
        name, colon, value = text.partition(b":")
        if colon and not name:
            yield "empty_name", at
        if complete and text and not colon:
            yield "missing_colon", self.data.index(b"\n", at)
        letters = escapes(self.version, self.command)
        for part, start, ended in ((name, at, complete or colon), (value, at + len(name) + 1, complete)):
            try:
                unescape(part, letters)
            except Refused as e:
                if ended or e.kind == "undefined_escape":
                    yield "bad_escape", start + e.offset
        if colon and name == b"content-length":
            yield from self.length_errors(at + len(name) + 1, value, complete)

    def length_errors(self, at, value, complete):
        number = 0
        for i, octet in enumerate(value):
            if octet == 13 and self.crlf() and not self.bare(value, i, complete):
                return
            if not 48 <= octet <= 57:
                yield "bad_length", at + i
                return
            number = number * 10 + octet - 48
            if self.length is None and number > self.limits["body"]:
                yield "body_too_large", at + i
                return
        if complete and not value:
            yield "bad_length", at
        elif complete and self.length not in (None, number):
            yield "conflicting_length", at


# The runner.

def run_escape(vector):
    letters = escapes(vector["version"], vector["command"].encode())
    give, want, do = ("wire", "text", unescape) if vector["op"] == "unescape" else ("text", "wire", escape)
    try:
        got = do(octets(vector[give]), letters)
    except Refused as e:
        got = (e.kind, e.offset)
    if "error" in vector:
        return got, (vector["error"]["kind"], vector["error"]["offset"])
    return got, octets(vector[want])


def run_decode(vector):
    def limits(of):
        return {k: 2**63 - 1 if v == "unlimited" else v for k, v in of.items()}
    after = [c | {"limits": limits(c["limits"])} if "limits" in c else c for c in vector.get("after", [])]
    decoder = Decoder(octets(vector["input"]), vector["version"], limits(vector.get("limits", {})), after)
    error = None
    try:
        decoder.run()
    except Refused as e:
        error = (e.kind, e.offset)
    frames = [(f["offset"], f["size"], octets(f["command"]), [(octets(n), octets(v)) for n, v in f["headers"]],
               octets(f.get("body", ""))) for f in vector["frames"]]
    want_error = (vector["error"]["kind"], vector["error"]["offset"]) if "error" in vector else None
    beats = vector.get("heartbeats", [0] * (len(frames) + 1))
    return (decoder.frames, decoder.heartbeats, error), (frames, beats, want_error)


def main():
    folder = pathlib.Path(__file__).parent
    wrong = 0
    for name, run in (("escape", run_escape), ("decode", run_decode)):
        agreed, lenient = 0, 0
        for line in (folder / (name + ".jsonl")).read_text().splitlines():
            vector = json.loads(line)
            if "allow" in vector:
                lenient += 1
                continue
            got, want = run(vector)
            if got == want:
                agreed += 1
                continue
            wrong += 1
            print(f"{vector['id']}: {vector['title']}\n  got  {got!s:.500}\n  want {want!s:.500}")
        print(f"{name}.jsonl: {agreed} agree, {lenient} skipped because they need leniencies")
    print(f"{wrong} disagree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
