package validate_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// The answers to a frame are the same in whichever form it comes.
func TestForms(t *testing.T) {
	for _, h := range []frame.Head{
		{},
		head(frame.SEND, "destination", "d", "receipt", "r:1"),
		head(frame.CONNECT, "receipt", "r"),
		head(frame.MESSAGE, "receipt", "r", "subscription", "0", "message-id", "m", "ack", "a"),
		head(frame.MESSAGE, "message-id", "m"),
		head(frame.MESSAGE, "subscription", "0"),
		head("PING", "receipt", "a\nb"),
	} {
		w, f := frame.View{Head: h}, h.Clone()
		type answer func() (*frame.Frame, bool)
		alike := func(what string, answers ...answer) {
			t.Helper()
			want, ok := answers[0]()
			for _, answer := range answers {
				if got, same := answer(); same != ok || ok != (got != nil) || !cmp.Equal(want, got) {
					t.Errorf("%s of %v: %v, %v, want %v, %v", what, h, got, same, want, ok)
				}
			}
		}
		alike("Receipt",
			func() (*frame.Frame, bool) { return validate.Receipt(h) },
			func() (*frame.Frame, bool) { return validate.Receipt(w) },
			func() (*frame.Frame, bool) { return validate.Receipt(f) })
		for v := frame.Unnegotiated; v <= frame.V12+1; v++ {
			alike("Ack",
				func() (*frame.Frame, bool) { return validate.Ack(h, v) },
				func() (*frame.Frame, bool) { return validate.Ack(w, v) },
				func() (*frame.Frame, bool) { return validate.Ack(f, v) })
			alike("Nack",
				func() (*frame.Frame, bool) { return validate.Nack(h, v) },
				func() (*frame.Frame, bool) { return validate.Nack(w, v) },
				func() (*frame.Frame, bool) { return validate.Nack(f, v) })
		}
		err := errors.New("x")
		alike("ErrorFrame",
			func() (*frame.Frame, bool) { return validate.ErrorFrame(err, h), true },
			func() (*frame.Frame, bool) { return validate.ErrorFrame(err, w), true },
			func() (*frame.Frame, bool) { return validate.ErrorFrame(err, f), true })
	}
	var none *frame.Frame
	if f, ok := validate.Receipt(none); ok {
		t.Errorf("the receipt of no frame is %v", f)
	}
	if f := validate.ErrorFrame(errors.New("x"), none); f.Command != frame.ERROR {
		t.Errorf("%v", f)
	}
}

// What Ack and Nack make is legal, and what a session takes for the message.
func TestAckIsTaken(t *testing.T) {
	for _, version := range []frame.Version{frame.V10, frame.V11, frame.V12} {
		for _, nack := range []bool{false, true} {
			s := session(t, validate.SessionLimits{}, version.String())
			mode := "client-individual"
			if version == frame.V10 {
				mode = "client"
			}
			mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", "0", "destination", "d", "ack", mode))
			message := head(frame.MESSAGE, "subscription", "0", "message-id", "m:7", "ack", "a:7", "destination", "d")
			mustStep(t, s, validate.Server, message)
			f, ok := validate.Ack(message, version)
			if nack {
				f, ok = validate.Nack(message, version)
			}
			if ok == (nack && version == frame.V10) {
				t.Errorf("%v, nack %v: %v, %v", version, nack, f, ok)
			}
			if !ok {
				continue
			}
			if err := s.StepFrame(validate.Client, f); err != nil || s.Unacknowledged() != 0 {
				t.Errorf("%v: %v: %v, %d pending", version, f, err, s.Unacknowledged())
			}
		}
	}
}

// A Refusal says what the server wants to say, wrapped or not, in a header that
// every version can carry.
func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		refusal validate.Refusal
		message string
	}{
		{validate.Refusal{Message: "wrong login or passcode"}, "wrong login or passcode"},
		{validate.Refusal{Message: "queue: full", Body: "Try again\nlater."}, "queue: full"},
		{validate.Refusal{Message: "two\nlines\x00"}, `"two\nlines\x00"`},
	} {
		f := validate.ErrorFrame(fmt.Errorf("login: %w", &c.refusal), head(frame.SEND, "receipt", "r"))
		want := headers.Pairs("receipt-id", "r", "message", c.message)
		if c.refusal.Body != "" {
			want.Add("content-type", "text/plain")
		}
		if diff := cmp.Diff(want, f.Headers); diff != "" || string(f.Body) != c.refusal.Body {
			t.Errorf("%v: body %q, headers (-want +got):\n%s", c.refusal, f.Body, diff)
		}
		for v := frame.Unnegotiated; v <= frame.V12; v++ {
			if _, err := encoder.AppendFrame(nil, f, v, encoder.Options{}); err != nil {
				t.Errorf("%v in %v: %v", c.refusal, v, err)
			}
		}
	}
}
