package encoder

import (
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Prepared is the constant part of the heads of many frames: a command and
// headers, which are checked and escaped once.
//
//	p, err := encoder.Prepare(frame.SEND, headers.Pairs(
//		headers.Destination, "/topic/readings", headers.ContentType, "application/json"),
//		frame.V12, encoder.Options{})
//	buf, err = p.Append(buf, headers.Pairs(headers.Receipt, id), body)
//
// Several goroutines may use a Prepared at once.
type Prepared struct {
	form
	constant []byte // header lines
}

// Prepare checks and escapes the constant part of a head. It refuses a
// content-length there with [WrongLength], because the bodies of the frames differ.
// An error is an [*Error].
func Prepare(c frame.Command, constant headers.List, v frame.Version, o Options) (*Prepared, error) {
	b := Begin(nil, c, v, o)
	line := len(b.dst)
	for i := range constant {
		if constant[i].Name == headers.ContentLength {
			refuseHeader(&b, WrongLength, constant[i].Name, "a prepared head has none")
		}
		header(&b, constant[i].Name, constant[i].Value)
	}
	if b.err != nil {
		return nil, b.err
	}
	return &Prepared{b.form, slices.Clip(b.dst[line:])}, nil
}

// Append appends a frame to dst: the command, the headers in own, the constant
// headers, content-length as the options say, and the body. If a name is in both,
// readers use the value in own, which comes first (STOMP 1.2, "Repeated Header
// Entries"). The result and the errors are those of [AppendFrame].
func (p *Prepared) Append(dst []byte, own headers.List, body []byte) ([]byte, error) {
	var q quick
	if out, ok := q.begin(dst, p.command, p.version, p.opt); ok {
		out = append(q.list(out, own), p.constant...)
		if head, ok := q.end(out, len(body)); ok {
			return append(append(head, body...), 0), nil
		}
	}
	var b Builder
	p.begin(&b, dst, own)
	return b.End(body)
}

// begin begins a frame in b, and writes own and the constant headers.
func (p *Prepared) begin(b *Builder, dst []byte, own headers.List) {
	b.form = p.form
	b.begin(dst)
	for i := range own {
		header(b, own[i].Name, own[i].Value)
	}
	b.dst = append(b.dst, p.constant...)
}

// A Shared is a frame for many receivers. It is encoded once, and written with the
// headers of each receiver in front, such as the subscription of a MESSAGE. Several
// goroutines may use a Shared at once.
//
// To check a shared MESSAGE with the validate.Session of each receiver, step a frame
// with the headers of that receiver and the shared destination. Check the shared
// frame once with validate.CheckFrame, and ignore the headers that it lacks because
// the receivers add them: validate.Enforce(err,
// validate.MessageSubscriptionRequired, validate.MessageMessageIDRequired).
type Shared struct {
	head Prepared // without constant headers
	rest []byte   // everything after the command line
}

// Share encodes a frame for receivers of version v. An error is an [*Error]. Not every
// frame of one version can be written in another: 1.0, for example, cannot escape a line
// feed.
func Share(f *frame.Frame, v frame.Version, o Options) (*Shared, error) {
	wire, err := AppendFrame(nil, f, v, o)
	if err != nil {
		return nil, err
	}
	b := Begin(nil, f.Command, v, o)
	return &Shared{Prepared{form: b.form}, slices.Clip(wire[len(b.dst):])}, nil
}

// Append appends the frame to dst, with the headers in own in front of the shared
// ones. If a name is in both, readers use the value in own, which comes first (STOMP
// 1.2, "Repeated Header Entries"). Append refuses a content-length in own with
// [RepeatedLength]. The result and the errors are those of [AppendFrame].
func (s *Shared) Append(dst []byte, own headers.List) ([]byte, error) {
	dst, rest, err := s.Split(dst, own)
	return append(dst, rest...), err
}

// Split is Append for writers that take several slices, such as net.Buffers. It
// appends only the command line and the headers in own to dst, and returns what
// follows them as rest, which all receivers share. Do not write to rest.
func (s *Shared) Split(dst []byte, own headers.List) (head, rest []byte, err error) {
	var q quick
	if out, ok := q.begin(dst, s.head.command, s.head.version, s.head.opt); ok {
		if out = q.list(out, own); !q.failed && q.length < 0 {
			return out, s.rest, nil
		}
	}
	var b Builder
	s.head.begin(&b, dst, own)
	if b.err == nil && b.length >= 0 {
		b.refuse(RepeatedLength, "the shared part has its own")
	}
	if b.err != nil {
		return b.dst[:b.start], nil, b.err
	}
	return b.dst, s.rest, nil
}
