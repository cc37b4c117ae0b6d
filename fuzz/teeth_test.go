package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A property that never fails proves nothing. Here codecs are broken, one way
// at a time, and the property must say so.

// A broken machine is a parser whose calls are tampered with.
type broken struct {
	*parser.Parser
	next   func(p *parser.Parser, src []byte) (parser.Event, int, error)
	finish func(p *parser.Parser) error
	reset  func(p *parser.Parser, o parser.Options)
}

func (b broken) Next(src []byte) (parser.Event, int, error) {
	if b.next == nil {
		return b.Parser.Next(src)
	}
	return b.next(b.Parser, src)
}

func (b broken) Finish() error {
	if b.finish == nil {
		return b.Parser.Finish()
	}
	return b.finish(b.Parser)
}

func (b broken) Reset(o parser.Options) {
	if b.reset == nil {
		b.Parser.Reset(o)
		return
	}
	b.reset(b.Parser, o)
}

// tamper makes a machine of which each event of a kind is changed.
func tamper(kind parser.EventKind, change func(ev *parser.Event)) broken {
	return broken{Parser: parser.New(parser.Options{Version: frame.V12}), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
		ev, n, err := p.Next(src)
		if err == nil && ev.Kind == kind {
			change(&ev)
		}
		return ev, n, err
	}}
}

const intact = "\n\nSEND\na:b\ncontent-length:5\n\nhello\x00\nACK\nid:1\n\n\x00SE"

func TestRecorderNotices(t *testing.T) {
	roomy := func(b []byte) []byte { return append(make([]byte, 0, len(b)+1), b...) }
	for _, row := range []struct {
		name string
		m    machine
	}{
		{"a count too many", tamper(parser.HeartBeatEvent, func(ev *parser.Event) { ev.Count++ })},
		{"a negative count", tamper(parser.HeartBeatEvent, func(ev *parser.Event) { ev.Count = -1 })},
		{"a gap that used something", tamper(parser.HeartBeatEvent, func(ev *parser.Event) { ev.Used = parser.AllowCRLF })},
		{"another command", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Head.Command = frame.NACK })},
		{"a header lost", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Head.Headers = ev.Head.Headers[1:] })},
		{"a header too many", tamper(parser.HeadEvent, func(ev *parser.Event) {
			ev.Head.Headers = append(ev.Head.Headers[:len(ev.Head.Headers):len(ev.Head.Headers)], headers.FieldView{Name: []byte("x")[:1:1]})
		})},
		{"another value", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Head.Headers[0].Value = []byte("zz")[:1:1] })},
		{"a value with room", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Head.Headers[0].Value = roomy(ev.Head.Headers[0].Value) })},
		{"a name with room", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Head.Headers[0].Name = roomy(ev.Head.Headers[0].Name) })},
		{"another length", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Head.Length = frame.Counted(1 << 40) })},
		{"a leniency", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Used = parser.AllowBareCR })},
		{"Raw of a head cut", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Raw = ev.Raw[1:] })},
		{"Raw of a head with room", tamper(parser.HeadEvent, func(ev *parser.Event) { ev.Raw = roomy(ev.Raw) })},
		{"Raw of a body changed", tamper(parser.BodyEvent, func(ev *parser.Event) { ev.Raw = bytes.ToUpper(ev.Raw) })},
		{"a body that used something", tamper(parser.BodyEvent, func(ev *parser.Event) { ev.Used = parser.AllowBareCR })},
		{"a body taken for nothing", tamper(parser.BodyEvent, func(ev *parser.Event) { ev.Kind = parser.NeedMore; ev.Raw = nil })},
		{"an end taken for a body", tamper(parser.EndEvent, func(ev *parser.Event) { ev.Kind = parser.BodyEvent })},
		{"an end lost", tamper(parser.EndEvent, func(ev *parser.Event) { ev.Kind = parser.NeedMore; ev.Raw = nil })},
		{"a head again", tamper(parser.BodyEvent, func(ev *parser.Event) { ev.Kind = parser.HeadEvent })},
		{"an end first", tamper(parser.HeartBeatEvent, func(ev *parser.Event) { ev.Kind = parser.EndEvent })},
		{"a body first", tamper(parser.HeartBeatEvent, func(ev *parser.Event) { ev.Kind = parser.BodyEvent })},
		{"a heart-beat inside", tamper(parser.BodyEvent, func(ev *parser.Event) { ev.Kind = parser.HeartBeatEvent; ev.Count = 1 })},
		{"an unknown kind", tamper(parser.BodyEvent, func(ev *parser.Event) { ev.Kind = 99 })},
		{"something in NeedMore", tamper(parser.NeedMore, func(ev *parser.Event) { ev.Raw = []byte{} })},
		{"too much taken", broken{Parser: parser.New(parser.Options{Version: frame.V12}), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
			ev, n, err := p.Next(src)
			return ev, n + len(src) + 1, err
		}}},
		{"too little taken", broken{Parser: parser.New(parser.Options{Version: frame.V12}), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
			ev, n, err := p.Next(src)
			return ev, max(n-1, 0), err
		}}},
		{"a run in two events", broken{Parser: parser.New(parser.Options{Version: frame.V12}), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
			if len(src) > 1 && src[1] == '\n' {
				src = src[:1]
			}
			return p.Next(src)
		}}},
		{"an error of another type", broken{Parser: parser.New(parser.Options{}), next: func(*parser.Parser, []byte) (parser.Event, int, error) {
			return parser.Event{}, 0, errors.New("other")
		}}},
		{"an error too early", broken{Parser: parser.New(parser.Options{}), next: func(*parser.Parser, []byte) (parser.Event, int, error) {
			return parser.Event{}, 0, &parser.Error{Kind: parser.BareCR}
		}}},
		{"an error that takes something", broken{Parser: parser.New(parser.Options{}), next: func(*parser.Parser, []byte) (parser.Event, int, error) {
			return parser.Event{}, 1, &parser.Error{Kind: parser.BareCR}
		}}},
		{"no error at the end", broken{Parser: parser.New(parser.Options{Version: frame.V12}), finish: func(*parser.Parser) error { return nil }}},
		{"another error at the end", broken{Parser: parser.New(parser.Options{Version: frame.V12}), finish: func(p *parser.Parser) error {
			e := *p.Finish().(*parser.Error)
			e.Offset++
			return &e
		}}},
	} {
		input := []byte(intact)
		want := Oracle(input, parser.Options{Version: frame.V12})
		if err := checkReading(input, want, newRecorder(row.m), [][]byte{input}); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
	}
	if err := checkEvents([][]byte{[]byte(intact)}, parser.Options{Version: frame.V12}); err != nil {
		t.Errorf("intact: %v", err)
	}
}

