package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// someHeaders returns header lines with a total size.
func someHeaders(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		n := min(size-b.Len(), 8000)
		if rest := size - b.Len() - n; 0 < rest && rest < 20 {
			n -= 20
		}
		name := fmt.Sprintf("h%d:", i)
		b.WriteString(name + strings.Repeat("v", n-len(name)-1) + "\n")
	}
	return b.String()
}

// A SEND whose MESSAGE is too large for a reader with default limits is
// refused. A confirmed message can be read by clients of all versions, with the
// longest subscription id, and as a dead letter.
func TestConfirmedMeansDeliverable(t *testing.T) {
	many := func(n int) string { return strings.Repeat("h:1\n", n) }
	for _, test := range []struct {
		name, head string // of a SEND, without destination
		version    frame.Version
		confirmed  bool
	}{
		{"many headers", many(parser.DefaultHeaders - 7), frame.V12, true},
		{"too many headers", many(parser.DefaultHeaders - 6), frame.V12, false},
		{"the most headers of a SEND", many(parser.DefaultHeaders - 2), frame.V12, false},
		{"colons", "x:" + strings.Repeat(":", 4095) + "\n", frame.V12, true},
		{"too many colons", "x:" + strings.Repeat(":", 4096) + "\n", frame.V12, false},
		{"backslashes in 1.0", "x:" + strings.Repeat("\\", 4095) + "\n", frame.V10, true},
		{"too many backslashes in 1.0", "x:" + strings.Repeat("\\", 4096) + "\n", frame.V10, false},
		{"too many carriage returns in 1.0", "x:" + strings.Repeat("\r", 4200) + "z\n", frame.V10, false},
		{"a large head", someHeaders(60_000), frame.V11, true},
		{"too large a head", someHeaders(65_400), frame.V11, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := start(t, Config{})
			sender := b.connect(t, test.version, "")
			sender.Write("SEND\ndestination:/queue/q\nreceipt:r\n" + test.head + "\nbody\x00")
			if !test.confirmed {
				if f := sender.failed("too large for its readers"); f.Headers.Value(headers.ReceiptID) != "r" {
					t.Error(f)
				}
				b.wantQueueSize(t, q, 0)
				return
			}
			sender.Expect(frame.RECEIPT)
			b.readAll(t, q, b.config.Deliveries)
			b.readAll(t, deadLetters, 2)
		})
	}
}

// readAll receives a message repeatedly, with each version in turn, and loses
// the connection each time.
func (b *broker) readAll(t *testing.T, queue string, times int) {
	t.Helper()
	for i := range times {
		c := b.connect(t, versions[i%3], "")
		c.Say(frame.SUBSCRIBE, "", headers.ID, strings.Repeat(":", validate.DefaultID), headers.Destination, queue, headers.Ack, "client")
		c.message("body")
		c.conn.Close()
		eventually(t, "the connection goes", func() bool { return len(b.peers()) == 1 })
	}
}

// A destination that makes its line exceed the limit is refused too.
func TestLongDestination(t *testing.T) {
	b := start(t, Config{})
	c := b.connect(t, frame.V12, "")
	c.publish("/queue/"+strings.Repeat("d", 8100), "", headers.Receipt, "r")
	c.Expect(frame.RECEIPT)
	c.Write("SEND\ndestination:/queue/" + strings.Repeat(":", 4090) + "\n\n\x00")
	c.failed("too large for its readers")
}

// A value that the broker must return to the client has to fit the client's
// version, or the frame has no effect.
func TestWhatCannotBeRepeated(t *testing.T) {
	b := start(t, Config{})
	for _, v := range []frame.Version{frame.V10, frame.V11} {
		for _, text := range []string{
			"SEND\ndestination:/queue/q\nreceipt:a\r\n\n\x00",
			"SUBSCRIBE\nid:1\r\ndestination:/queue/q\n\n\x00",
			"SUBSCRIBE\nid:1\ndestination:/queue/q\r\n\n\x00",
		} {
			c := b.connect(t, v, "")
			c.Write(text)
			c.failed("cannot be sent back")
		}
	}
	b.wantQueueSize(t, q, 0)
	// A receipt that is too long for the session is also too long for ERROR.
	c := b.connect(t, frame.V12, "")
	c.Write("SEND\ndestination:/topic/a\nreceipt:" + strings.Repeat("r", 8180) + "\n\n\x00")
	c.failed("1024 bytes")
}

// Whatever a client sends, others receive frames that follow the rules of their
// version.
func TestMessagesKeepTheRules(t *testing.T) {
	b := start(t, Config{})
	readers := map[frame.Version]*client{}
	for _, v := range versions {
		readers[v] = b.connect(t, v, "")
		readers[v].subscribe("1", "/topic/a", "auto")
	}
	for _, test := range []struct {
		from   frame.Version
		head   string
		header string
		to     map[frame.Version]string // body by version of the receiver
	}{
		{frame.V10, "latin:\xfc\n", "latin", map[frame.Version]string{frame.V10: "\xfc"}},
		{frame.V10, "\xfc:x\n", "\xfc", map[frame.Version]string{frame.V10: "x"}},
		{frame.V12, "lines:a\\nb\n", "lines", map[frame.Version]string{frame.V11: "a\nb", frame.V12: "a\nb"}},
		{frame.V12, "na\\cme:x\n", "na:me", map[frame.Version]string{frame.V11: "x", frame.V12: "x"}},
		{frame.V11, "content-type:json\n", "content-type", map[frame.Version]string{frame.V10: "json", frame.V11: "json"}},
		{frame.V12, "content-type:text/plain\n", "content-type", map[frame.Version]string{frame.V10: "text/plain", frame.V11: "text/plain", frame.V12: "text/plain"}},
		{frame.V12, "empty:\n", "empty", nil},
	} {
		sender := b.connect(t, test.from, "")
		sender.Write("SEND\ndestination:/topic/a\nplain:c\n" + test.head + "\nx\x00")
		for v, c := range readers {
			_, f := c.message("x")
			if got := f.Headers.Value(test.header); got != test.to[v] {
				t.Errorf("%v to %v: %s is %q, want %q", test.from, v, test.header, got, test.to[v])
			}
			if err := must(validate.CheckFrame(f, v, validate.Server)); err != nil || f.Headers.Value("plain") != "c" {
				t.Errorf("%v to %v: %v, %v", test.from, v, err, f)
			}
		}
	}
}
