package fuzz

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
	"pgregory.net/rapid"
)

func TestSession(t *testing.T) {
	check(t, func(t *rapid.T) error {
		conversation := Conversations(Versions().Draw(t, "version")).Draw(t, "conversation")
		return CheckSession(conversation, SessionLimits().Draw(t, "limits"))
	})
}

// The rules that only a conversation can break.
var conversational = []validate.Rule{
	validate.ConnectFirst, validate.ConnectOnce, validate.ConnectedFirst, validate.ConnectedUnasked,
	validate.ConnectedOnce, validate.DisconnectLast, validate.FrameAfterRefusal, validate.FrameAfterError, validate.ConnectedVersionRequired,
	validate.ConnectedVersionOffered, validate.SubscribeIDUnique, validate.UnsubscribeKnown, validate.AckSubscriptionKnown,
	validate.AckKnown, validate.AckAuto, validate.NackSubscriptionKnown, validate.NackKnown, validate.BeginTransactionUnique,
	validate.CommitTransactionKnown, validate.AbortTransactionKnown, validate.TransactionKnown,
	validate.MessageSubscriptionExpected, validate.MessageSubscriptionKnown, validate.MessageAfterUnsubscribe,
	validate.MessageAckRequired, validate.MessageAckUnique, validate.MessageIDUnique, validate.ReceiptKnown, validate.ErrorReceiptKnown,
}

// Conversations that are all in order, or all broken at the start, test
// little.
func TestConversationsReachEverything(t *testing.T) {
	broken, limits := map[validate.Rule]int{}, map[string]int{}
	chosen := SessionLimits()
	for _, v := range versions {
		g := Conversations(v)
		var inOrder, long, unsure, acknowledged int
		const count = 3000
		for seed := range count {
			o, unlimited := NewSessionOracle(chosen.Example(seed)), NewSessionOracle(validate.SessionLimits{})
			conversation := g.Example(seed)
			most, legal := 0, true
			for _, said := range conversation {
				legal = legal && unlimited.Step(said.From, said.Frame) == nil
				err := o.Step(said.From, said.Frame)
				for _, r := range conversational {
					if errors.Is(err, r) {
						broken[r]++
					}
				}
				var over *validate.LimitError
				if errors.As(err, &over) {
					limits[over.Limit]++
				}
				if o.Pending() < most {
					acknowledged++
				}
				most = o.Pending()
			}
			if legal && len(conversation) > 10 {
				inOrder++
			}
			if len(conversation) > 10 {
				long++
			}
			if o.Unsure() {
				unsure++
			}
		}
		ok := long > count/4 && unsure < count/20
		if v != frame.Unnegotiated { // which is no version to agree on
			ok = ok && inOrder > count/20 && acknowledged > count/20
		}
		if !ok {
			t.Errorf("%v: of %d conversations %d have more than ten frames, %d of them in order; %d unsure; %d messages acknowledged",
				v, count, long, inOrder, unsure, acknowledged)
		}
	}
	for _, r := range conversational {
		if broken[r] < 5 {
			t.Errorf("%d conversations broke %s", broken[r], r.ID())
		}
	}
	for _, name := range []string{"Subscriptions", "Unacknowledged", "Transactions", "Receipts", "ID"} {
		if limits[name] < 5 {
			t.Errorf("%d conversations crossed %s", limits[name], name)
		}
	}
}

// However many identifiers come, a session holds no more than its limits let
// it.
func TestSessionIsBounded(t *testing.T) {
	l := validate.SessionLimits{Subscriptions: 50, Unacknowledged: 100, Transactions: 20, Receipts: 50, ID: 200}
	const things = 50 + 64 + 100 + 20 + 50 // of which 64 are removed subscriptions
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		s := validate.NewSession(l)
		step := func(from validate.Role, c frame.Command, nameValue ...string) {
			_ = s.StepFrame(from, &frame.Frame{Command: c, Headers: headers.Pairs(nameValue...)})
		}
		step(validate.Client, frame.CONNECT, "accept-version", "1.0,1.1,1.2", "host", "h")
		step(validate.Server, frame.CONNECTED, "version", version)
		held := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := held()
		for i := range 5000 {
			id := fmt.Sprintf("%0200d", i)
			step(validate.Client, frame.SUBSCRIBE, "id", id, "destination", id, "ack", "client", "receipt", id)
			for _, name := range []string{"a", "b", "c"} {
				step(validate.Server, frame.MESSAGE, "subscription", id, "destination", id, "message-id", name+id[1:], "ack", name+id[1:])
			}
			step(validate.Client, frame.BEGIN, "transaction", id)
			step(validate.Client, frame.ACK, "id", "a"+id[1:], "message-id", "a"+id[1:], "subscription", id, "transaction", id)
			if i%3 == 0 {
				step(validate.Client, frame.UNSUBSCRIBE, "id", id, "destination", id)
			}
		}
		// 100 bytes for each thing, and as much again for slices that grew.
		if after, most := held(), uint64(2*things*(200+100)); after > before+most {
			t.Errorf("%s: %d bytes are held, want at most %d", version, after-before, most)
		}
		runtime.KeepAlive(s)
	}
}
