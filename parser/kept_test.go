package parser_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// average returns how many bytes each of some things holds that are made alike.
func average[T any](make func() T) int64 {
	const count = 20
	before := held()
	var all [count]T
	for i := range all {
		all[i] = make()
	}
	n := (held() - before) / count
	runtime.KeepAlive(&all)
	return n
}

// Between frames no more is kept than 4 KiB and the Parser itself, however the
// caller waits, and whatever came before.
func TestKeptBetweenFrames(t *testing.T) {
	const most = 4<<10 + 700
	limits := parser.Limits{HeaderLine: 256 << 10, Head: 300 << 10}
	for _, c := range []struct{ name, in string }{
		{"a large head", "SEND\n" + strings.Repeat("a:"+strings.Repeat("\\n", 4000)+"\n", 7) + "\n\x00"},
		{"a long unknown command", strings.Repeat("X", 256<<10) + "\n\n\x00"},
		{"unknown commands", strings.Repeat("ABCDEFGH", 4) + "\n\n\x00X\n\n\x00Y\n\n\x00Z\n\n\x00" + strings.Repeat("HGFEDCBA", 4) + "\n\n\x00"},
		{"a body", "SEND\n\n" + strings.Repeat("x", 256<<10) + "\x00"},
	} {
		for _, size := range []int{1 << 10, len(c.in)} {
			for _, how := range []string{"Next(nil)", "Release", "a heart-beat"} {
				o := parser.Options{Version: frame.V12, Limits: limits, Allow: parser.AllowUnknownCommand}
				in := []byte(c.in)
				feed := func(next func(src []byte) (int, error)) {
					for at := 0; at < len(in); {
						n, err := next(in[at:min(at+size, len(in))])
						if err != nil {
							t.Fatal(c.name, err)
						}
						at += n
					}
				}
				n := max(average(func() *parser.Parser {
					p := parser.New(o)
					feed(func(src []byte) (int, error) { _, n, err := p.Next(src); return n, err })
					pause(how, p.Release, func(src []byte) { p.Next(src) })
					return p
				}), average(func() *parser.Assembler {
					a := parser.NewAssembler(o)
					feed(func(src []byte) (int, error) { _, n, _, err := a.Next(src); return n, err })
					pause(how, a.Release, func(src []byte) { a.Next(src) })
					return a
				}))
				if n > most {
					t.Errorf("%s in chunks of %d, then %s: %d bytes are kept", c.name, size, how, n)
				}
			}
		}
	}
}

// pause lets a reader know in one way that nothing comes.
func pause(how string, release func(), next func(src []byte)) {
	switch how {
	case "Next(nil)":
		next(nil)
	case "Release":
		release()
	default:
		next([]byte("\n"))
	}
}

// The CR LF that a Parser lends when two chunks share one does not change: not
// by other heart-beats, not by frames, not by Reset.
func TestSharedCRLFStays(t *testing.T) {
	p := parser.New(parser.Options{Version: frame.V12})
	read := func(s string) parser.Event { return feed(t, p, []byte(s)) }
	read("\r")
	ev := read("\n")
	raw := ev.Raw
	for i, then := range []func(){
		func() { read("\n\r\n") },
		func() { read("SEND\n\n\x00\n") },
		func() { read("\r"); read("\n") },
		func() { p.Reset(parser.Options{}) },
		func() { p.Release(); read("\n") },
	} {
		if then(); string(raw) != "\r\n" || cap(raw) != 2 {
			t.Errorf("after call %d: %q of capacity %d", i, raw, cap(raw))
		}
	}
}

