package encoder_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A script is a series of calls on a Writer, each with the error that it gives.
func TestWriterStreams(t *testing.T) {
	type step struct {
		call string // head, write, close, frame, beat
		text string // command or bytes
		n    int64  // length of the body
		want error
	}
	for _, c := range []struct {
		name    string
		opt     encoder.Options
		headers headers.List
		steps   []step
		want    string
	}{
		{"counted", encoder.Options{}, nil, []step{{"head", "SEND", 5, nil}, {"write", "he\x00", 0, nil}, {"write", "", 0, nil}, {"write", "lo", 0, nil}, {"close", "", 0, nil}}, "SEND\ncontent-length:5\n\nhe\x00lo\x00"},
		{"counted by a header", encoder.Options{}, pairs("content-length", "2"), []step{{"head", "SEND", -1, nil}, {"write", "a\x00", 0, nil}, {"close", "", 0, nil}}, "SEND\ncontent-length:2\n\na\x00\x00"},
		{"counted by both", encoder.Options{}, pairs("content-length", "2"), []step{{"head", "SEND", 2, nil}, {"write", "ab", 0, nil}, {"close", "", 0, nil}}, "SEND\ncontent-length:2\n\nab\x00"},
		{"counted by both, unlike", encoder.Options{}, pairs("content-length", "2"), []step{{"head", "SEND", 3, encoder.WrongLength}, {"write", "ab", 0, encoder.NoFrame}}, ""},
		{"counted as nothing, unlike", encoder.Options{}, pairs("content-length", "2"), []step{{"head", "SEND", 0, encoder.WrongLength}, {"write", "ab", 0, encoder.NoFrame}}, ""},
		{"counted by a header that is no number", encoder.Options{}, pairs("content-length", "+2"), []step{{"head", "SEND", -1, encoder.WrongLength}, {"close", "", 0, encoder.NoFrame}}, ""},
		{"not counted", encoder.Options{}, nil, []step{{"head", "SEND", -1, nil}, {"write", "hel", 0, nil}, {"write", "l\x00", 0, encoder.NULInBody}, {"write", "\x00", 0, encoder.NULInBody}, {"write", "lo", 0, nil}, {"close", "", 0, nil}}, "SEND\n\nhello\x00"},
		{"length never", encoder.Options{Length: encoder.LengthNever}, nil, []step{{"head", "SEND", 2, nil}, {"write", "a\x00", 0, encoder.NULInBody}, {"write", "abc", 0, encoder.TooLong}, {"write", "ab", 0, nil}, {"close", "", 0, nil}}, "SEND\n\nab\x00"},
		{"extension", encoder.Options{UnknownCommand: true}, nil, []step{{"head", "PING", 3, nil}, {"write", "a\x00", 0, encoder.NULInBody}, {"write", "a\nb", 0, nil}, {"close", "", 0, nil}}, "PING\ncontent-length:3\n\na\nb\x00"},
		{"extension, counted by a header", encoder.Options{UnknownCommand: true}, pairs("content-length", "2"), []step{{"head", "PING", -1, nil}, {"write", "\x00", 0, encoder.NULInBody}, {"write", "ab", 0, nil}, {"close", "", 0, nil}}, "PING\ncontent-length:2\n\nab\x00"},
		{"too long", encoder.Options{}, nil, []step{{"head", "SEND", 2, nil}, {"write", "abc", 0, encoder.TooLong}, {"write", "ab", 0, nil}, {"write", "c", 0, encoder.TooLong}, {"close", "", 0, nil}}, "SEND\ncontent-length:2\n\nab\x00"},
		{"too short", encoder.Options{}, nil, []step{{"head", "SEND", 2, nil}, {"write", "a", 0, nil}, {"close", "", 0, encoder.TooShort}, {"write", "b", 0, nil}, {"close", "", 0, nil}}, "SEND\ncontent-length:2\n\nab\x00"},
		{"no body", encoder.Options{}, nil, []step{{"head", "ACK", 0, nil}, {"write", "a", 0, encoder.TooLong}, {"close", "", 0, nil}, {"close", "", 0, encoder.NoFrame}}, "ACK\n\n\x00"},
		{"body not allowed", encoder.Options{}, nil, []step{{"head", "ACK", 1, encoder.BodyNotAllowed}, {"head", "ACK", 0, nil}, {"close", "", 0, nil}}, "ACK\n\n\x00"},
		{"length of no body not known", encoder.Options{}, nil, []step{{"head", "RECEIPT", -1, nil}, {"write", "a", 0, encoder.TooLong}, {"close", "", 0, nil}}, "RECEIPT\n\n\x00"},
		{"frame open", encoder.Options{}, nil, []step{{"head", "SEND", 1, nil}, {"head", "SEND", 1, encoder.FrameOpen}, {"frame", "SEND", 0, encoder.FrameOpen}, {"view", "SEND", 0, encoder.FrameOpen}, {"beat", "", 0, encoder.FrameOpen}, {"write", "a", 0, nil}, {"close", "", 0, nil}, {"beat", "", 0, nil}, {"frame", "ACK", 0, nil}}, "SEND\ncontent-length:1\n\na\x00\nACK\n\n\x00"},
		{"refused head", encoder.Options{}, pairs("", "x"), []step{{"head", "SEND", 1, encoder.EmptyName}, {"close", "", 0, encoder.NoFrame}, {"beat", "", 0, nil}}, "\n"},
	} {
		for _, lent := range []bool{false, true} {
			var out bytes.Buffer
			w := encoder.NewWriter(&out, v12, c.opt)
			for i, s := range c.steps {
				var err error
				switch s.call {
				case "head":
					if !lent {
						err = w.WriteHead(frame.Command(s.text), c.headers, s.n)
					} else {
						err = w.WriteHeadView(frame.Head{Command: frame.Command(s.text), Headers: c.headers.View(), Length: frame.Counted(s.n)})
					}
				case "write":
					var n int
					if n, err = w.Write([]byte(s.text)); err == nil && n != len(s.text) || err != nil && n != 0 {
						t.Errorf("%s, step %d: %d bytes, %v", c.name, i, n, err)
					}
				case "close":
					err = w.CloseFrame()
				case "frame":
					err = w.WriteFrame(&frame.Frame{Command: frame.Command(s.text)})
				case "view":
					err = w.WriteView(frame.View{Head: frame.Head{Command: frame.Command(s.text)}})
				case "beat":
					err = w.WriteHeartBeat()
				}
				if !errors.Is(err, s.want) || (err == nil) != (s.want == nil) {
					t.Errorf("%s, step %d, %s %q: %v, want %v", c.name, i, s.call, s.text, err, s.want)
				}
			}
			if out.String() != c.want {
				t.Errorf("%s: wrote %q, want %q", c.name, out.String(), c.want)
			}
		}
	}
}

