package fuzz

import (
	"errors"
	"testing"

	"github.com/stompwire/stomp/frame"
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
				if o.Unacknowledged() < most {
					acknowledged++
				}
				most = o.Unacknowledged()
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
