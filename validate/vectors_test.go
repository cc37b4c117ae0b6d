package validate_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/validate"
)

// The vectors of testdata/validate, whose README.md defines the format.

type vectorFrame struct {
	From    string
	Command frame.Command
	Headers [][2]vectors.Bytes
	Body    vectors.Bytes
	Expect  []string
}

func (v *vectorFrame) role(t testing.TB) validate.Role {
	switch v.From {
	case "client":
		return validate.Client
	case "server":
		return validate.Server
	}
	t.Fatalf("from is %q", v.From)
	return 0
}

// owned and borrowed are the two forms of the frame.
func (v *vectorFrame) owned() *frame.Frame {
	f := &frame.Frame{Command: v.Command, Body: []byte(v.Body)}
	for _, h := range v.Headers {
		f.Headers.Add(string(h[0]), string(h[1]))
	}
	return f
}

func (v *vectorFrame) borrowed() frame.View {
	var pairs []string
	for _, h := range v.Headers {
		pairs = append(pairs, string(h[0]), string(h[1]))
	}
	return frame.View{Head: head(v.Command, pairs...), Body: []byte(v.Body)}
}

type vector struct {
	ID, Title     string
	Breaks, Keeps []string
	Version       string
	vectorFrame
	Wire      vectors.Bytes // the head as it came, for what only Raw sees
	Steps     []vectorFrame
	Agreed    string
	Phases    map[string]string
	Heartbeat map[string]int64
}

func readVectors(t testing.TB, name string) (list []vector) {
	t.Helper()
	b, err := os.ReadFile("../testdata/validate/" + name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		var v vector
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if v.ID == "" || v.Title == "" || seen[v.ID] {
			t.Fatalf("no id, no title, or the id twice: %s", lines.Text())
		}
		seen[v.ID] = true
		list = append(list, v)
	}
	return list
}

// conversation returns the steps of a vector.
func (v *vector) conversation(t testing.TB) (c []fuzz.Said) {
	for i := range v.Steps {
		c = append(c, fuzz.Said{From: v.Steps[i].role(t), Frame: v.Steps[i].owned()})
	}
	return c
}

// ids returns the rules of an error that is nil or Violations, and checks that
// the order of the rules is kept.
func ids(t *testing.T, err error) []string {
	t.Helper()
	var list validate.Violations
	if err != nil && !errors.As(err, &list) {
		t.Fatalf("error is %T, not Violations", err)
	}
	var names []string
	for i, v := range list {
		if i > 0 && v.Rule < list[i-1].Rule {
			t.Errorf("%v is out of order", list)
		}
		if !errors.Is(err, v.Rule) {
			t.Errorf("errors.Is does not find %v", v.Rule)
		}
		names = append(names, v.Rule.ID())
	}
	return names
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if !slices.Equal(want, got) {
		t.Errorf("%s: rules are %q, want %q", what, got, want)
	}
}

func parseVersion(t *testing.T, s string) frame.Version {
	v, ok := frame.ParseVersion(s)
	if !ok && s != frame.Unnegotiated.String() {
		t.Fatalf("version is %q", s)
	}
	return v
}

// without returns a list without the rules that only some functions apply.
func without(list []string, rules ...validate.Rule) (kept []string) {
	for _, id := range list {
		if r, _ := validate.LookupRule(id); !slices.Contains(rules, r) {
			kept = append(kept, id)
		}
	}
	return kept
}

