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
		same := func(what string, a, b, c *frame.Frame) {
			t.Helper()
			if diff := cmp.Diff(a, b) + cmp.Diff(a, c); diff != "" {
				t.Errorf("%s of %v: %s", what, h, diff)
			}
		}
		three := func(what string, answer func(form int) (*frame.Frame, bool)) {
			t.Helper()
			a, okA := answer(0)
			b, okB := answer(1)
			c, okC := answer(2)
			if okA != okB || okA != okC || okA != (a != nil) {
				t.Errorf("%s of %v: %v, %v, %v", what, h, okA, okB, okC)
			}
			same(what, a, b, c)
		}
		three("Receipt", func(form int) (*frame.Frame, bool) {
			switch form {
			case 0:
				return validate.Receipt(h)
			case 1:
				return validate.Receipt(w)
			}
			return validate.Receipt(f)
		})
		for v := frame.Unnegotiated; v <= frame.V12+1; v++ {
			three("Ack", func(form int) (*frame.Frame, bool) {
				switch form {
				case 0:
					return validate.Ack(h, v)
				case 1:
					return validate.Ack(w, v)
				}
				return validate.Ack(f, v)
			})
			three("Nack", func(form int) (*frame.Frame, bool) {
				switch form {
				case 0:
					return validate.Nack(h, v)
				case 1:
					return validate.Nack(w, v)
				}
				return validate.Nack(f, v)
			})
		}
		err := errors.New("x")
		same("ErrorFrame", validate.ErrorFrame(err, h), validate.ErrorFrame(err, w), validate.ErrorFrame(err, f))
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
			if err := s.StepFrame(validate.Client, f); err != nil || s.Pending() != 0 {
				t.Errorf("%v: %v: %v, %d pending", version, f, err, s.Pending())
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