func TestWriterVersion(t *testing.T) {
	var out strings.Builder
	w := encoder.NewWriter(&out, v0, encoder.Options{})
	if err := w.WriteFrame(&frame.Frame{Command: frame.CONNECTED, Headers: pairs("version", "1.2")}); err != nil {
		t.Error(err)
	}
	w.SetVersion(v12)
	if err := w.WriteFrame(&frame.Frame{Command: frame.MESSAGE, Headers: pairs("a", ":"), Body: make([]byte, 20<<10)}); err != nil {
		t.Error(err)
	}
	want := "CONNECTED\nversion:1.2\n\n\x00MESSAGE\na:\\c\ncontent-length:20480\n\n" + strings.Repeat("\x00", 20481)
	if out.String() != want {
		t.Errorf("%.80q", out.String())
	}
}

// An error of the io.Writer is final: nobody knows what went out.
func TestWriterErrorsAreFinal(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		w    io.Writer
		want error
	}{
		{"error", writerFunc(func(p []byte) (int, error) { return 1, broken }), broken},
		{"short", writerFunc(func(p []byte) (int, error) { return len(p) - 1, nil }), io.ErrShortWrite},
	} {
		w := encoder.NewWriter(c.w, v12, encoder.Options{})
		if err := w.WriteFrame(&frame.Frame{Command: frame.ACK}); err != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := w.WriteHeartBeat(); err != c.want {
			t.Errorf("%s, then a heart-beat: %v", c.name, err)
		}
		if err := w.WriteHead(frame.SEND, nil, 1); err != c.want {
			t.Errorf("%s, then a head: %v", c.name, err)
		}
		if _, err := w.Write([]byte("x")); err != c.want {
			t.Errorf("%s, then a piece: %v", c.name, err)
		}
		if err := w.CloseFrame(); err != c.want {
			t.Errorf("%s, then a close: %v", c.name, err)
		}
	}
	// In a head, and in a body.
	left := 1
	limited := writerFunc(func(p []byte) (int, error) {
		if left == 0 {
			return 0, nil
		}
		left--
		return len(p), nil
	})
	w := encoder.NewWriter(limited, v12, encoder.Options{})
	if err := w.WriteHead(frame.SEND, nil, 5); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Write([]byte("hello")); n != 0 || err != io.ErrShortWrite {
		t.Error(n, err)
	}
	w = encoder.NewWriter(limited, v12, encoder.Options{})
	if err := w.WriteHead(frame.SEND, nil, 5); err != io.ErrShortWrite {
		t.Error(err)
	}
	if err := w.CloseFrame(); err != io.ErrShortWrite {
		t.Error(err)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
