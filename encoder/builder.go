package encoder

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Builder appends one frame to a buffer header by header, without a frame
// object:
//
//	b := encoder.Begin(buf, frame.MESSAGE, frame.V12, encoder.Options{})
//	b.Header(headers.Subscription, id)
//	b.Header(headers.Destination, destination)
//	buf, err = b.End(body)
//
// After the first error a Builder ignores further headers, and End returns that
// error. A Builder makes one frame: with the zero Builder, or after End, the error
// is [NoFrame].
//
// A Builder must not be copied, because a copy would overwrite the same buffer.
// "go vet" finds copies.
type Builder struct {
	_ noCopy
	form
	dst    []byte
	start  int   // length of dst at the start of the frame
	size   int   // bytes of the frame so far, if dry
	count  int   // headers so far
	length int64 // content-length so far; -1 if there is none
	err    *Error
	dry    bool // only measure the frame
	open   bool // begun and not ended
}

// A form says how frames with a command are written in a version.
type form struct {
	command frame.Command
	version frame.Version
	escape  headers.Escaping
	opt     Options
	crlf    bool
}

// noCopy makes the copylocks analysis of "go vet" report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Begin begins a frame at the end of dst. The names, values and body that the
// Builder is given later must not be in dst or its spare capacity.
func Begin(dst []byte, c frame.Command, v frame.Version, o Options) (b Builder) {
	b.form = formOf(c, v, o)
	b.begin(dst)
	if !c.Known() || v-frame.V10 > frame.V12-frame.V10 || o.Length > LengthAsGiven {
		b.judgeCommand()
	}
	return
}

// measure begins a frame that is only measured, not written.
func measure(c frame.Command, v frame.Version, o Options) (b Builder) {
	b.form, b.dry = formOf(c, v, o), true
	b.begin(nil)
	b.judgeCommand()
	return
}

func formOf(c frame.Command, v frame.Version, o Options) form {
	return form{c, v, v.Escaping(c), o, o.CRLF && v == frame.V12}
}

// begin begins a frame in the form of b.
func (b *Builder) begin(dst []byte) {
	b.dst, b.start, b.length, b.open = dst, len(dst), -1, true
	b.text(string(b.command))
	b.endLine()
}

// judgeCommand refuses a command, a version or options that cannot be written.
func (b *Builder) judgeCommand() {
	c, known := b.command, b.command.Known()
	switch {
	case b.version > frame.V12:
		b.refuse(UnknownVersion, "")
	case b.opt.Length > LengthAsGiven:
		b.refuse(UnknownLength, "")
	case !known && !b.opt.UnknownCommand:
		b.refuse(UnknownCommand, "")
	case !known && (c == "" || strings.ContainsAny(string(c), "\x00\r\n")):
		b.refuse(UnknownCommand, "no line can hold it")
	case b.version == frame.Unnegotiated && !c.Handshake():
		b.refuse(NotNegotiated, "")
	}
}

// refuse notes an error, unless there is one already, and returns the first one.
func (b *Builder) refuse(k ErrorKind, reason string) *Error {
	if b.err == nil {
		b.err = &Error{Kind: k, Index: -1, Detail: reason}
		if b.command.Known() {
			b.err.Command = b.command
		}
	}
	return b.err
}

// refuseHeader notes an error in header number b.count. The frame has none yet.
func refuseHeader[T ~string | ~[]byte](b *Builder, k ErrorKind, name T, reason string) {
	e := b.refuse(k, reason)
	e.Index = b.count
	if len(name) > 0 {
		e.Header = string(headers.AppendName(nil, name))
	}
}

func (b *Builder) text(s string) {
	if b.dry {
		b.size += len(s)
		return
	}
	b.dst = append(b.dst, s...)
}

func (b *Builder) endLine() {
	if b.crlf {
		b.text("\r\n")
		return
	}
	b.text("\n")
}

// Header and HeaderBytes must not be inlined: in the caller's package, the generic
// function that they call would make the Builder escape to the heap.

// Header appends a header. The name and the value are given unescaped.
//
//go:noinline
func (b *Builder) Header(name, value string) { header(b, name, value) }

// HeaderBytes is Header for byte slices.
//
//go:noinline
func (b *Builder) HeaderBytes(name, value []byte) { header(b, name, value) }

