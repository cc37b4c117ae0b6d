package validate_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A sent frame, with who sent it.
type sent struct {
	from validate.Role
	*frame.Frame
}

// alphabet has each command from each role, with identifiers that meet.
func alphabet(version string) (all []sent) {
	for c := range frame.Commands() {
		f := &frame.Frame{Command: c}
		switch c {
		case frame.CONNECT, frame.STOMP:
			f.Headers = headers.Pairs("accept-version", "1.0,1.1,1.2", "host", "h", "heart-beat", "0,0")
		case frame.CONNECTED:
			f.Headers = headers.Pairs("version", version)
		case frame.SEND:
			f.Headers = headers.Pairs("destination", "d", "transaction", "t", "receipt", "r")
		case frame.SUBSCRIBE:
			f.Headers = headers.Pairs("destination", "d", "id", "s", "ack", "client")
		case frame.UNSUBSCRIBE:
			f.Headers = headers.Pairs("id", "s")
		case frame.BEGIN, frame.COMMIT, frame.ABORT:
			f.Headers = headers.Pairs("transaction", "t")
		case frame.ACK:
			f.Headers = headers.Pairs("id", "m", "subscription", "s", "message-id", "m")
		case frame.NACK:
			f.Headers = headers.Pairs("id", "m", "subscription", "s", "message-id", "m", "transaction", "t")
		case frame.DISCONNECT:
			f.Headers = headers.Pairs("receipt", "r")
		case frame.MESSAGE:
			f.Headers = headers.Pairs("destination", "d", "subscription", "s", "message-id", "m", "ack", "m")
		case frame.RECEIPT:
			f.Headers = headers.Pairs("receipt-id", "r")
		case frame.ERROR:
			f.Headers = headers.Pairs("message", "x", "receipt-id", "r")
		}
		all = append(all, sent{validate.Client, f}, sent{validate.Server, f})
	}
	return all
}

// agreement feeds both and returns what differs, "" when nothing does.
func agreement(s *validate.Session, r *reference, f sent) string {
	want := r.step(f.from, f.Frame)
	err := s.StepFrame(f.from, f.Frame)
	got, _ := err.(validate.Violations)
	ok := (err == nil) == (len(want) == 0) && slices.EqualFunc(want, got, func(r validate.Rule, v validate.Violation) bool {
		return r == v.Rule && v.Command == f.Command
	})
	switch {
	case !ok:
		text := "rules are ["
		for _, v := range got {
			text += " " + v.Rule.ID()
		}
		text += " ], the reference has ["
		for _, r := range want {
			text += " " + r.ID()
		}
		return text + " ]"
	case s.Version() != r.version:
		return "version is " + s.Version().String() + ", the reference has " + r.version.String()
	case s.Pending() != r.pending():
		return strconv.Itoa(s.Pending()) + " messages pending, the reference has " + strconv.Itoa(r.pending())
	case s.Transactions() != len(r.transactions):
		return strconv.Itoa(s.Transactions()) + " transactions, the reference has " + strconv.Itoa(len(r.transactions))
	}
	for _, role := range []validate.Role{validate.Client, validate.Server} {
		if s.Phase(role) != r.phase(role) {
			return "phase of the " + role.String() + " is " + s.Phase(role).String() + ", the reference has " + r.phase(role).String()
		}
	}
	return ""
}

func describe(frames []sent) (text string) {
	for _, f := range frames {
		text += "\n" + f.from.String() + " " + f.String()
	}
	return text
}

// All sequences of up to four commands by either role, from the beginning and
// after a handshake in each version, agree with the reference.
func TestSequences(t *testing.T) {
	length := 4
	if testing.Short() {
		length = 3
	}
	for _, c := range []struct {
		version   string
		handshake bool
		length    int
	}{
		{"1.2", false, length},
		{"1.2", true, length},
		{"1.1", true, 3},
		{"1.0", true, 3},
	} {
		name := c.version + "/start"
		if c.handshake {
			name = c.version + "/connected"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := alphabet(c.version)
			var prefix []sent
			if c.handshake {
				for _, f := range all {
					if f.Command == frame.CONNECT && f.from == validate.Client || f.Command == frame.CONNECTED && f.from == validate.Server {
						prefix = append(prefix, f)
					}
				}
			}
			failures := 0
			var extend func(frames []sent)
			extend = func(frames []sent) {
				for _, last := range all {
					whole := append(frames, last)
					if failures > 10 {
						return
					}
					if len(whole) < len(prefix)+c.length {
						extend(whole) // judges the shorter ones on its way
						continue
					}
					s, r := validate.NewSession(validate.SessionLimits{}), new(reference)
					for _, f := range whole {
						if diff := agreement(s, r, f); diff != "" {
							failures++
							t.Errorf("%s, after%s", diff, describe(whole))
							break
						}
					}
				}
			}
			extend(slices.Grow(prefix, c.length))
		})
	}
}

