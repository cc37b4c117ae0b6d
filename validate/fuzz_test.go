package validate_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
	"github.com/stompwire/stomp/validate"
)

// FuzzSession compares a session with the oracle. The input is a conversation as
// written has it.
func FuzzSession(f *testing.F) {
	add := func(c []fuzz.Said) {
		f.Add(written(c), int8(0), int8(0), int8(0), int8(0), int8(0))
		f.Add(written(c), int8(1), int8(2), int8(1), int8(2), int8(12))
	}
	for _, c := range recordedConversations() {
		add(c)
	}
	for _, v := range readVectors(f, "sessions") {
		add(v.conversation(f))
	}
	for v := frame.Unnegotiated; v <= frame.V12; v++ {
		for c := range fuzz.Examples(fuzz.Conversations(v), 20) {
			add(c)
		}
	}
	f.Fuzz(func(t *testing.T, input []byte, subscriptions, unacknowledged, transactions, receipts, id int8) {
		if err := fuzz.CheckSession(unwritten(input), validate.SessionLimits{
			Subscriptions:  int(subscriptions),
			Unacknowledged: int(unacknowledged),
			Transactions:   int(transactions),
			Receipts:       int(receipts),
			ID:             int(id),
		}); err != nil {
			t.Error(err)
		}
	})
}

// The conversations of real peers.
func TestRecordedConversations(t *testing.T) {
	conversations := recordedConversations()
	if len(conversations) < 50 {
		t.Errorf("%d conversations", len(conversations))
	}
	for name, c := range conversations {
		if err := fuzz.CheckSession(c, validate.SessionLimits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// written writes a conversation for the fuzzer: before each frame of a server
// "<", before one of a client ">". What 1.2 cannot carry is left out.
func written(c []fuzz.Said) (b []byte) {
	for _, said := range c {
		wire, err := encoder.AppendFrame(nil, said.Frame, frame.V12, encoder.Options{UnknownCommand: true})
		if err != nil {
			continue
		}
		b = append(b, "><"[said.From])
		b = append(b, wire...)
	}
	return b
}

// unwritten reads what written wrote, or a fuzzer made of it, as far as
// that can be read.
func unwritten(b []byte) (c []fuzz.Said) {
	a := parser.NewAssembler(parser.Options{Version: frame.V12, Allow: parser.AllowAll})
	for len(b) > 0 {
		from := validate.Client
		if b[0] == '<' {
			from = validate.Server
		}
		for b = b[1:]; len(b) > 0; {
			v, n, ok, err := a.Next(b)
			if err != nil {
				return c
			}
			b = b[n:]
			if ok {
				c = append(c, fuzz.Said{From: from, Frame: v.Clone()})
				break
			}
		}
	}
	return c
}

// recordedConversations returns the frames of both sides of each recording, in
// the order in which they were read.
func recordedConversations() map[string][]fuzz.Said {
	type timed struct {
		fuzz.Said
		at time.Duration
	}
	all := map[string][]timed{}
	for capture := range testdata.Captures() {
		from := validate.Server
		if capture.FromClient {
			from = validate.Client
		}
		name := strings.TrimSuffix(strings.TrimSuffix(capture.Name(), "c2s"), "s2c")
		a := parser.NewAssembler(parser.Options{Version: frame.V12, Allow: parser.AllowAll})
		i := 0
		for piece := range capture.Pieces() {
			for len(piece) > 0 {
				v, n, ok, err := a.Next(piece)
				if err != nil {
					break
				}
				piece = piece[n:]
				if ok {
					all[name] = append(all[name], timed{fuzz.Said{From: from, Frame: v.Clone()}, capture.Chunks[i].At})
				}
			}
			i++
		}
	}
	conversations := map[string][]fuzz.Said{}
	for name, frames := range all {
		slices.SortStableFunc(frames, func(a, b timed) int { return cmp.Or(cmp.Compare(a.at, b.at), int(a.From)-int(b.From)) })
		for _, f := range frames {
			conversations[name] = append(conversations[name], f.Said)
		}
	}
	return conversations
}