func TestFrameVectors(t *testing.T) {
	for _, v := range readVectors(t, "frames") {
		t.Run(v.ID, func(t *testing.T) {
			version, from := parseVersion(t, v.Version), v.role(t)
			if raw := ids(t, validate.CheckRaw([]byte(v.Wire), version, from)); v.Wire != "" {
				same(t, "Raw", v.Expect, raw)
				v.Expect = nil // of what is not on the wire
			}
			same(t, "View", v.Expect, ids(t, validate.CheckView(v.borrowed(), version, from)))
			missing := []validate.Rule{validate.ContentLengthRequired, validate.ContentLengthExpected}
			same(t, "Frame", without(v.Expect, missing...), ids(t, validate.CheckFrame(v.owned(), version, from)))

			// A head says of its body what content-length says.
			w := v.borrowed()
			want := without(v.Expect, append(missing, validate.ContentLengthMatchesBody)...)
			n, counted := w.Length.Get()
			if n <= 0 {
				want = without(want, validate.BodyNotAllowed, validate.ContentTypeExpected)
			}
			if !counted || n == int64(len(w.Body)) {
				same(t, "Head", want, ids(t, validate.CheckHead(w.Head, version, from)))
			}
		})
	}
}

func TestSessionVectors(t *testing.T) {
	for _, v := range readVectors(t, "sessions") {
		t.Run(v.ID, func(t *testing.T) {
			borrowed := validate.NewSession(validate.SessionLimits{})
			owned := validate.NewSession(validate.SessionLimits{})
			heads := validate.NewSession(validate.SessionLimits{})
			for i, f := range v.Steps {
				from := f.role(t)
				what := "step " + string(rune('1'+i)) + " " + string(f.Command)
				same(t, what+", StepView", f.Expect, ids(t, borrowed.StepView(from, f.borrowed())))
				same(t, what+", StepFrame", f.Expect, ids(t, owned.StepFrame(from, f.owned())))
				same(t, what+", Step", f.Expect, ids(t, heads.Step(from, f.borrowed().Head)))
			}
			if err := fuzz.CheckSession(v.conversation(t), validate.SessionLimits{}); err != nil {
				t.Error(err)
			}
			for _, s := range []*validate.Session{borrowed, owned, heads} {
				if v.Agreed != "" && s.Version().String() != v.Agreed {
					t.Errorf("version is %v, want %v", s.Version(), v.Agreed)
				}
				for name, want := range v.Phases {
					if got := s.Phase((&vectorFrame{From: name}).role(t)).String(); got != want {
						t.Errorf("phase of the %s is %s, want %s", name, got, want)
					}
				}
				for name, want := range v.Heartbeat {
					got := s.HeartBeat((&vectorFrame{From: name}).role(t))
					if got != time.Duration(want)*time.Millisecond {
						t.Errorf("heart-beat of the %s is %v, want %d ms", name, got, want)
					}
				}
			}
		})
	}
}

// Each rule has a vector that breaks it and one that keeps it, and the vectors
// do what they say.
func TestVectorsCoverRules(t *testing.T) {
	broken, kept := map[string]bool{}, map[string]bool{}
	for _, v := range slices.Concat(readVectors(t, "frames"), readVectors(t, "sessions")) {
		expected := v.Expect
		for _, s := range v.Steps {
			expected = append(expected, s.Expect...)
		}
		for _, id := range expected {
			if _, ok := validate.LookupRule(id); !ok {
				t.Errorf("%s: no rule %q", v.ID, id)
			}
		}
		for _, id := range v.Breaks {
			if broken[id] = true; !slices.Contains(expected, id) {
				t.Errorf("%s does not break %s", v.ID, id)
			}
		}
		for _, id := range v.Keeps {
			if kept[id] = true; slices.Contains(expected, id) {
				t.Errorf("%s does not keep %s", v.ID, id)
			}
		}
	}
	for r := range validate.Rules() {
		if !broken[r.ID()] || !kept[r.ID()] {
			t.Errorf("%v: vector that breaks it %v, that keeps it %v", r, broken[r.ID()], kept[r.ID()])
		}
		delete(broken, r.ID())
		delete(kept, r.ID())
	}
	if diff := cmp.Diff([]map[string]bool{{}, {}}, []map[string]bool{broken, kept}); diff != "" {
		t.Errorf("vectors name rules that are not there:\n%s", diff)
	}
}
