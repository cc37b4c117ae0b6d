package main

import (
	"bytes"
	"fmt"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// habit says which peers are known to break a rule in this way on purpose, so
// that nobody looks for a mistake of their own, or what may have gone wrong; ""
// for nothing.
func habit(rule validate.Rule, f *sent) string {
	switch rule {
	case validate.BodyNotAllowed:
		if c := f.swallows(); c != "" {
			return fmt.Sprintf("the body begins with %s: is a NUL missing before it?", c)
		}
	case validate.MessageSubscriptionKnown:
		if id, _ := f.head.Headers.Get(headers.Subscription); bytes.HasPrefix(id, []byte("/temp-queue/")) {
			return "RabbitMQ does this: it delivers what is sent to a /temp-queue/ of reply-to without SUBSCRIBE, with that name as subscription"
		}
	case validate.FrameAfterError:
		return "RabbitMQ does this: it goes on after most ERROR frames"
	case validate.ConnectHostRequired:
		return "stompjs does this unless connectHeaders has a host; brokers take it for a default one"
	case validate.ConnectedVersionRequired:
		return "servers of STOMP 1.0 alone, such as stompserver, do this whatever the client offers"
	}
	return ""
}
