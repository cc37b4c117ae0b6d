package conform

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
)

// reportOf runs the probes that match against a broker with a fault.
func reportOf(t *testing.T, fault, pattern string) *Report {
	t.Helper()
	b := startBroker(t, brokerFault{word: fault})
	s := testSettings(b.url())
	s.Login, s.Passcode = "guest", "secret word"
	s.Select = func(p *Probe) bool { return regexp.MustCompile(pattern).MatchString(p.ID) }
	r, err := NewRun(s)
	if err != nil {
		t.Fatal(err)
	}
	results, err := r.Do()
	if err != nil {
		t.Fatal(err)
	}
	return &Report{Peer: r.URL(), Name: r.Server, Versions: r.Versions().String(), Results: results, Again: "stomp conform -run '^%s$' URL"}
}

const (
	sticky = "stays open after ERROR"
	some   = `^(errors/closes-1|receipts/send|acks/redelivery|websocket/text)`
)

func TestTextReport(t *testing.T) {
	r := reportOf(t, sticky, some)
	var b strings.Builder
	r.Text(&b)
	for _, want := range []string{
		"broken/1.0, STOMP 1.0,1.1,1.2",
		"FAIL   MUST    errors/closes-1.2\n       asks    The server closes the connection just after ERROR (STOMP 1.1 and 1.2, ERROR)\n       accepts closed\n       saw     open: ",
		"       bytes   stomp conform -run '^errors/closes-1.2$' URL\n",
		"acks/redelivery                          redelivered",
		"MUST      3 pass, 2 fail, 1 skipped\n",
		"fix first: errors/closes-1.1 (open: ",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report does not have %q:\n%s", want, b.String())
		}
	}
	if r.OK() {
		t.Error("the report is OK")
	}
}

func TestTrace(t *testing.T) {
	r := reportOf(t, sticky, "^errors/closes-1.2$")
	text := r.Results[0].Trace.Text()
	for _, want := range []string{`> CONNECT\n`, `passcode:***\n`, `< CONNECTED\n`, `> BEGIN\n`, `< ERROR\n`, `\x00`} {
		if !strings.Contains(text, want) {
			t.Errorf("the trace does not have %s:\n%s", want, text)
		}
	}
	var all bytes.Buffer
	r.Bytes = true
	if err := r.JSON(&all); err != nil {
		t.Fatal(err)
	}
	r.JUnit(&all)
	r.Text(&all)
	if strings.Contains(all.String(), "secret word") {
		t.Error("a report shows the passcode")
	}
}

func TestJSONReport(t *testing.T) {
	var b bytes.Buffer
	if err := reportOf(t, sticky, some).JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK      bool
		Levels  map[string]Counts
		Results []struct {
			ID, Verdict, Outcome string
			Steps                []struct{ What, Bytes string }
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := (Counts{Pass: 3, Fail: 2, Skipped: 1}); got.OK || got.Levels["MUST"] != want {
		t.Errorf("ok is %v, MUST are %+v", got.OK, got.Levels["MUST"])
	}
	for _, x := range got.Results {
		if fails := strings.HasPrefix(x.ID, "errors/"); fails != (x.Verdict == "fail") || fails != (len(x.Steps) > 0 && x.Verdict == "fail") {
			t.Errorf("%s: %s with %d steps", x.ID, x.Verdict, len(x.Steps))
		}
	}
}

func TestJUnitReport(t *testing.T) {
	r := reportOf(t, sticky, some)
	r.Expected = Expectations{"errors/closes-1.1": {Open, "we do not", 1}}
	var b bytes.Buffer
	if err := r.JUnit(&b); err != nil {
		t.Fatal(err)
	}
	var s junitSuite
	if err := xml.Unmarshal(b.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Tests != 7 || s.Failures != 1 || s.Skipped != 2 {
		t.Errorf("%d tests, %d failures, %d skipped, want 7, 1, 2", s.Tests, s.Failures, s.Skipped)
	}
}

func TestExpectations(t *testing.T) {
	known := func(id string) bool { return strings.HasPrefix(id, "errors/") || id == "receipts/send-1.2" }
	for _, bad := range []struct{ file, want string }{
		{"errors/closes-1.2 open", "line 1: want the ID of a probe, the outcome and a reason"},
		{"# fine\n\nnone/such open because", `line 3: no probe "none/such"; -list lists them`},
		{"errors/x open why\nerrors/x open why", "line 2: errors/x is on line 1 already"},
	} {
		if _, err := ReadExpectations(strings.NewReader(bad.file), known); err == nil || err.Error() != bad.want {
			t.Errorf("%q: %v, want %s", bad.file, err, bad.want)
		}
	}
	r := reportOf(t, sticky, some)
	for _, row := range []struct {
		file string
		ok   bool
	}{
		{"errors/closes-1.1 open a\nerrors/closes-1.2 open b", true},
		{"errors/closes-1.1 open a", false},
		{"errors/closes-1.1 open a\nerrors/closes-1.2 silent another outcome", false},
		{"errors/closes-1.1 open a\nerrors/closes-1.2 open b\nreceipts/send-1.2 silent it passes", false},
	} {
		e, err := ReadExpectations(strings.NewReader(row.file), known)
		if err != nil {
			t.Fatal(err)
		}
		if r.Expected = e; r.OK() != row.ok {
			t.Errorf("with %q the report is OK: %v", row.file, r.OK())
		}
	}
	// What -o expect writes is what -expect reads.
	r.Expected = nil
	var b strings.Builder
	r.Expect(&b)
	e, err := ReadExpectations(strings.NewReader(b.String()), known)
	if r.Expected = e; err != nil || len(e) != 2 || !r.OK() {
		t.Errorf("%v from %q, OK: %v", err, b.String(), r.OK())
	}
}

func TestAddresses(t *testing.T) {
	for _, row := range []struct{ raw, url, err string }{
		{"localhost", "tcp://localhost:61613", ""},
		{"tls://h", "tls://h:61614", ""},
		{"ws://h/ws", "ws://h:80/ws", ""},
		{"tcp://user:secret@h:1", "tcp://h:1", ""},
		{"http://h", "", `the URL begins with "http://"; want tcp://, tls://, ws:// or wss://`},
		{"tcp://", "", "the URL has no host"},
		{"tcp://user:secret@h:x", "", "cannot parse the URL; want tcp://host:port, tls://host:port, ws://host:port/path or wss://host:port/path"},
	} {
		r, err := NewRun(Settings{URL: row.raw})
		switch {
		case err != nil && err.Error() != row.err, err == nil && row.err != "":
			t.Errorf("%s: %v, want %q", row.raw, err, row.err)
		case err == nil && r.URL() != row.url:
			t.Errorf("%s: %s, want %s", row.raw, r.URL(), row.url)
		}
	}
}
