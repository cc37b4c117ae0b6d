package fuzz

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
	"github.com/stompwire/stomp/validate"
)

// FuzzSession holds a session to the oracle. The input is a conversation as
// written has it.
func FuzzSession(f *testing.F) {
	add := func(c []Said) {
		f.Add(written(c), int8(0), int8(0), int8(0), int8(0), int8(0))
		f.Add(written(c), int8(1), int8(2), int8(1), int8(2), int8(12))
	}
	for _, c := range recordedConversations() {
		add(c)
	}
	for _, c := range vectorConversations(f) {
		add(c)
	}
	for _, v := range versions {
		g := Conversations(v)
		for seed := range 20 {
			add(g.Example(seed))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte, subscriptions, unacknowledged, transactions, receipts, id int8) {
		if err := CheckSession(unwritten(input), validate.SessionLimits{
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

// written writes a conversation for the fuzzer: before each frame of a server
// "<", before one of a client ">". What 1.2 cannot carry is left out.
func written(c []Said) (b []byte) {
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
func unwritten(b []byte) (c []Said) {
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
				c = append(c, Said{From: from, Frame: v.Clone()})
				break
			}
		}
	}
	return c
}

// recordedConversations returns the frames of both sides of each recording, in
// the order in which they were read.
func recordedConversations() map[string][]Said {
	type timed struct {
		Said
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
					all[name] = append(all[name], timed{Said{From: from, Frame: v.Clone()}, capture.Chunks[i].At})
				}
			}
			i++
		}
	}
	conversations := map[string][]Said{}
	for name, frames := range all {
		slices.SortStableFunc(frames, func(a, b timed) int { return cmp.Or(cmp.Compare(a.at, b.at), int(a.From)-int(b.From)) })
		for _, f := range frames {
			conversations[name] = append(conversations[name], f.Said)
		}
	}
	return conversations
}

// vectorConversations returns those of testdata/validate.
func vectorConversations(t testing.TB) map[string][]Said {
	t.Helper()
	file, err := os.Open("../testdata/validate/sessions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	conversations := map[string][]Said{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var vector struct {
			ID    string
			Steps []struct {
				From    string
				Command frame.Command
				Headers [][2]vectors.Bytes
				Body    vectors.Bytes
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &vector); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		for _, step := range vector.Steps {
			f := &frame.Frame{Command: step.Command, Body: []byte(step.Body)}
			for _, h := range step.Headers {
				f.Headers.Add(string(h[0]), string(h[1]))
			}
			from := validate.Client
			if step.From == "server" {
				from = validate.Server
			}
			conversations[vector.ID] = append(conversations[vector.ID], Said{From: from, Frame: f})
		}
	}
	return conversations
}

// The conversations of real peers, and those of the vectors.
func TestSessionGiven(t *testing.T) {
	for _, conversations := range []map[string][]Said{recordedConversations(), vectorConversations(t)} {
		if len(conversations) < 50 {
			t.Errorf("%d conversations", len(conversations))
		}
		for name, c := range conversations {
			if err := CheckSession(c, validate.SessionLimits{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What a fuzzer is given, and makes new conversations of, is what was meant.
func TestConversationsAreWritten(t *testing.T) {
	for name, c := range vectorConversations(t) {
		var sendable []Said
		for _, said := range c {
			if len(written([]Said{said})) > 0 {
				sendable = append(sendable, said)
			}
		}
		got := unwritten(written(c))
		if len(got) != len(sendable) {
			t.Errorf("%s: %d frames, want %d", name, len(got), len(sendable))
			continue
		}
		for i := range got {
			if got[i].From != sendable[i].From || got[i].Frame.Command != sendable[i].Frame.Command {
				t.Errorf("%s: %v, want %v", name, got[i], sendable[i])
			}
		}
	}
	if c := unwritten([]byte(">SEND\n\n\x00?ACK\n\n\x00<SE")); len(c) != 2 || c[1].From != validate.Client {
		t.Errorf("%v", c)
	}
}
