package frame_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// borrow makes a view of a frame, over memory of its own.
func borrow(f *frame.Frame) frame.View {
	v := frame.View{Head: frame.Head{Command: f.Command, Length: frame.Counted(int64(len(f.Body)))}, Body: []byte(string(f.Body))}
	for _, h := range f.Headers {
		v.Headers = append(v.Headers, headers.FieldView{Name: []byte(h.Name), Value: []byte(h.Value)})
	}
	return v
}

// overwrite changes every byte that a view borrows.
func overwrite(v frame.View) {
	for _, e := range v.Headers {
		for _, b := range [][]byte{e.Name, e.Value} {
			for i := range b {
				b[i] ^= 0xff
			}
		}
	}
	clear(v.Headers)
	for i := range v.Body {
		v.Body[i] ^= 0xff
	}
}

func frames() *rapid.Generator[*frame.Frame] {
	return rapid.Custom(func(t *rapid.T) *frame.Frame {
		f := &frame.Frame{Command: rapid.SampledFrom(commands).Draw(t, "row").command}
		for range rapid.IntRange(0, 8).Draw(t, "headers") {
			f.Headers.Add(rapid.String().Draw(t, "name"), rapid.String().Draw(t, "value"))
		}
		if body := rapid.SliceOf(rapid.Byte()).Draw(t, "body"); len(body) > 0 {
			f.Body = body
		}
		return f
	})
}

// deepCopy copies a frame the slow way.
func deepCopy(f *frame.Frame) *frame.Frame {
	c := &frame.Frame{Command: f.Command}
	for _, h := range f.Headers {
		c.Headers.Add(strings.Clone(h.Name), strings.Clone(h.Value))
	}
	if f.Body != nil {
		c.Body = append([]byte{}, f.Body...)
	}
	return c
}

func TestClone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := frames().Draw(t, "frame")
		want := deepCopy(f)

		// Of a view and of its head.
		v := borrow(f)
		ofView, ofHead := v.Clone(), v.Head.Clone()
		overwrite(v)
		if !cmp.Equal(ofView, want) {
			t.Fatalf("View.Clone = %v %q, want %v %q", ofView, ofView.Body, want, want.Body)
		}
		if bare := (&frame.Frame{Command: want.Command, Headers: want.Headers}); !cmp.Equal(ofHead, bare) {
			t.Fatalf("Head.Clone = %v, want %v", ofHead, bare)
		}

		// Of a frame: neither sees what happens to the other.
		clone := f.Clone()
		if !cmp.Equal(clone, want) {
			t.Fatalf("Frame.Clone = %v, want %v", clone, want)
		}
		change := func(f *frame.Frame) {
			f.Command = "CHANGED"
			f.Headers.Prepend("new", "1")
			for i := range f.Headers {
				f.Headers[i] = headers.Field{Name: "changed", Value: "changed"}
			}
			for i := range f.Body {
				f.Body[i] ^= 0xff
			}
			f.Body = append(f.Body, '!')
		}
		second := clone.Clone()
		change(clone)
		if !cmp.Equal(f, want) {
			t.Fatalf("changing the clone changed the frame: %v", f)
		}
		change(f)
		if !cmp.Equal(second, want) {
			t.Fatalf("changing a frame changed its clone: %v", second)
		}
	})
}

func TestCloneOfZero(t *testing.T) {
	want := &frame.Frame{}
	if got := (frame.View{}).Clone(); !cmp.Equal(got, want) {
		t.Errorf("View.Clone = %v", got)
	}
	if got := (frame.Head{}).Clone(); !cmp.Equal(got, want) {
		t.Errorf("Head.Clone = %v", got)
	}
	if got := new(frame.Frame).Clone(); !cmp.Equal(got, want) {
		t.Errorf("Frame.Clone = %v", got)
	}
	// The body of a clone is nil when it is empty.
	v := frame.View{Head: frame.Head{Command: frame.SEND}, Body: []byte{}}
	if got := v.Clone(); got.Body != nil {
		t.Errorf("View.Clone: body %#v, want nil", got.Body)
	}
}

func TestCloneAllocs(t *testing.T) {
	for _, n := range []int{1, 4, 128} {
		f := &frame.Frame{Command: frame.MESSAGE, Body: []byte(strings.Repeat("body", 1000))}
		for range n {
			f.Headers.Add("destination", "/queue/a/rather/long/name/of/a/queue")
		}
		v := borrow(f)
		var c *frame.Frame
		if got := testing.AllocsPerRun(100, func() { c = v.Clone() }); got > 4 {
			t.Errorf("View.Clone with %d headers: %v allocations, want at most 4", n, got)
		}
		if got := testing.AllocsPerRun(100, func() { c = v.Head.Clone() }); got > 3 {
			t.Errorf("Head.Clone with %d headers: %v allocations, want at most 3", n, got)
		}
		if got := testing.AllocsPerRun(100, func() { c = f.Clone() }); got > 3 {
			t.Errorf("Frame.Clone with %d headers: %v allocations, want at most 3", n, got)
		}
		if len(c.Headers) != n {
			t.Errorf("the clone has %d headers, want %d", len(c.Headers), n)
		}
	}
}

func TestFrameView(t *testing.T) {
	for _, tt := range []struct {
		headers headers.List
		length  frame.ContentLength
	}{
		{nil, frame.ContentLength{}},
		{headers.Pairs("a", "1", "content-length", "5"), frame.Counted(5)},
		{headers.Pairs("content-length", "5", "content-length", "7"), frame.Counted(5)},
		{headers.Pairs("content-length", "five"), frame.ContentLength{}},
	} {
		f := &frame.Frame{Command: frame.SEND, Headers: tt.headers, Body: []byte("hello")}
		v := f.View()
		if v.Length != tt.length {
			t.Errorf("%v: the length is %v, want %v", f, v.Length, tt.length)
		}
		if diff := cmp.Diff(f, v.Clone()); diff != "" {
			t.Errorf("%v: %s", f, diff)
		}
	}
}