// Ordinary frames cost no allocation, and those that need a leniency neither.
func TestTrafficAllocatesNothing(t *testing.T) {
	for _, c := range []struct {
		version frame.Version
		allow   parser.Allow
		stream  string
	}{
		{frame.V12, 0, "MESSAGE\nsubscription:0\nmessage-id:T\\c1\ncontent-length:5\n\nhello\x00\nACK\nid:1\n\n\x00\n"},
		{frame.V11, parser.AllowEscapedCR, "SEND\na:\\r\n\nx\x00"},
		{frame.V12, parser.AllowUndefinedEscapes, "SEND\na:\\t\\\n\nx\x00"},
		{frame.V10, parser.AllowCRLF, "SEND\r\na:b\r\n\r\nx\x00\r\n"},
		{frame.V12, parser.AllowBareCR, "SEND\na:b\rc\n\nx\x00"},
		{frame.V12, parser.AllowNULInHead, "SEND\na:b\x00c\n\nx\x00"},
		{frame.V12, parser.AllowNULPadding, "SEND\na:b\n\nx\x00\x00"},
		{frame.V12, parser.AllowRepeatedLength, "SEND\ncontent-length:1\ncontent-length:22222222222222222222\n\nx\x00"},
		{frame.V12, parser.AllowLooseLength, "SEND\ncontent-length: 1\n\nx\x00SEND\ncontent-length:+1\n\nx\x00SEND\ncontent-length:1\t\n\nx\x00"},
		{frame.V12, parser.AllowUnknownCommand, "PING\na:b\n\nx\x00PONG\na:b\n\nx\x00AN EXTENSION\n\n\x00" + strings.Repeat("LONG", 8) + "\n\nx\x00"},
		{frame.V12, parser.AllowNULInBody, "ACK\ncontent-length:2\n\nx\x00\x00"},
	} {
		in := []byte(strings.Repeat(c.stream, 10))
		for _, size := range []int{1, 7, 100, len(in)} {
			o := parser.Options{Version: c.version, Allow: c.allow}
			p, a := parser.New(o), parser.NewAssembler(o)
			used := parser.Allow(0)
			for name, next := range map[string]func(src []byte) (int, error){
				"Parser": func(src []byte) (int, error) {
					ev, n, err := p.Next(src)
					used |= ev.Used
					return n, err
				},
				"Assembler": func(src []byte) (int, error) {
					_, n, _, err := a.Next(src)
					return n, err
				},
			} {
				if n := testing.AllocsPerRun(10, func() {
					for at := 0; at < len(in); {
						n, err := next(in[at:min(at+size, len(in))])
						if err != nil {
							t.Fatal(c.allow, err)
						}
						at += n
					}
				}); n != 0 {
					t.Errorf("%s, %s, chunks of %d: %v allocations", c.allow, name, size, n)
				}
			}
			if used != c.allow {
				t.Errorf("%s: used %q", c.allow, used)
			}
		}
	}
}

// WorstCase holds for limits that are smaller than what buffers begin with.
func TestWorstCaseOfTinyLimits(t *testing.T) {
	for _, l := range []parser.Limits{
		{Head: 16, Headers: 1, Body: parser.None},
		{Head: 16, Headers: parser.None, Body: 10},
		{Head: 64, Headers: 4, Body: 10},
		{Head: 100, Headers: 9, Body: 1 << 10},
		{Head: 600, Headers: 17, Body: 3 << 10},
		{HeaderLine: 60, Head: 64, Headers: 1, Body: 100},
	} {
		for _, head := range []string{"SEND\n%s", "SEND\n\\n:%s", "X\n%s", strings.Repeat("X", max(l.HeaderLine, 10)) + "\n%s"} {
			line := "a:\\n\n"
			fill := max(0, min(max(l.Headers, 0), (l.Head-len(head))/len(line)))
			in := fmt.Appendf(nil, head, strings.Repeat(line, fill)+"\n"+strings.Repeat("x", int(max(l.Body, 0))))
			if strings.Contains(head, ":") && l.Headers < 1 {
				continue
			}
			for _, size := range []int{1, 100, len(in)} {
				n := average(func() *parser.Assembler {
					a := parser.NewAssembler(parser.Options{Version: frame.V12, Limits: l, Allow: parser.AllowUnknownCommand})
					for at := 0; at < len(in); at += size {
						a.Next(in[at:min(at+size, len(in))]) // an error gives up all memory
					}
					return a
				})
				if worst := l.WorstCase(); n > worst {
					t.Errorf("%+v, %q in chunks of %d: %d bytes are held, WorstCase says %d", l, in[:min(40, len(in))], size, n, worst)
				}
			}
		}
	}
}
