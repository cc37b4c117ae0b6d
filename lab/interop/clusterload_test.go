package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/headers"
)

// What a run may come to, and what it must not.
func TestLedger(t *testing.T) {
	content := func(message string) string { return string(clusterContent(message)) }
	for _, tt := range []struct {
		name     string
		received [][4]string // message, send, redelivered, body
		want     clusterReport
		wrong    string
	}{
		{"all is well", [][4]string{{"0.1", "0.1.1", "false", content("0.1")}}, clusterReport{}, ""},
		{"never came before", [][4]string{{"0.1", "0.1.1", "true", content("0.1")}}, clusterReport{}, ""},
		{"lost", nil, clusterReport{}, "1 confirmed message lost"},
		{"another one came", [][4]string{{"0.2", "0.2.1", "", content("0.2")}}, clusterReport{}, "1 confirmed message lost"},
		{"redelivered", [][4]string{
			{"0.1", "0.1.1", "false", content("0.1")}, {"0.1", "0.1.1", "true", content("0.1")},
		}, clusterReport{redelivered: 1}, ""},
		{"not marked", [][4]string{
			{"0.1", "0.1.1", "true", content("0.1")}, {"0.1", "0.1.1", "false", content("0.1")},
		}, clusterReport{}, "not marked"},
		{"repeated", [][4]string{
			{"0.1", "0.1.2", "false", content("0.1")}, {"0.1", "0.1.1", "false", content("0.1")},
		}, clusterReport{twice: 1}, ""},
		{"another's send", [][4]string{{"0.1", "0.2.1", "", content("0.1")}}, clusterReport{}, "another body"},
		{"changed", [][4]string{{"0.1", "0.1.1", "", content("0.2")}}, clusterReport{}, "another body"},
	} {
		l := ledger{messages: map[string]*ledgerEntry{}}
		l.confirm("0.1", time.Second)
		for _, r := range tt.received {
			l.receive(&client.Message{
				Headers: headers.Pairs(headerMessage, r[0], headerSend, r[1], headers.RabbitMQRedelivered, r[2]),
				Body:    []byte(r[3]),
			}, time.Second)
		}
		r := l.report()
		if r.confirmed != 1 || r.redelivered != tt.want.redelivered || r.twice != tt.want.twice {
			t.Errorf("%s: got %+v", tt.name, r)
		}
		got := ""
		if err := r.wrong(); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.wrong) || (got == "") != (tt.wrong == "") {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.wrong)
		}
	}
	slow := clusterReport{consumer: clusterBack + 1}
	if slow.wrong() == nil {
		t.Error("a consumer is too slow")
	}
}
