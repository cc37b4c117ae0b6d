package client

import (
	"context"
	"errors"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// checkSubscribe checks what the caller wants of SUBSCRIBE.
func checkSubscribe(o SubscribeOptions) error {
	if !o.Durable {
		return checkOwn(frame.SUBSCRIBE, o.Headers, nil)
	}
	if o.ID == "" {
		return errors.New("stomp client: a durable subscription needs SubscribeOptions.ID, by which the broker keeps it")
	}
	use := map[string]string{}
	for _, f := range durableHeaders(o.ID) {
		use[f.Name] = "SubscribeOptions.Durable"
	}
	return checkOwn(frame.SUBSCRIBE, o.Headers, use)
}

// durableHeaders are the headers of SUBSCRIBE for a durable subscription. RabbitMQ
// knows the first two, and the id, and ActiveMQ the last one.
func durableHeaders(id string) headers.List {
	return headers.Pairs(
		headers.RabbitMQDurable, "true",
		headers.RabbitMQAutoDelete, "false",
		headers.ActiveMQSubscriptionName, id,
	)
}

// Delete ends a durable subscription, and deletes it and the messages that the
// broker keeps for it. If it fails the broker may still have the subscription:
// subscribe again, and delete again. To delete what an earlier run of a program has
// left, subscribe to it first.
//
// In STOMP 1.0, ActiveMQ looks for a client-id that is the name of the subscription.
func (s *Subscription) Delete(ctx context.Context) error {
	if !s.options.Durable {
		return errors.New("stomp client: the subscription is not durable")
	}
	l, err := s.unsubscribe(ctx, headers.Pairs(headers.RabbitMQDurable, "true"))
	if err != nil || !l.isServer("ActiveMQ") {
		return err
	}
	// ActiveMQ deletes what is not in use.
	f := s.unsubscribeFrame(l)
	f.Headers.Add(headers.ActiveMQSubscriptionName, s.id)
	return l.confirmOr(ctx, f, nil, validate.UnsubscribeKnown)
}