// header checks and writes a header.
func header[T ~string | ~[]byte](b *Builder, name, value T) {
	if b.err != nil || !b.open {
		return
	}
	if len(name) == len(headers.ContentLength) && string(name) == headers.ContentLength && !contentLength(b, name, value) {
		b.count++
		return
	}
	if b.escape != headers.Escape12 {
		if reason := rawProblem(b, name, value); reason != "" {
			refuseHeader(b, Unescapable, name, reason)
			return
		}
	}
	if len(name) == 0 {
		refuseHeader(b, EmptyName, name, "")
		return
	}
	if !escaped(b, name, name) {
		return
	}
	b.text(":")
	if !escaped(b, name, value) {
		return
	}
	b.endLine()
	b.count++
}

// contentLength notes a content-length among the headers, and reports whether to
// write it.
func contentLength[T ~string | ~[]byte](b *Builder, name, value T) bool {
	if b.length >= 0 {
		refuseHeader(b, RepeatedLength, name, "")
		return false
	}
	n, err := headers.ParseContentLength(value)
	if err != nil {
		refuseHeader(b, WrongLength, name, "")
		return false
	}
	b.length = n
	return b.opt.Length != LengthNever
}

// rawProblem returns why a reader would not read a header back if its CRs and colons
// are not escaped, or "". It ignores NUL and LF, which escaping finds.
func rawProblem[T ~string | ~[]byte](b *Builder, name, value T) string {
	literal := b.escape == headers.Literal
	switch {
	case literal && index(name, ':') >= 0:
		return "a colon in a name ends it"
	case literal && !b.bareCR() && (index(name, '\r') >= 0 || index(value, '\r') >= 0):
		return "a carriage return cannot be read back"
	case len(value) > 0 && value[len(value)-1] == '\r':
		return "a carriage return before the end of line is taken for part of it"
	}
	return ""
}

// bareCR reports whether a CR that is not escaped is read back as data. In 1.0 and
// 1.1 it is, except in frames of the handshake: their reader knows no version yet,
// and a bare CR is an error then.
func (f *form) bareCR() bool {
	return f.version != frame.Unnegotiated && (f.command == frame.ERROR || !f.command.Handshake())
}

func index[T ~string | ~[]byte](s T, c byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// escaped writes or measures the wire form of s, the name or value of a header. It
// reports whether s has one.
func escaped[T ~string | ~[]byte](b *Builder, name, s T) bool {
	var err error
	if b.dry {
		n, e := headers.EscapedLen(b.escape, s)
		b.size += n
		err = e
	} else {
		b.dst, err = headers.AppendEscaped(b.dst, b.escape, s)
	}
	if err != nil {
		refuseHeader(b, Unescapable, name, err.(*headers.EscapeError).Detail)
		return false
	}
	return true
}

// End appends the rest of the frame, including the body, and returns the buffer. An
// error is an [*Error]; End then returns the buffer with the length that it had at
// Begin. A second End returns the buffer unchanged, and [NoFrame].
func (b *Builder) End(body []byte) ([]byte, error) {
	if head, err := b.end(body); err != nil {
		return head, err
	}
	b.open = false
	b.dst = append(append(b.dst, body...), 0)
	return b.dst, nil
}

// end is End without the body.
func (b *Builder) end(body []byte) (head []byte, err error) {
	if !b.endHead(int64(len(body)), !b.nulAllowed() && bytes.IndexByte(body, 0) >= 0) {
		return b.dst[:b.start], b.err
	}
	return b.dst, nil
}

// nulAllowed reports whether the body may have a NUL: the frame has a content-length,
// and every reader uses the content-length of its command.
func (b *Builder) nulAllowed() bool {
	counted := b.opt.Length == LengthAuto || b.opt.Length == LengthAsGiven && b.length >= 0
	return counted && b.command.MayHaveNUL()
}

// endHead appends the rest of the head, and reports whether the frame can be sent.
// length is the length of the body in bytes, or -1 if unknown. nul says that the body
// has a NUL that it must not have.
func (b *Builder) endHead(length int64, nul bool) bool {
	if !b.open {
		b.start = len(b.dst)
		b.refuse(NoFrame, "")
	}
	if b.err != nil {
		return false
	}
	switch {
	case length != 0 && !b.command.MayHaveBody(b.version):
		b.refuse(BodyNotAllowed, "")
	case b.length >= 0 && b.length != length:
		b.refuse(WrongLength, "")
	case nul:
		b.refuse(NULInBody, "")
	}
	if b.err != nil {
		return false
	}
	if length > 0 && b.length < 0 && b.opt.Length == LengthAuto {
		var digits [20]byte
		b.text(headers.ContentLength + ":")
		b.text(string(strconv.AppendInt(digits[:0], length, 10)))
		b.endLine()
		b.length = length
	}
	b.endLine()
	return true
}
