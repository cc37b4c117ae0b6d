package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A printer prints one connection. It prints each frame when it is complete, so
// that frames of different sides and connections do not mix.
type printer interface {
	// eol prints the line ending that belongs to the frame before it.
	eol(from validate.Role, offset int64, used parser.Allow, at time.Duration)
	// gap prints other data between frames: a HeartBeatEvent.
	gap(from validate.Role, offset int64, ev parser.Event, at time.Duration)
	head(from validate.Role, offset int64, ev parser.Event)
	body(from validate.Role, piece []byte)
	// end prints the NUL of a frame, and the leniencies needed after its head.
	end(from validate.Role, offset int64, used parser.Allow, at time.Duration)
	found(p place, found []finding.Finding, at time.Duration)
	fail(from validate.Role, e *parser.Error, at time.Duration)
	// say prints a message that is not about one frame.
	say(what string)
	// close prints the summary at the end of the connection.
	close(c *conversation, at time.Duration)
}

// A place says what findings are about.
type place struct {
	from    validate.Role
	offset  int64
	what    string        // printable
	command frame.Command // of the frame, or "" outside frames
	after   text.Place    // last frame of the other side
}

// textPrinter prints like "stomp decode" and "stomp check". A line before each
// frame has the connection, the side and the time.
type textPrinter struct {
	out    *output
	number int
	color  text.Palette
	sides  [2]textSide
}

// textSide is the text of the current frame. It is short, since only the
// beginning of a body is printed.
type textSide struct {
	buf     bytes.Buffer
	w       *bufio.Writer
	printer *text.Printer
}

func newTextPrinter(out *output, number int, color text.Palette) *textPrinter {
	p := &textPrinter{out: out, number: number, color: color}
	for i := range p.sides {
		s := &p.sides[i]
		s.w = bufio.NewWriterSize(&s.buf, 512)
		s.printer = text.NewPrinter(s.w, color, false)
	}
	return p
}

// flush prints the text of one side.
func (p *textPrinter) flush(from validate.Role, at time.Duration) {
	s := &p.sides[from]
	s.w.Flush()
	if s.buf.Len() == 0 {
		return
	}
	b := text.AppendPainted(nil, p.color.Mark, fmt.Sprintf("#%d %s %.3f", p.number, from, at.Seconds()))
	b = append(b, '\n')
	p.out.print(append(b, s.buf.Bytes()...))
	s.buf.Reset()
}

func (p *textPrinter) eol(from validate.Role, offset int64, used parser.Allow, at time.Duration) {
	p.sides[from].printer.EOL(offset, used)
	p.flush(from, at)
}

func (p *textPrinter) gap(from validate.Role, offset int64, ev parser.Event, at time.Duration) {
	p.sides[from].printer.Gap(offset, int64(ev.Count), nuls(ev), ev.Used)
	p.flush(from, at)
}

// nuls returns the number of padding NULs in a HeartBeatEvent.
func nuls(ev parser.Event) int64 { return int64(bytes.Count(ev.Raw, []byte{0})) }

func (p *textPrinter) head(from validate.Role, offset int64, ev parser.Event) {
	p.sides[from].printer.Head(offset, ev)
}

func (p *textPrinter) body(from validate.Role, piece []byte) { p.sides[from].printer.Body(piece) }

func (p *textPrinter) end(from validate.Role, _ int64, used parser.Allow, at time.Duration) {
	p.sides[from].printer.End(used)
	p.flush(from, at)
}

func (p *textPrinter) found(at place, found []finding.Finding, _ time.Duration) {
	p.out.print(text.AppendFinding(nil, p.color, at.from, at.offset, at.what, at.after, found))
}

func (p *textPrinter) fail(from validate.Role, e *parser.Error, at time.Duration) {
	p.sides[from].printer.Fail(0, nil)
	p.flush(from, at)
	p.out.print(text.AppendError(nil, p.color, from, e))
}

func (p *textPrinter) say(what string) { p.out.print(fmt.Appendf(nil, "#%d %s\n", p.number, what)) }