// Long conversations, with few identifiers so that they meet, agree with the
// reference. They are the same in every run.
func TestConversations(t *testing.T) {
	count := 4000
	if testing.Short() {
		count = 400
	}
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			for seed := range count {
				if frames, diff := converse(version, rand.New(rand.NewPCG(1, uint64(seed)))); diff != "" {
					t.Fatalf("conversation %d: %s, after%s", seed, diff, describe(frames))
				}
			}
		})
	}
}

// converse makes up a conversation until its end, or until session and
// reference differ.
func converse(version string, rnd *rand.Rand) (frames []sent, diff string) {
	pick := func(from ...string) string { return from[rnd.IntN(len(from))] }
	all := alphabet(version)
	s, r := validate.NewSession(validate.SessionLimits{}), new(reference)
	feed := func(f sent) bool {
		frames = append(frames, f)
		diff = agreement(s, r, f)
		return diff == ""
	}
	ok := feed(sent{validate.Client, &frame.Frame{Command: frame.CONNECT,
		Headers: headers.Pairs("accept-version", pick("1.0,1.1,1.2", "1.1,1.2"), "host", "h")}}) &&
		feed(sent{validate.Server, &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs("version", version)}})
	for n := 80; ok && n > 0; n-- {
		f := all[rnd.IntN(len(all))]
		if rnd.IntN(3) == 0 { // more of what has most to get wrong
			command := frame.Command(pick("MESSAGE", "MESSAGE", "ACK", "NACK"))
			f = all[slices.IndexFunc(all, func(a sent) bool {
				return a.Command == command && a.Command.FromServer() == (a.from == validate.Server)
			})]
		}
		ends := f.Command == frame.DISCONNECT || f.Command == frame.ERROR
		if f.Command.FromServer() != (f.from == validate.Server) || ends && n > 8 {
			continue
		}
		f.Frame = f.Clone()
		vary(f.Frame, version, r, rnd, pick)
		ok = feed(f)
	}
	return frames, diff
}

// vary gives the identifiers of a frame a digit, and leaves out what may be
// left out.
func vary(f *frame.Frame, version string, r *reference, rnd *rand.Rand, pick func(...string) string) {
	for i := range f.Headers {
		switch h := &f.Headers[i]; {
		case h.Name == "ack" && f.Command == frame.SUBSCRIBE:
			h.Value = pick("auto", "client", "client", "client-individual")
			if version == "1.0" && h.Value == "client-individual" {
				h.Value = "client"
			}
		case slices.Contains([]string{"id", "message-id", "ack", "subscription", "transaction", "receipt", "receipt-id", "destination"}, h.Name):
			h.Value += strconv.Itoa(rnd.IntN(3))
		}
	}
	drop := func(name string) {
		if rnd.IntN(2) == 0 {
			f.Headers.Delete(name)
		}
	}
	switch f.Command {
	case frame.SEND, frame.ACK, frame.NACK:
		drop("transaction")
	case frame.MESSAGE:
		if rnd.IntN(4) == 0 {
			f.Headers.Delete("ack")
		}
		if version == "1.0" {
			drop("subscription")
			// Which of two pending messages with one id an ACK settles is not
			// said: here there is one.
			id, _ := f.Headers.Get("message-id")
			for n := 0; slices.ContainsFunc(r.messages, func(m *refMessage) bool { return m.name == id }); n++ {
				id = "m" + strconv.Itoa(n)
			}
			f.Headers.Set("message-id", id)
		}
	case frame.SUBSCRIBE, frame.UNSUBSCRIBE:
		if version == "1.0" {
			f.Headers.Set("destination", "d"+pick("0", "1"))
			drop("id")
		}
	case frame.ERROR:
		drop("receipt-id")
	}
}