func TestLosslessNotices(t *testing.T) {
	for _, kind := range []parser.EventKind{parser.HeartBeatEvent, parser.HeadEvent, parser.BodyEvent, parser.EndEvent} {
		lost := tamper(kind, func(ev *parser.Event) { ev.Raw = nil })
		if err := losslessOf(lost, [][]byte{[]byte(intact)}); err == nil {
			t.Errorf("%s without Raw: not noticed", kind)
		}
		if err := losslessOf(lost, [][]byte{[]byte(intact + "X\n")}); err == nil {
			t.Errorf("%s without Raw before an error: not noticed", kind)
		}
	}
}

func TestStickyNotices(t *testing.T) {
	bad, more := [][]byte{[]byte("SENX\n")}, [][]byte{[]byte("ACK\n\n\x00")}
	calls := 0
	forgets := broken{Parser: parser.New(parser.Options{}), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
		if calls++; calls == 3 {
			p.Reset(parser.Options{Version: frame.V12})
		}
		return p.Next(src)
	}}
	if err := stickyOf(forgets, bad, more); err == nil {
		t.Error("an error that is gone: not noticed")
	}
	finishes := broken{Parser: parser.New(parser.Options{}), finish: func(*parser.Parser) error { return nil }}
	if err := stickyOf(finishes, bad, more); err == nil {
		t.Error("no error from Finish: not noticed")
	}
	changes := broken{Parser: parser.New(parser.Options{}), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
		ev, n, err := p.Next(src)
		if err != nil {
			e := *err.(*parser.Error)
			e.Offset += int64(len(src))
			err = &e
		}
		return ev, n, err
	}}
	if err := stickyOf(changes, bad, more); err == nil {
		t.Error("another offset: not noticed")
	}
}

