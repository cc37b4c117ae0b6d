package parser_test

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"weak"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// Vectors have each limit at L-1, L and L+1. Here is what no vector can have.
func TestNoLimits(t *testing.T) {
	unlimited := parser.Limits{HeaderLine: parser.Unlimited, Headers: parser.Unlimited, Head: parser.Unlimited, Body: parser.Unlimited}
	long := strings.Repeat("x", 100<<10)
	in := "SEND\na:" + long + "\n" + strings.Repeat("b:c\n", 200) + "\n" + long + "\x00"
	p := parser.New(parser.Options{Version: frame.V12, Limits: unlimited})
	ev, _, err := p.Next([]byte(in))
	if err != nil || len(ev.Head.Headers) != 201 {
		t.Errorf("unlimited: %d headers, %v", len(ev.Head.Headers), err)
	}
	unknown := parser.New(parser.Options{Version: frame.V12, Limits: unlimited})
	if _, _, err := unknown.Next([]byte("SENT\n")); fmt.Sprint(err) != `stomp: unknown command at offset 3, frame at 0: "SENT"` {
		t.Error(err)
	}
}

func TestLimitsBeforeLogin(t *testing.T) {
	p := parser.New(parser.Options{Limits: parser.LimitsBeforeLogin()})
	in := []byte("CONNECT\naccept-version:1.2\nhost:/\n\n\x00SEND\n\nhello\x00")
	for _, want := range []parser.EventKind{parser.HeadEvent, parser.EndEvent} {
		ev, n, err := p.Next(in)
		if err != nil || ev.Kind != want {
			t.Fatalf("%v, %v, want %v", ev.Kind, err, want)
		}
		in = in[n:]
	}
	// Login is done: the frame that sits in the same segment may be larger.
	p.SetVersion(frame.V12)
	p.SetLimits(parser.Limits{})
	for _, want := range []parser.EventKind{parser.HeadEvent, parser.BodyEvent, parser.EndEvent} {
		ev, n, err := p.Next(in)
		if err != nil || ev.Kind != want {
			t.Fatalf("%v, %v, want %v", ev.Kind, err, want)
		}
		in = in[n:]
	}
}

// allocated returns the bytes that are allocated while f runs, by f and
// whatever else is at work in the process.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A content-length that lies costs nothing.
func TestClaimedLengthAllocatesNothing(t *testing.T) {
	claim := int64(1000)
	for range 16 {
		in := []byte("SEND\ncontent-length:" + strconv.FormatInt(claim, 10) + "\n\n" + strings.Repeat("x", 20))
		o := parser.Options{Version: frame.V12, Limits: parser.Limits{Body: parser.Unlimited}}
		got := uint64(1 << 62)
		for range 5 {
			got = min(got, allocated(func() {
				a := parser.NewAssembler(o)
				if _, n, ok, err := a.Next(in); n != len(in) || ok || err != nil {
					t.Errorf("%d, %v, %v", n, ok, err)
				}
			}))
		}
		if got > 4<<10 {
			t.Errorf("a claim of %d bytes allocates %d", claim, got)
		}
		claim *= 10
	}
}

