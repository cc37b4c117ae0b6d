package validate_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// A violation of a session names the header that names the thing.
func TestSessionViolationHeaders(t *testing.T) {
	byID := head(frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client")
	byDestination := head(frame.SUBSCRIBE, "destination", "d", "ack", "client")
	for _, c := range []struct {
		name    string
		version string
		before  []frame.Head // of the client
		from    validate.Role
		head    frame.Head
		rule    validate.Rule
		header  string
	}{
		{"unknown id", "1.2", nil, validate.Client, head(frame.UNSUBSCRIBE, "id", "s"), validate.UnsubscribeKnown, "id"},
		{"unknown id in 1.0", "1.0", nil, validate.Client, head(frame.UNSUBSCRIBE, "id", "s", "destination", "d"), validate.UnsubscribeKnown, "id"},
		{"unknown destination", "1.0", nil, validate.Client, head(frame.UNSUBSCRIBE, "destination", "d"), validate.UnsubscribeKnown, "destination"},
		{"second subscription", "1.1", []frame.Head{byID}, validate.Client, byID, validate.SubscribeIDUnique, "id"},
		{"removed id", "1.2", []frame.Head{byID, head(frame.UNSUBSCRIBE, "id", "s")}, validate.Server,
			head(frame.MESSAGE, "subscription", "s", "message-id", "m", "destination", "d", "ack", "a"), validate.MessageAfterUnsubscribe, "subscription"},
		{"removed destination", "1.0", []frame.Head{byDestination, head(frame.UNSUBSCRIBE, "destination", "d")}, validate.Server,
			head(frame.MESSAGE, "message-id", "m", "destination", "d"), validate.MessageAfterUnsubscribe, "destination"},
		{"unknown subscription", "1.2", nil, validate.Server,
			head(frame.MESSAGE, "subscription", "s", "message-id", "m", "destination", "d"), validate.MessageSubscriptionKnown, "subscription"},
		{"nothing subscribed in 1.0", "1.0", nil, validate.Server,
			head(frame.MESSAGE, "message-id", "m", "destination", "d"), validate.MessageSubscriptionKnown, "destination"},
		{"no ack header", "1.2", []frame.Head{byID}, validate.Server,
			head(frame.MESSAGE, "subscription", "s", "message-id", "m", "destination", "d"), validate.MessageAckRequired, "ack"},
		{"unknown message", "1.2", nil, validate.Client, head(frame.ACK, "id", "a"), validate.AckKnown, "id"},
		{"unknown message in 1.0", "1.0", nil, validate.Client, head(frame.ACK, "message-id", "a"), validate.AckKnown, "message-id"},
		{"ACK in an unknown subscription", "1.1", nil, validate.Client, head(frame.ACK, "subscription", "s", "message-id", "a"), validate.AckSubscriptionKnown, "subscription"},
		{"NACK in an unknown subscription", "1.1", nil, validate.Client, head(frame.NACK, "subscription", "s", "message-id", "a"), validate.NackSubscriptionKnown, "subscription"},
		{"unknown transaction", "1.2", nil, validate.Client, head(frame.SEND, "destination", "d", "transaction", "t"), validate.TransactionKnown, "transaction"},
		{"unknown receipt", "1.2", nil, validate.Server, head(frame.RECEIPT, "receipt-id", "r"), validate.ReceiptKnown, "receipt-id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, validate.SessionLimits{}, c.version)
			for _, h := range c.before {
				mustStep(t, s, validate.Client, h)
			}
			err := s.Step(c.from, c.head)
			want := validate.Violations{{Rule: c.rule, Command: c.head.Command, Header: c.header}}
			got := violations(err)
			for i := range got {
				got[i].Hint = "" // see TestViolationText
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// In 1.0 subscriptions with and without id count together.
func TestSubscriptionLimitOfBothKinds(t *testing.T) {
	for _, order := range [][]frame.Head{
		{head(frame.SUBSCRIBE, "id", "1", "destination", "d"), head(frame.SUBSCRIBE, "destination", "e"), head(frame.SUBSCRIBE, "destination", "f")},
		{head(frame.SUBSCRIBE, "destination", "d"), head(frame.SUBSCRIBE, "destination", "e"), head(frame.SUBSCRIBE, "id", "1", "destination", "d")},
		{head(frame.SUBSCRIBE, "id", "1", "destination", "d"), head(frame.SUBSCRIBE, "id", "2", "destination", "e"), head(frame.SUBSCRIBE, "destination", "d")},
	} {
		s := session(t, validate.SessionLimits{Subscriptions: 2}, "1.0")
		mustStep(t, s, validate.Client, order[0])
		mustStep(t, s, validate.Client, order[1])
		var over *validate.LimitError
		if err := s.Step(validate.Client, order[2]); !errors.As(err, &over) || over.Limit != "Subscriptions" || over.Max != 2 {
			t.Errorf("%v as the third: %v", order[2], err)
		}
	}
}

// Names are shown as they are while they are plain, of up to 64 bytes, and
// quoted and cut otherwise.
func TestViolationNames(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"a", "a"},
		{"!#~", "!#~"}, // the first and last that are printable
		{"a b", `"a b"`},
		{"a\x1f", `"a\x1f"`},
		{"a\x7f", `"a\x7f"`},
		{`a"b`, `"a\"b"`},
		{`a\b`, `"a\\b"`},
		{strings.Repeat("n", 64), strings.Repeat("n", 64)},
		{strings.Repeat("n", 65), `"` + strings.Repeat("n", 64) + `"...`},
	} {
		err := validate.CheckRaw([]byte("SEND\n"+c.name+":a:b\n\n"), frame.V12, validate.Client)
		want := validate.Violations{{Rule: validate.HeaderValueColon, Command: frame.SEND, Header: c.want}}
		if diff := cmp.Diff(error(want), err); diff != "" {
			t.Errorf("%q: error (-want +got):\n%s", c.name, diff)
		}
	}
}

// The text of an error has eight violations, and counts the rest where there is
// one.
func TestViolationsText(t *testing.T) {
	v := validate.Violations{{Rule: validate.SendDestinationRequired, Command: frame.SEND}}
	one := strings.TrimPrefix(v.Error(), "stomp: ")
	for n, want := range map[int]string{
		1: "stomp: " + one,
		2: "stomp: " + one + "; " + one,
		8: "stomp: " + strings.Repeat(one+"; ", 7) + one,
		9: "stomp: " + strings.Repeat(one+"; ", 8) + "and 1 more",
	} {
		if got := slices.Repeat(v, n).Error(); got != want {
			t.Errorf("%d violations: %s\nwant %s", n, got, want)
		}
	}
}