func TestResetNotices(t *testing.T) {
	before, chunks := [][]byte{[]byte("\nSEN")}, [][]byte{[]byte("SEND\na:b\n\n\x00")}
	for name, reset := range map[string]func(*parser.Parser, parser.Options){
		"nothing reset": func(*parser.Parser, parser.Options) {},
		"old options":   func(p *parser.Parser, _ parser.Options) { p.Reset(parser.Options{}) },
	} {
		m := broken{Parser: parser.New(parser.Options{Version: frame.V12}), reset: reset}
		if err := resetOf(m, before, chunks, parser.Options{Version: frame.V12}); err == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestViewsNotice(t *testing.T) {
	o := parser.Options{Version: frame.V12}
	chunks := [][]byte{[]byte("SEND\na:b\nc:d\n\nbody"), []byte("more\x00")}
	var lent parser.Event
	for _, row := range []struct {
		name string
		m    broken
	}{
		{"a chunk written to", broken{Parser: parser.New(o), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
			ev, n, err := p.Next(src)
			src[0] ^= 0x20
			return ev, n, err
		}}},
		{"a head that changes with the body", broken{Parser: parser.New(o), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
			ev, n, err := p.Next(src)
			if ev.Kind == parser.HeadEvent {
				lent = ev
				lent.Head.Headers[0].Value = []byte("b")
			} else if lent.Head.Headers != nil {
				lent.Head.Headers[0].Value[0] = 'x'
			}
			return ev, n, err
		}}},
		{"a name that reaches the value", tamper(parser.HeadEvent, func(ev *parser.Event) {
			both := []byte("ab")
			ev.Head.Headers[0].Name, ev.Head.Headers[0].Value = both[:1], both[1:]
		})},
		{"a Raw that reaches the chunk", broken{Parser: parser.New(o), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
			ev, n, err := p.Next(src)
			if ev.Kind == parser.BodyEvent {
				ev.Raw = src[:len(ev.Raw)-1]
			}
			return ev, n, err
		}}},
	} {
		if err := viewsOfParser(row.m, [][]byte{bytes.Clone(chunks[0]), bytes.Clone(chunks[1])}); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
	}

	// A parser that looks at a chunk again after the call.
	var kept []byte
	keeps := broken{Parser: parser.New(o), next: func(p *parser.Parser, src []byte) (parser.Event, int, error) {
		if kept == nil {
			kept = src
			return parser.Event{}, len(src), nil
		}
		return p.Next(append(bytes.Clone(kept), src...))
	}}
	if err := poisonedParser(keeps, [][]byte{[]byte("SE"), []byte("ND\n\n\x00")}, o); err == nil {
		t.Error("a chunk kept: not noticed")
	}
}

// Decoders with the mistakes that decoders make.
func TestDecoderNotices(t *testing.T) {
	o := parser.Options{Version: frame.V12}
	each := func(change func(f *frame.Frame)) Decoder {
		return func(chunks [][]byte) ([]*frame.Frame, error) {
			frames, err := AssemblerDecoder(o)(chunks)
			for _, f := range frames {
				change(f)
			}
			return frames, err
		}
	}
	for _, row := range []struct {
		name   string
		decode Decoder
		input  string
	}{
		{"trims values", each(func(f *frame.Frame) {
			for i := range f.Headers {
				f.Headers[i].Value = strings.TrimSpace(f.Headers[i].Value)
			}
		}), "SEND\na: b\n\n\x00"},
		{"last header wins", each(func(f *frame.Frame) {
			if n := len(f.Headers); n > 1 {
				f.Headers = f.Headers[n-1:]
			}
		}), "SEND\na:1\na:2\n\n\x00"},
		{"no body", each(func(f *frame.Frame) { f.Body = nil }), "SEND\n\nx\x00"},
		{"another command", each(func(f *frame.Frame) { f.Command = frame.Command(strings.ToLower(string(f.Command))) }), "SEND\n\nx\x00"},
		{"no errors", func(chunks [][]byte) ([]*frame.Frame, error) {
			frames, _ := AssemblerDecoder(o)(chunks)
			return frames, nil
		}, "SEND\na\n"},
		{"another error", AssemblerDecoder(parser.Options{}), "SEND\n\n\x00"},
		{"one frame too few", func(chunks [][]byte) ([]*frame.Frame, error) {
			frames, err := AssemblerDecoder(o)(chunks)
			return frames[:max(len(frames)-1, 0)], err
		}, "ACK\n\n\x00ACK\n\n\x00"},
	} {
		if err := CheckOracle(row.decode, [][]byte{[]byte(row.input)}, o); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
	}

	forgetful := func(chunks [][]byte) (all []*frame.Frame, err error) {
		for _, c := range chunks {
			frames, err := AssemblerDecoder(o)([][]byte{c})
			all = append(all, frames...)
			if err != nil {
				return all, err
			}
		}
		return all, nil
	}
	if err := CheckChunking(forgetful, [][]byte{[]byte("ACK\n\n"), {0}}); err == nil {
		t.Error("a decoder that forgets at the end of a chunk: not noticed")
	}
	onlyOne := func(chunks [][]byte) ([]*frame.Frame, error) {
		frames, err := AssemblerDecoder(o)(chunks)
		return frames[:min(len(frames), 1)], err
	}
	if err := CheckConcatenation(onlyOne, []byte("ACK\n\n\x00"), []byte("ACK\n\n\x00")); err == nil {
		t.Error("a decoder that stops after a frame: not noticed")
	}
}