// A flood of end of lines costs nothing.
func TestFloodOfHeartbeats(t *testing.T) {
	flood := []byte(strings.Repeat("\n", 1<<20))
	var p parser.Parser
	if n := testing.AllocsPerRun(64, func() {
		ev, n, err := p.Next(flood)
		if ev.Kind != parser.HeartBeatEvent || ev.Count != 1<<20 || n != 1<<20 || err != nil {
			t.Fatalf("%v %d, %d, %v", ev.Kind, ev.Count, n, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What was cloned keeps nothing of the input alive.
func TestCloneKeepsNoInput(t *testing.T) {
	a := parser.NewAssembler(v12)
	src := []byte("SEND\na:b\n\nhello\x00")
	input := weak.Make(&src[0])
	v, _, ok, err := a.Next(src)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	f := v.Clone()
	v, src = frame.View{}, nil
	assemble(t, a, []byte("\n"), nil)
	runtime.GC()
	if input.Value() != nil {
		t.Error("a clone keeps the input alive")
	}
	runtime.KeepAlive(f)
	runtime.KeepAlive(a)
}

// The worst that limits let through costs no more than WorstCase says, and
// WorstCase is no more than a few times what it can cost.
func TestWorstCase(t *testing.T) {
	for _, l := range []parser.Limits{{}, parser.LimitsBeforeLogin(), {Headers: 5000, Body: 1 << 10}, {Head: 4 << 10, Body: 1 << 20}} {
		worst := l.WorstCase()
		peak := uint64(0)
		hold := func(head string, body int) {
			src := []byte(head)
			zeros := make([]byte, 1<<10)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			a := parser.NewAssembler(parser.Options{Version: frame.V12, Limits: l})
			feed := func(chunk []byte) {
				if _, _, ok, err := a.Next(chunk); ok || err != nil {
					t.Fatal(ok, err)
				}
			}
			for i := range src {
				feed(src[i : i+1])
			}
			for body > 0 {
				n := min(body, len(zeros))
				feed(zeros[:n])
				body -= n
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))
			runtime.KeepAlive(a)
		}
		limit := func(n, byDefault int) int {
			if n == 0 {
				return byDefault
			}
			return max(n, 0)
		}
		size, count, body := limit(l.Head, parser.DefaultHead), limit(l.Headers, parser.DefaultHeaders), limit(int(l.Body), parser.DefaultBody)
		// Many headers, escaped ones that fill the head, and a body that
		// fills it.
		many := "SEND\n" + strings.Repeat("a:\n", min(count, size/3-3)) + "\n"
		line := "a:" + strings.Repeat("\\n", 400) + "\n"
		filled := "SEND\n" + strings.Repeat(line, min((size-60)/len(line), count-1))
		counted := "\n"
		if body > 0 {
			counted = "content-length:" + strconv.Itoa(body) + "\n\n"
		}
		hold(many, 0)
		hold(filled+counted, body)
		if peak > uint64(worst) {
			t.Errorf("%+v: %d bytes are held, WorstCase says %d", l, peak, worst)
		}
		if int64(peak) < worst/8 {
			t.Errorf("%+v: WorstCase says %d, no more than %d are held", l, worst, peak)
		}
	}
	for _, l := range []parser.Limits{{Body: parser.Unlimited}, {Head: parser.Unlimited}, {Body: 1 << 62}} {
		if n := l.WorstCase(); n != 1<<63-1 {
			t.Errorf("%+v: %d", l, n)
		}
	}
}

// A parser keeps no chunk of the caller's alive over a pause, whatever the
// frames in it had.
func TestNoChunkIsKept(t *testing.T) {
	kept := func(chunks []weak.Pointer[byte]) (n int) {
		runtime.GC()
		for _, c := range chunks {
			if c.Value() != nil {
				n++
			}
		}
		return n
	}
	// Heads with ever fewer headers, each in a chunk of its own.
	p := parser.New(parser.Options{Version: frame.V12})
	var chunks []weak.Pointer[byte]
	for headers := 40; headers > 0; headers-- {
		chunk := []byte("SEND\n" + strings.Repeat("a:b\n", headers) + "\n\x00SEND\n\n\x00" + strings.Repeat("\n", 1<<10))
		chunks = append(chunks, weak.Make(&chunk[0]))
		feed(t, p, chunk)
	}
	if n := kept(chunks); n > 1 {
		t.Errorf("%d of %d chunks are kept while frames come", n, len(chunks))
	}
	feed(t, p, []byte("\n"))
	feed(t, p, []byte("\n"))
	if n := kept(chunks); n > 0 {
		t.Errorf("%d of %d chunks are kept after a pause", n, len(chunks))
	}
	// A head that is cut off: what came of it is copied, the chunk is not kept.
	chunk := []byte(strings.Repeat("\n", 1<<16) + "SEND\na:b\nc:d\ne")
	first := []weak.Pointer[byte]{weak.Make(&chunk[0])}
	feed(t, p, chunk)
	chunk = nil
	if kept(first) > 0 {
		t.Error("the first chunk of a head is kept")
	}
	ev, _, err := p.Next([]byte(":f\n\n"))
	if err != nil || fmt.Sprint(ev.Head.Headers) != `{a:"b" c:"d" e:"f"}` {
		t.Error(ev.Head, err)
	}
	runtime.KeepAlive(p)
}

// Ordinary traffic allocates nothing, with CR LF line ends and bodies that
// chunks cut too.
func TestOrdinaryTrafficAllocatesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		chunk int
		frame string
	}{
		{"CR LF", 1460, "MESSAGE\r\nsubscription:0\r\nnote:a\\cb\r\ncontent-length:5\r\n\r\nhello\x00\n"},
		{"2 KiB bodies in 16 KiB chunks", 16 << 10, "SEND\na:b\n\n" + strings.Repeat("x", 2<<10) + "\x00\n"},
		{"heads of 1.5 KiB in 16 KiB chunks", 16 << 10, "SEND\na:" + strings.Repeat("x", 1500) + "\n\n\x00\n"},
		{"large bodies among small frames", 4 << 10, "SEND\n\n" + strings.Repeat("x", 30<<10) + "\x00\n" + strings.Repeat("ACK\nid:1\n\n\x00\n", 5)},
		{"undefined escapes", 1460, "SEND\na:" + strings.Repeat("\\t", 100) + "\n\n\x00\n"},
	} {
		// Where a chunk ends between frames, what is large is given up, so that a
		// few allocations a stream are right, and one a frame is not.
		stream := []byte(strings.Repeat(c.frame, 1+(2<<20)/len(c.frame)))
		a := parser.NewAssembler(parser.Options{Version: frame.V12, Allow: parser.AllowUndefinedEscapes})
		if n := testing.AllocsPerRun(5, func() {
			for chunk := range slices.Chunk(stream, c.chunk) {
				assemble(t, a, chunk, nil)
			}
		}); n > 20 {
			t.Errorf("%s: %v allocations in a stream of %d bytes", c.name, n, len(stream))
		}
	}
}

// What is neither a limit nor one of its constants is None, and what is no
// version is Unnegotiated.
func TestOptionsOutOfRange(t *testing.T) {
	_, _, err := parser.New(parser.Options{Version: frame.V12, Limits: parser.Limits{Body: -5}}).Next([]byte("SEND\ncontent-length:1\n\n"))
	if want := (&parser.Error{Kind: parser.BodyTooLarge, Offset: 20, Command: frame.SEND, Header: "content-length"}); !reflect.DeepEqual(err, want) {
		t.Errorf("%+v, want %+v", err, want)
	}
	_, _, err = parser.New(parser.Options{Version: 9}).Next([]byte("SEND\n"))
	if want := (&parser.Error{Kind: parser.NotNegotiated, Command: frame.SEND}); !reflect.DeepEqual(err, want) {
		t.Errorf("%+v, want %+v", err, want)
	}
}
