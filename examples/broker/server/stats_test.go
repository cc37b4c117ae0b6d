package server

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// wantStats checks the Stats of a stopped broker.
func (s *Server) wantStats(t *testing.T, kept int64) {
	t.Helper()
	n := s.Stats()
	open := n.OpenSessions + n.OpenSubscriptions
	for _, connections := range n.OpenConnections {
		open += connections
	}
	if open != 0 || n.InQueues != kept || n.Memory != s.account.Used() {
		t.Errorf("%+v, want %d messages in queues", n, kept)
	}
	all := slices.Collect(maps.Keys(n.Refused))
	all = slices.DeleteFunc(append(all, slices.Collect(maps.Keys(n.Ended))...), func(reason string) bool {
		return slices.Contains(refusals, reason) || slices.Contains(endings, reason)
	})
	if len(all) > 0 {
		t.Errorf("reasons that are not in the lists: %q", all)
	}
}

// What happens to messages is counted, over both transports.
func TestStatsOfMessages(t *testing.T) {
	b := start(t, Config{Deliveries: 1, QueueMessages: 1, Memory: 1 << 28})
	c := b.connect(t, frame.V12, "")
	ws, _ := b.dialWebSocket(t, "v12.stomp")
	ws.login(frame.V12, "", "0,0")
	ws.subscribe("1", "/topic/a", "auto") // sync sends a message, which counts too
	before := b.Stats()

	c.publish("/topic/a", "both")
	ws.message("both")
	c.Say(frame.BEGIN, "", headers.Transaction, "t")
	c.publish(q, "aborted", headers.Transaction, "t")
	c.Say(frame.ABORT, "", headers.Transaction, "t")
	c.subscribe("1", q, "client-individual")
	for _, answer := range []frame.Command{frame.NACK, frame.NACK, frame.ACK} { // the second dead letter replaces the first
		c.publish(q, "x")
		ack, _ := c.message("x")
		c.ack(answer, ack)
	}
	c.sync()
	if n := b.Stats(); n.InQueues != 1 || n.OpenSubscriptions != 2 || n.OpenSessions != 2 || n.MaxMemory != 1<<28 || n.Memory < 2*costConnection ||
		!maps.Equal(n.OpenConnections, map[string]int64{"tcp": 1, "ws": 1}) {
		t.Errorf("%+v", n)
	}
	c.Say(frame.UNSUBSCRIBE, "", headers.ID, "1")
	c.Say(frame.SUBSCRIBE, "", headers.ID, "2", headers.Destination, deadLetters) // ack mode auto
	c.message("x")
	c.sync()

	n := b.Stats()
	for _, count := range []struct {
		what      string
		got, want int64
	}{
		{"connections over TCP", n.Connections["tcp"], 1},
		{"connections over WebSocket", n.Connections["ws"], 1},
		{"sessions", n.Sessions, 2},
		{"sent", n.Sent - before.Sent, 1 + 3 + 3}, // three are from sync
		{"queued", n.Queued, 3 + 2},
		{"delivered", n.FramesOut["MESSAGE"], 1 + 3 + 1},
		{"consumed", n.Consumed, 2},
		{"dead letters", n.DeadLetters, 2},
		{"dropped", n.Dropped, 1},
		{"in queues", n.InQueues, 0},
		{"SEND", n.FramesIn["SEND"] - before.FramesIn["SEND"], 1 + 1 + 3 + 3},
		{"NACK", n.FramesIn["NACK"], 2},
		{"RECEIPT", n.FramesOut["RECEIPT"] - before.FramesOut["RECEIPT"], 3},
		{"ERROR", n.FramesOut["ERROR"], 0},
	} {
		if count.got != count.want {
			t.Errorf("%s: %d, want %d", count.what, count.got, count.want)
		}
	}
	n.FramesIn["SEND"] = 0
	if b.Stats().FramesIn["SEND"] == 0 {
		t.Error("Stats returns a map of the broker's own")
	}
}

func TestStatsOfBytes(t *testing.T) {
	b := start(t, Config{})
	c := b.dial(t)
	const connect = "CONNECT\naccept-version:1.2\nhost:/\n\n\x00\n\n"
	c.Write(connect)
	f := c.Expect(frame.CONNECTED)
	size := int64(len("CONNECTED\n\n\x00"))
	for _, h := range f.Headers {
		size += int64(len(h.Name) + len(":") + len(h.Value) + len("\n"))
	}
	eventually(t, "all is counted", func() bool {
		n := b.Stats()
		return n.BytesIn == int64(len(connect)) && n.BytesOut == size
	})
}

// Refused clients and sessions that the broker ends are counted by reason.
// Sessions that the client ends are not.
func TestStatsOfEndings(t *testing.T) {
	const connect = "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
	for _, test := range []struct {
		reason  string
		refused bool
		change  Config
		say     string
	}{
		{byConnections, true, Config{Connections: -1}, ""},
		{byMemory, true, Config{Memory: 1}, ""},
		{byConnectTimeout, true, Config{ConnectTimeout: time.Millisecond}, ""},
		{byLogin, true, Config{Logins: map[string]string{"anna": "secret"}}, connect},
		{byVersion, true, Config{}, "CONNECT\naccept-version:2.0\nhost:/\n\n\x00"},
		{byLimit, true, Config{}, "CONNECT\nlogin:" + strings.Repeat("x", 4096) + "\n\n\x00"},
		{byProtocol, true, Config{}, "GET / HTTP/1.1\r\n"},

		{byMemory, false, Config{Memory: 2 * costConnection}, connect + "SEND\ndestination:/queue/a\n\n" + strings.Repeat("x", 40<<10) + "\x00"},
		{byQueue, false, Config{QueueMessages: 1}, connect + strings.Repeat("SEND\ndestination:/queue/a\n\n\x00", 2)},
		{byFrameTimeout, false, Config{FrameTimeout: time.Millisecond}, connect + "SEND\n"},
		{byHeartBeat, false, Config{HeartBeat: time.Millisecond}, "CONNECT\naccept-version:1.2\nhost:/\nheart-beat:1,0\n\n\x00"},
		{byLimit, false, Config{Limits: parser.Limits{Body: 1}}, connect + "SEND\ndestination:/queue/a\n\nxx\x00"},
		{byLimit, false, Config{Session: sessionLimit(1)}, connect + script.Numbered(3, "BEGIN\ntransaction:%d"+strings.Repeat("x", 5000)+"\n\n\x00")},
		{byProtocol, false, Config{}, connect + connect},
		{byRequest, false, Config{}, connect + "SEND\ndestination:a\n\n\x00"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			b := start(t, test.change)
			c := b.dial(t)
			c.Write(test.say)
			want := [2]int64{0, 1}
			if test.refused {
				want = [2]int64{1, 0}
			}
			eventually(t, "it is counted", func() bool {
				n := b.Stats()
				return [2]int64{n.Refused[test.reason], n.Ended[test.reason]} == want && n.FramesOut["ERROR"] == 1
			})
		})
	}
	b := start(t, Config{})
	b.connect(t, frame.V12, "").conn.Close()
	c := b.connect(t, frame.V12, "")
	c.Say(frame.DISCONNECT, "")
	c.ended()
	eventually(t, "the clients are gone", func() bool { return b.Stats().OpenSessions == 0 })
	for reason, ended := range b.Stats().Ended {
		if ended != 0 {
			t.Errorf("%d sessions ended by %s", ended, reason)
		}
	}
}
