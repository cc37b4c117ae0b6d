package vectors

import (
	"errors"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestCheckNotices(t *testing.T) {
	right := func() *frame.Frame {
		return &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "b"), Body: []byte("x")}
	}
	read := Decode{Frames: []Frame{{Command: "SEND", Headers: [][2]Bytes{{"a", "b"}}, Body: "x"}}}
	failing := Decode{Frames: read.Frames, Error: &DecodeError{Kind: "missing_nul"}}
	bad := errors.New("bad")
	changed := func(change func(f *frame.Frame)) []*frame.Frame {
		f := right()
		change(f)
		return []*frame.Frame{f}
	}
	same := changed(func(*frame.Frame) {})
	for _, tt := range []struct {
		v      *Decode
		frames []*frame.Frame
		err    error
		want   string
	}{
		{&read, same, nil, ""},
		{&failing, same, bad, ""},
		{&read, same, bad, "unexpected error: bad"},
		{&failing, same, nil, "no error, want missing_nul at byte 0"},
		{&read, nil, bad, "0 frames, want 1; error bad"},
		{&read, append(same, right()), nil, "2 frames, want 1; error <nil>"},
		{&read, changed(func(f *frame.Frame) { f.Command = "ACK" }), nil, `frame 0: command "ACK", want "SEND"`},
		{&read, changed(func(f *frame.Frame) { f.Headers[0].Value = "c" }), nil, `frame 0: header 0 is "a":"c", want "a":"b"`},
		{&read, changed(func(f *frame.Frame) { f.Headers = nil }), nil, "frame 0: 0 headers, want 1"},
		{&read, changed(func(f *frame.Frame) { f.Body = nil }), nil, "frame 0: another body"},
	} {
		got := ""
		if err := tt.v.Check(tt.frames, tt.err); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	for _, tt := range []struct {
		v    Encode
		wire string
		err  error
		ok   bool
	}{
		{Encode{Wire: "x"}, "x", nil, true},
		{Encode{Wire: "x"}, "y", nil, false},
		{Encode{Wire: "x"}, "", bad, false},
		{Encode{Error: &EncodeError{}}, "", bad, true},
		{Encode{Error: &EncodeError{}}, "x", nil, false},
	} {
		if err := tt.v.Check([]byte(tt.wire), tt.err); (err == nil) != tt.ok {
			t.Errorf("wrote %q, %v, for %q: %v", tt.wire, tt.err, tt.v.Wire, err)
		}
	}
}

func TestCheckNormalizes(t *testing.T) {
	v := Decode{Frames: []Frame{{Command: "SEND", Headers: [][2]Bytes{{"a", "1"}, {"b", "2"}, {"a", "3"}}}}}
	read := func() []*frame.Frame {
		return []*frame.Frame{{Command: frame.SEND, Headers: headers.Pairs("b", "2", "a", "1")}}
	}
	if err := v.Check(read(), nil); err == nil {
		t.Error("another order and no repeats: no error")
	}
	asMap := func(f *frame.Frame) { f.Headers = headers.Pairs("a", f.Headers.Value("a"), "b", f.Headers.Value("b")) }
	if err := v.Check(read(), nil, asMap); err != nil {
		t.Error(err)
	}
}
