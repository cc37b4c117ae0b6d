package validate_test

import (
	"strconv"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// head makes a borrowed head, with the length that its content-length says.
func head(c frame.Command, nameValue ...string) frame.Head {
	return (&frame.Frame{Command: c, Headers: headers.Pairs(nameValue...)}).View().Head
}

// The frames of the workloads, as a session of 1.2 knows them.
var (
	benchSend = head(frame.SEND, "destination", "/queue/orders", "content-type", "application/json",
		"receipt", "r-77", "transaction", "tx-1", "content-length", "35")
	benchTelemetry = head(frame.MESSAGE, "subscription", "sub-0", "message-id", "T_sub-0@@session-AbC@@1184",
		"destination", "/topic/telemetry/line-4", "content-type", "application/json", "priority", "4", "content-length", "35")
	benchAck = head(frame.ACK, "id", "1184", "transaction", "tx-1")
	// A message that waits for the ACK.
	benchPending = head(frame.MESSAGE, "subscription", "sub-1", "message-id", "T_sub-1@@session-AbC@@1184",
		"destination", "/queue/orders", "content-type", "application/json", "ack", "1184", "content-length", "35")
)

// benchSession is in the middle of a conversation.
func benchSession(tb testing.TB) *validate.Session {
	s := validate.NewSession(validate.SessionLimits{})
	for _, f := range []struct {
		from validate.Role
		frame.Head
	}{
		{validate.Client, head(frame.CONNECT, "accept-version", "1.2", "host", "h")},
		{validate.Server, head(frame.CONNECTED, "version", "1.2")},
		{validate.Client, head(frame.SUBSCRIBE, "id", "sub-0", "destination", "/topic/telemetry/line-4")},
		{validate.Client, head(frame.SUBSCRIBE, "id", "sub-1", "destination", "/queue/orders", "ack", "client-individual")},
		{validate.Client, head(frame.BEGIN, "transaction", "tx-1")},
	} {
		if err := s.Step(f.from, f.Head); err != nil {
			tb.Fatal(err)
		}
	}
	for i := range 100 { // others that wait
		h := head(frame.MESSAGE, "subscription", "sub-1", "message-id", "x-"+strconv.Itoa(i), "destination", "d", "ack", "x-"+strconv.Itoa(i))
		if err := s.Step(validate.Server, h); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func BenchmarkHead(b *testing.B) {
	for _, c := range []struct {
		name string
		from validate.Role
		frame.Head
	}{
		{"send", validate.Client, benchSend},
		{"telemetry", validate.Server, benchTelemetry},
		{"ack", validate.Client, benchAck},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := validate.CheckHead(c.Head, frame.V12, c.from); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkStep(b *testing.B) {
	send := head(frame.SEND, "destination", "/queue/orders", "content-type", "application/json",
		"transaction", "tx-1", "content-length", "35")
	ack := head(frame.ACK, "id", "1184")
	receipt := head(frame.RECEIPT, "receipt-id", "r-77")
	type fed struct {
		from validate.Role
		frame.Head
	}
	for _, c := range []struct {
		name   string
		frames []fed
	}{
		{"send", []fed{{validate.Client, send}}},
		{"send+receipt", []fed{{validate.Client, benchSend}, {validate.Server, receipt}}},
		{"telemetry", []fed{{validate.Server, benchTelemetry}}},
		{"message+ack", []fed{{validate.Server, benchPending}, {validate.Client, ack}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := benchSession(b)
			b.ReportAllocs()
			for b.Loop() {
				for i := range c.frames {
					if err := s.Step(c.frames[i].from, c.frames[i].Head); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
