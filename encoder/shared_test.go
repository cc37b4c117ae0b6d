package encoder_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// What Prepared and Shared write is what AppendFrame writes of the frame with
// all headers, or the same error.
func TestSharedAndPrepared(t *testing.T) {
	lists := []headers.List{
		nil,
		pairs("subscription", "0", "message-id", "a:b\\c"),
		pairs("n", "line\nfeed"),
		pairs("", "no name"),
		pairs("nul", "\x00"),
		pairs("cr", "a\rb", "end", "\r"),
		pairs("content-length", "2"),
		pairs("content-length", "3"),
	}
	for _, c := range []frame.Command{frame.MESSAGE, frame.SEND, frame.ACK, frame.CONNECT, "PING"} {
		for version := frame.Unnegotiated; version <= frame.V12+1; version++ {
			for _, o := range []encoder.Options{{}, {CRLF: true}, {UnknownCommand: true}, {Length: encoder.LengthNever}, {Length: encoder.LengthAsGiven}, {Length: 9}} {
				for _, body := range []string{"", "hi", "h\x00"} {
					for _, constant := range lists {
						shared, shareErr := encoder.Share(&frame.Frame{Command: c, Headers: constant, Body: []byte(body)}, version, o)
						prepared, prepareErr := encoder.Prepare(c, constant, version, o)
						_, counted := constant.Get("content-length")
						if prepareErr == nil && counted {
							t.Fatalf("Prepare takes %v", constant)
						}
						for _, own := range lists {
							f := &frame.Frame{Command: c, Headers: slices.Concat(own, constant), Body: []byte(body)}
							want, wantErr := encoder.AppendFrame([]byte("before"), f, version, o)
							if prepareErr == nil {
								got, err := prepared.Append([]byte("before"), own, []byte(body))
								if string(got) != string(want) || (err == nil) != (wantErr == nil) || err != nil && !errors.Is(err, errors.Unwrap(wantErr)) {
									t.Fatalf("Prepared: %v + %v in %v, %v: %q, %v, want %q, %v", own, constant, version, o, got, err, want, wantErr)
								}
							}
							_, ownCounted := own.Get("content-length")
							if shareErr != nil || ownCounted {
								continue
							}
							got, err := shared.Append([]byte("before"), own)
							head, rest, splitErr := shared.Split([]byte("before"), own)
							if (err == nil) != (splitErr == nil) || err == nil && string(head)+string(rest) != string(got) {
								t.Fatalf("Split: %q %q, %v; Append: %q, %v", head, rest, splitErr, got, err)
							}
							if string(got) != string(want) || (err == nil) != (wantErr == nil) || err != nil && !errors.Is(err, errors.Unwrap(wantErr)) {
								t.Fatalf("Shared: %v + %v in %v, %v: %q, %v, want %q, %v", own, constant, version, o, got, err, want, wantErr)
							}
						}
					}
				}
			}
		}
	}
}

func TestSharedRefusesLengthOfOwn(t *testing.T) {
	s, err := encoder.Share(&frame.Frame{Command: frame.MESSAGE, Body: []byte("hi")}, v12, encoder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dst := []byte("before")
	for range 2 {
		got, err := s.Append(dst, pairs("a", "b", "content-length", "2"))
		if string(got) != "before" || !errors.Is(err, encoder.RepeatedLength) {
			t.Errorf("%q, %v", got, err)
		}
		if got, err := s.Append(dst, pairs("a", "b")); err != nil || string(got) != "beforeMESSAGE\na:b\ncontent-length:2\n\nhi\x00" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// The shared part has no spare capacity that an append could reach, and
// appending to a buffer with room costs no allocation.
func TestSharedMemory(t *testing.T) {
	s, err := encoder.Share(&frame.Frame{Command: frame.MESSAGE, Headers: pairs("destination", "/topic/a"), Body: []byte("hi")}, v12, encoder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, rest, err := s.Split(nil, nil)
	if err != nil || cap(rest) != len(rest) {
		t.Errorf("capacity %d of %d, %v", cap(rest), len(rest), err)
	}
	p, err := encoder.Prepare(frame.SEND, pairs("destination", "/topic/a"), v12, encoder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	buf, own, body := make([]byte, 0, 1024), pairs("subscription", "1"), []byte(strings.Repeat("x", 100))
	if n := testing.AllocsPerRun(100, func() {
		_, err1 := s.Append(buf, own)
		_, err2 := p.Append(buf, own, body)
		if err1 != nil || err2 != nil {
			t.Error(err1, err2)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