// Encoders with the mistakes that encoders make.
func TestEncoderNotices(t *testing.T) {
	good, decode := Encoding(frame.V12, encoder.Options{}), AssemblerDecoder(parser.Options{Version: frame.V12})
	plain := func(dst []byte, f *frame.Frame) ([]byte, error) { return append(dst, plainFrame(f)...), nil }
	send := func(body string, nameValue ...string) *frame.Frame {
		return &frame.Frame{Command: frame.SEND, Headers: headers.Pairs(nameValue...), Body: []byte(body)}
	}
	flip := false
	for _, row := range []struct {
		name   string
		encode Encoder
		f      *frame.Frame
	}{
		{"does not escape", plain, send("", "a", "b\nc:d")},
		{"is fooled by a CR", plain, send("", "a", "b\r")},
		{"injects a frame", plain, send("", "a", "b\n\n\x00ACK")},
		{"changes the frame", func(dst []byte, f *frame.Frame) ([]byte, error) {
			f.Headers.Set("b", "c")
			return good(dst, f)
		}, send("")},
		{"overwrites dst", func(dst []byte, f *frame.Frame) ([]byte, error) { return good(dst[:0], f) }, send("")},
		{"writes over what is there", func(dst []byte, f *frame.Frame) ([]byte, error) {
			if len(dst) > 0 {
				dst[0] = 'x'
			}
			return good(dst, f)
		}, send("")},
		{"returns half a frame with an error", func(dst []byte, f *frame.Frame) ([]byte, error) {
			return append(dst, "SEND\n"...), errors.New("refused")
		}, send("")},
		{"returns another dst with an error", func(dst []byte, f *frame.Frame) ([]byte, error) {
			return bytes.Clone(dst), errors.New("refused")
		}, send("")},
		{"refuses in turn", func(dst []byte, f *frame.Frame) ([]byte, error) {
			if flip = !flip; flip {
				return good(dst, f)
			}
			return dst, errors.New("refused")
		}, send("")},
		{"leaves the NUL out", func(dst []byte, f *frame.Frame) ([]byte, error) {
			dst, err := good(dst, f)
			return dst[:len(dst)-1], err
		}, send("x")},
		{"writes two frames", func(dst []byte, f *frame.Frame) ([]byte, error) {
			dst, _ = good(dst, f)
			return good(dst, f)
		}, send("x")},
		{"loses the body", func(dst []byte, f *frame.Frame) ([]byte, error) {
			g := f.Clone()
			g.Body = nil
			return good(dst, g)
		}, send("x")},
		{"has no canonical form", func(dst []byte, f *frame.Frame) ([]byte, error) {
			g := f.Clone()
			if len(g.Body) > 0 && !strings.HasPrefix(fmt.Sprint(g.Headers), "{content-length") {
				g.Headers.Prepend(headers.ContentLength, fmt.Sprint(len(g.Body)))
			} else {
				g.Headers.Delete(headers.ContentLength)
			}
			return good(dst, g)
		}, send("x", "a", "b")},
	} {
		if err := CheckEncoder(row.encode, decode, row.f.Clone()); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
		if err := CheckRoundTrip(row.encode, decode, row.f.Clone()); err == nil && !strings.Contains("changes the frame overwrites dst writes over what is there refuses in turn", row.name) {
			t.Errorf("%s: not noticed by CheckRoundTrip", row.name)
		}
	}
	refuses := func(dst []byte, f *frame.Frame) ([]byte, error) { return dst, errors.New("refused") }
	if err := CheckRoundTrip(refuses, decode, send("")); err == nil {
		t.Error("a refusal: not noticed")
	}
	if err := CheckEncoder(refuses, decode, send("")); err != nil {
		t.Errorf("a refusal: %v", err)
	}
}
