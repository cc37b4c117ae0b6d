package main

import (
	"bufio"
	"fmt"
	"unicode/utf8"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// shownBody is how many octets of a body are shown without -full.
const shownBody = 1024

// textSink prints frames for people. Left of a margin stand offsets and what
// the tool has to say, right of it what is in the stream, made visible, so that
// nothing in the stream can look like the tool or reach the terminal. It holds
// nothing of a body.
type textSink struct {
	w      *bufio.Writer
	colour palette
	full   bool
	line   []byte
	inBody bool
	start  bool   // of a line of the body
	shown  int64  // octets of the body
	hidden int64  // octets of the body that are not shown
	carry  []byte // the beginning of a character whose end has not come
}

const margin = "          "

func (t *textSink) gap(int64, []byte) {}

func (t *textSink) heartbeats(r beats) {
	b := t.offset(r.offset)
	if r.count == 1 {
		b = append(b, "1 heart-beat"...)
	} else {
		b = fmt.Appendf(b, "%d heart-beats", r.count)
	}
	t.print(append(b, '\n'))
	t.allowed(r.used)
}

func (t *textSink) head(offset int64, _ frame.Version, ev parser.Event) {
	b := t.offset(offset)
	b = appendPainted(b, t.colour.command, string(appendVisible(nil, []byte(ev.Head.Command), "")))
	t.print(append(b, '\n'))
	t.allowed(ev.Used)
	for _, e := range ev.Head.Headers {
		b := append(t.line[:0], margin...)
		b = appendPainted(b, t.colour.name, string(appendVisible(nil, e.Name, "")))
		b = append(b, ':')
		if headers.IsSecret(e.Name) {
			b = appendPainted(b, t.colour.mark, "***")
		} else {
			b = appendVisible(b, e.Value, t.colour.mark)
		}
		t.print(append(b, '\n'))
	}
	t.print(append(t.line[:0], '\n'))
	t.inBody, t.start, t.shown, t.hidden = true, true, 0, 0
}

func (t *textSink) body(_ int64, piece []byte) {
	b := t.line[:0]
	for len(t.carry) > 0 && len(piece) > 0 {
		t.carry, piece = append(t.carry, piece[0]), piece[1:]
		if utf8.FullRune(t.carry) {
			b = t.characters(b, t.carry)
		}
	}
	if len(piece) > 0 {
		b = t.characters(b, piece)
	}
	t.print(b)
}

// characters appends the characters at the front of s, and keeps in carry the
// beginning of one whose end has not come.
func (t *textSink) characters(b, s []byte) []byte {
	for utf8.FullRune(s) {
		if t.hidden > 0 {
			t.hidden += int64(len(s))
			s = nil
			break
		}
		_, size := utf8.DecodeRune(s)
		b = t.character(b, s[:size])
		s = s[size:]
	}
	t.carry = append(t.carry[:0], s...)
	return b
}

// character appends one character, or octet that is none.
func (t *textSink) character(b, s []byte) []byte {
	if !t.full && t.shown+int64(len(s)) > shownBody || t.hidden > 0 {
		t.hidden += int64(len(s))
		return b
	}
	t.shown += int64(len(s))
	if s[0] == '\n' {
		t.start = true
		return append(b, '\n')
	}
	b = t.indent(b)
	return appendVisible(b, s, t.colour.mark)
}

// indent appends the margin at the start of a line.
func (t *textSink) indent(b []byte) []byte {
	if t.start {
		t.start = false
		return append(b, margin...)
	}
	return b
}

func (t *textSink) end(int64) {
	b := t.endBody(t.line[:0])
	b = t.indent(b)
	b = appendPainted(b, t.colour.mark, "^@")
	t.print(append(b, '\n'))
	t.inBody = false
}

// endBody appends what is still to be said of the body.
func (t *textSink) endBody(b []byte) []byte {
	for i := range t.carry {
		b = t.character(b, t.carry[i:i+1])
	}
	t.carry = t.carry[:0]
	if t.hidden > 0 {
		if !t.start {
			b = append(b, '\n')
		}
		b = appendPainted(b, t.colour.offset, "     ...  ")
		b = fmt.Appendf(b, "%d octets more, -full shows them\n", t.hidden)
		t.start = true
	}
	return b
}

func (t *textSink) fail(*parser.Error, int64, []byte) {
	if !t.inBody {
		return
	}
	b := t.endBody(t.line[:0])
	if !t.start {
		b = append(b, '\n')
	}
	t.print(b)
}

// allowed says which leniencies were needed.
func (t *textSink) allowed(used parser.Allow) {
	if used != 0 {
		b := appendPainted(t.line[:0], t.colour.offset, "       !  ")
		t.print(fmt.Appendf(b, "allowed: %s\n", used))
	}
}

// offset begins a line.
func (t *textSink) offset(offset int64) []byte {
	return append(appendPainted(t.line[:0], t.colour.offset, fmt.Sprintf("%8d", offset)), "  "...)
}

// print writes text that was built on line. An error stays with the writer.
func (t *textSink) print(b []byte) {
	t.w.Write(b)
	t.line = b
}