func (p *textPrinter) close(c *conversation, at time.Duration) {
	b := fmt.Appendf(nil, "#%d closed after %.3f s", p.number, at.Seconds())
	for i, s := range c.sides {
		b = append(b, [...]string{": ", "; "}[i]...)
		b = fmt.Appendf(b, "%s %s, %s, %s", s.from, counted(s.frames, "frame"), counted(s.beats, "heart-beat"), counted(s.bytes, "byte"))
	}
	p.out.print(fmt.Appendf(b, "; broken: %d MUST, %d SHOULD\n", c.must, c.should))
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// jsonPrinter prints one object per line: that of package jsonl, with the
// connection, the milliseconds since it began, and the side in front.
type jsonPrinter struct {
	out    *output
	number int
	sides  [2]jsonSide
}

// jsonSide is the current frame.
type jsonSide struct {
	offset int64
	used   parser.Allow
	head   []byte
	body   []byte
	cut    int64 // bytes of the body that are cut off
}

// maxBody limits the body in a line of JSON, which is held until the frame is
// complete.
const maxBody = 1 << 20

func newJSONPrinter(out *output, number int) *jsonPrinter {
	return &jsonPrinter{out: out, number: number}
}

// place returns the beginning of a line.
func (p *jsonPrinter) place(at time.Duration) []byte {
	return fmt.Appendf(nil, `{"connection":%d,"ms":%.3f,`, p.number, milliseconds(at))
}

// line prints an object of package jsonl.
func (p *jsonPrinter) line(from validate.Role, object []byte, at time.Duration) {
	b := fmt.Appendf(p.place(at), `"from":%q,`, from.String())
	p.out.print(append(b, object[1:]...))
}

func (p *jsonPrinter) eol(from validate.Role, offset int64, used parser.Allow, at time.Duration) {
	p.line(from, jsonl.AppendEOL(nil, offset, used), at)
}

func (p *jsonPrinter) gap(from validate.Role, offset int64, ev parser.Event, at time.Duration) {
	p.line(from, jsonl.AppendGap(nil, offset, int64(ev.Count), nuls(ev), ev.Used), at)
}

func (p *jsonPrinter) head(from validate.Role, offset int64, ev parser.Event) {
	h := ev.Head
	h.Headers = masked(h.Headers)
	s := &p.sides[from]
	*s = jsonSide{offset: offset, used: ev.Used, head: jsonl.AppendHead(s.head[:0], h)}
}

// masked returns the headers with *** instead of secrets.
func masked(v headers.ListView) headers.ListView {
	list := make(headers.ListView, len(v))
	for i, e := range v {
		if headers.IsSecret(e.Name) {
			e.Value = []byte("***")
		}
		list[i] = e
	}
	return list
}

func (p *jsonPrinter) body(from validate.Role, piece []byte) {
	s := &p.sides[from]
	n := min(len(piece), maxBody-len(s.body))
	s.body = append(s.body, piece[:n]...)
	s.cut += int64(len(piece) - n)
}

func (p *jsonPrinter) end(from validate.Role, offset int64, used parser.Allow, at time.Duration) {
	s := &p.sides[from]
	b := jsonl.AppendLine(nil, s.offset, offset+1-s.offset, s.head, s.body, s.used|used)
	if s.cut > 0 {
		b = fmt.Appendf(b[:len(b)-len("}\n")], `,"cut":%d}`+"\n", s.cut)
	}
	s.body = nil
	p.line(from, b, at)
}

func (p *jsonPrinter) found(where place, found []finding.Finding, at time.Duration) {
	for _, f := range found {
		object := jsonl.AppendFinding(nil, where.from, where.offset, where.command, f)
		p.out.print(append(p.place(at), object[1:]...)) // object contains the side
	}
}

func (p *jsonPrinter) fail(from validate.Role, e *parser.Error, at time.Duration) {
	p.line(from, jsonl.AppendError(nil, e), at)
}

func (p *jsonPrinter) say(what string) {
	quoted, _ := json.Marshal(strings.ToValidUTF8(what, "?")) // marshaling a string cannot fail
	p.out.print(fmt.Appendf(nil, `{"connection":%d,"note":%s}`+"\n", p.number, quoted))
}

func (p *jsonPrinter) close(c *conversation, at time.Duration) {
	b := append(p.place(at), `"closed":true`...)
	for _, s := range c.sides {
		b = fmt.Appendf(b, `,%q:{"frames":%d,"heartbeats":%d,"bytes":%d}`, s.from.String(), s.frames, s.beats, s.bytes)
	}
	p.out.print(fmt.Appendf(b, `,"must":%d,"should":%d}`+"\n", c.must, c.should))
}
