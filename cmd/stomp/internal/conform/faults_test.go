package conform

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A brokerFault is one thing that a testBroker does wrong, and the probes that
// find it, all of them.
type brokerFault struct {
	word   string
	except []validate.Rule
	allow  parser.Allow
	found  string // IDs; a * stands for anything
}

// testSettings are patient enough for a machine that is busy, and quick where
// nothing fails.
func testSettings(url string) Settings {
	return Settings{
		URL: url, Beat: 200 * time.Millisecond, Margin: 50 * time.Millisecond,
		Patience: time.Second, Closing: 200 * time.Millisecond, Return: 3 * time.Second,
	}
}

// failing returns the IDs of the probes that fail, and their outcomes. Those that
// could not be tested, since what they need first failed, are not among them.
func failing(results []*Result) (ids []string, text string) {
	for _, r := range results {
		if v := (Expectations{}).Judge(r); v == Failed && r.Kind != Blocked {
			ids = append(ids, r.ID)
			text += fmt.Sprintf("\n  %s: %v", r.ID, r.Outcome)
		}
	}
	return ids, text
}

func TestGoodBroker(t *testing.T) {
	b := startBroker(t, brokerFault{})
	r, err := NewRun(testSettings(b.url()))
	if err != nil {
		t.Fatal(err)
	}
	results, err := r.Do()
	if err != nil {
		t.Fatal(err)
	}
	if ids, text := failing(results); len(ids) > 0 {
		t.Errorf("a broker without a fault fails%s", text)
	}
	for _, x := range results {
		if x.Kind == Skipped && !x.socket {
			t.Errorf("%s is skipped: %s", x.ID, x.Detail)
		}
	}
}

// TestBrokerFaults switches on one fault at a time, with -short one of six. The
// runs mostly wait, so many of them go on at once.
func TestBrokerFaults(t *testing.T) {
	places := make(chan struct{}, 24)
	var running sync.WaitGroup
	for i, f := range brokerFaults {
		if testing.Short() && i%6 != 0 {
			continue
		}
		b := startBroker(t, f)
		running.Add(1)
		go func() {
			defer running.Done()
			places <- struct{}{}
			defer func() { <-places }()
			f.check(t, b)
		}()
	}
	running.Wait()
}

// check runs all probes against a broker with the fault.
func (f brokerFault) check(t *testing.T, b *testBroker) {
	r, err := NewRun(testSettings(b.url()))
	if err != nil {
		t.Error(err)
		return
	}
	results, err := r.Do()
	if err != nil {
		t.Errorf("%s: the run ended early: %v", f.word, err)
		return
	}
	compare(t, f.word, f.found, results)
}

// compare reports probes that should have found a fault and did not, and those
// that found it though they are about something else.
func compare(t *testing.T, fault, found string, results []*Result) {
	ids, text := failing(results)
	want := strings.Fields(found)
	matches := func(pattern, id string) bool {
		before, after, star := strings.Cut(pattern, "*")
		return pattern == id || star && strings.HasPrefix(id, before) && strings.HasSuffix(id, after)
	}
	var wrong []string
	for _, id := range ids {
		if !slices.ContainsFunc(want, func(p string) bool { return matches(p, id) }) {
			wrong = append(wrong, "found by "+id+", which is about something else")
		}
	}
	for _, p := range want {
		if !slices.ContainsFunc(ids, func(id string) bool { return matches(p, id) }) {
			wrong = append(wrong, "not found by "+p)
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%s:\n  %s\nwhat failed:%s", fault, strings.Join(wrong, "\n  "), text)
	}
}

func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	count := map[Level]int{}
	for _, p := range Probes() {
		if seen[p.ID] || strings.ContainsAny(p.ID, " \t") || strings.Count(p.ID, "/") != 1 {
			t.Errorf("the ID %q is used twice, or is no ID", p.ID)
		}
		seen[p.ID] = true
		count[p.Level]++
		if p.Section == "" || p.Sentence == "" || strings.HasSuffix(p.Sentence, ".") || len(p.Accept) == 0 {
			t.Errorf("%s has no passage, or accepts nothing", p.ID)
		}
	}
	if count[Must] < 110 || len(seen) < 150 {
		t.Errorf("%d probes, of which %d are a MUST", len(seen), count[Must])
	}
}
