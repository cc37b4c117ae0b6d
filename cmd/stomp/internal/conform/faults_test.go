package conform

import (
	"fmt"
	"slices"
	"strings"
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

// What a run finds out beforehand, it says, and then tests as before.
func TestSurvey(t *testing.T) {
	for _, row := range []struct{ fault, note, fails string }{
		{"", "", ""},
		{"knows guest only", "login guest is used, passcode the same, since none was refused", ""},
		{"delivers nothing to who has sent it", "a connection gets no message that it has sent itself", "messages/delivery-1.2"},
		{"no RECEIPT for SEND", "a SEND with a receipt header gets no RECEIPT", "receipts/send-1.2"},
	} {
		t.Run(row.fault, func(t *testing.T) {
			t.Parallel()
			s := testSettings(startBroker(t, brokerFault{word: row.fault}).url())
			s.Select = func(p *Probe) bool {
				return slices.Contains([]string{"receipts/send-1.2", "receipts/begin", "messages/delivery-1.2", "messages/to-others", "escapes/colon-1.2", "acks/settles-1.2", "heart-beats/none-from-client"}, p.ID)
			}
			r, err := NewRun(s)
			if err != nil {
				t.Fatal(err)
			}
			results, err := r.Do()
			if err != nil {
				t.Fatal(err)
			}
			ids, text := failing(results)
			if strings.Join(ids, " ") != row.fails {
				t.Errorf("what fails is not %q:%s", row.fails, text)
			}
			if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, row.note) || row.note == "" && notes != "" {
				t.Errorf("the notes are %q, want %q", notes, row.note)
			}
		})
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
