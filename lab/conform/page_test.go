package main

import (
	"strings"
	"testing"
)

// results makes results of probes that all peers have; an empty outcome passes.
func results(outcomes ...string) []result {
	ids := []string{"escapes/tab-1.1", "escapes/tab-1.2", "receipts/send", "acks/nack"}
	var all []result
	for i, o := range outcomes {
		r := result{ID: ids[i], Level: "MUST", Verdict: "fail", Outcome: o, Detail: "RECEIPT"}
		if o == "" {
			r.Verdict = "pass"
		}
		if ids[i] == "acks/nack" {
			r.Level, r.Verdict = "choice", "pass"
		}
		r.Steps = []step{
			{"sends", `CONNECT\nlogin:guest\n\n\x00`}, {"receives", `CONNECTED\n\n\x00`},
			{"sends", `SEND\ndestination:/queue/conform-18ec544adb16e47e-q-63\nx:a\\tb\nreceipt:r-62\n\n\x00`},
			{"sends", `SEND\ndestination:/topic/conform-18ec544adb16e47e-ping\nreceipt:ping-64\n\n\x00`},
			{"receives", `RECEIPT\nreceipt-id:r-62\n\n\x00`}, {"receives", `RECEIPT\nreceipt-id:ping-64\n\n\x00`},
		}
		all = append(all, r)
	}
	return all
}

func TestDetails(t *testing.T) {
	got := details("Brokers", []*report{
		{peer: "A, TCP", Results: results("accepted", "accepted", "", "gone")},
		{peer: "A, WebSocket", Results: results("accepted", "accepted", "", "gone")},
		{peer: "B", failure: "it does not start"},
		{peer: "C, TCP", Results: results("", "", "ignored", "redelivered")},
		{peer: "C, WebSocket", Results: results("", "", "blocked", "gone")},
	})
	for _, want := range []string{
		"| `escapes/tab-1.1`, `1.2` | `SEND\\ndestination:/queue/q\\nx:a\\\\tb\\nreceipt:r\\n\\n\\x00` | A: accepted |\n",
		"| C over TCP: ignored |\n",
		"| `acks/nack` | gone: A, C over WebSocket; redelivered: C over TCP |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no row is %s\n%s", want, got)
		}
	}
}

func TestSums(t *testing.T) {
	known := report{peer: "relay", Versions: "1.0,1.2", Results: results("", "error"), Levels: map[string]counts{"MUST": {Pass: 7, Known: 1, Blocked: 0}}, longest: 2600}
	known.Results[1].Verdict, known.Results[1].Reason = "known", "The broker does it."
	got := sums("broker", []*report{&known, {peer: "B", failure: "it does not start"}})
	for _, want := range []string{
		"| relay | 1.0, 1.2 | 7 | 1 | 0 | 0 | 0 | 0 | 3 |\n",
		"\nB gave no result: it does not start.\n",
		"| `escapes/tab-1.2` | The broker does it. |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line is %s\n%s", want, got)
		}
	}
}
