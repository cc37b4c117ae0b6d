package server

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

var versions = []frame.Version{frame.V10, frame.V11, frame.V12}

func TestTopicGoesToAll(t *testing.T) {
	b := start(t, Config{})
	var clients []*client
	for _, v := range versions {
		c := b.connect(t, v, "")
		c.subscribe("1", "/topic/a", "auto")
		clients = append(clients, c)
	}
	for _, sender := range clients {
		sender.publish("/topic/a", "one\x00two", "note", "a:b\\", headers.Subscription, "forged", headers.MessageID, "forged",
			headers.Ack, "forged", headers.RabbitMQRedelivered, "true")
		ids := map[string]bool{}
		for _, c := range clients {
			_, f := c.message("one\x00two")
			for name, want := range map[string]string{
				headers.Subscription: "1", headers.Destination: "/topic/a", "note": "a:b\\", headers.ContentLength: "7",
				headers.Ack: "", headers.RabbitMQRedelivered: "",
			} {
				if got := f.Headers.Value(name); got != want {
					t.Errorf("%v to %v: %s is %q, want %q", sender.version, c.version, name, got, want)
				}
			}
			ids[f.Headers.Value(headers.MessageID)] = true
		}
		if len(ids) != len(clients) || ids["forged"] {
			t.Errorf("message ids %v", ids)
		}
	}
}

func TestUserDestination(t *testing.T) {
	b := start(t, Config{})
	anna, other, bob, nobody := b.connect(t, frame.V12, "anna"), b.connect(t, frame.V11, "anna"), b.connect(t, frame.V12, "bob"), b.connect(t, frame.V12, "")
	for _, c := range []*client{anna, other, bob} {
		c.subscribe("1", "/user/queue/x", "auto")
	}
	nobody.publish("/user/anna/queue/x", "for anna")
	nobody.publish("/user/bob/queue/x", "for bob")
	anna.message("for anna")
	other.message("for anna")
	bob.message("for bob")
	// This is bob's own destination, whatever its name.
	bob.subscribe("2", "/user/anna/queue/x", "auto")
	nobody.publish("/user/anna/queue/x", "for anna again")
	anna.message("for anna again")
	bob.sync()

	nobody.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, "/user/queue/x")
	nobody.failed("a login")
	slash := b.connect(t, frame.V12, "anna/queue")
	slash.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, "/user/x")
	slash.failed("no slash")
}

func TestDestinationsRefused(t *testing.T) {
	b := start(t, Config{})
	for _, destination := range []string{"a", "/topic/", "/queue/", "/user/", "/temp/a", ""} {
		c := b.connect(t, frame.V12, "anna")
		c.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, destination)
		c.failed("destinations begin with")
	}
	c := b.connect(t, frame.V12, "anna")
	c.publish("/user/anna", "x")
	c.failed("destinations begin with")
	c = b.connect(t, frame.V12, "")
	c.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, "/topic/a", headers.Selector, "x = 1")
	c.failed("selectors are not supported")
}

func TestUnsubscribe(t *testing.T) {
	b := start(t, Config{})
	for _, v := range versions {
		c := b.connect(t, v, "")
		c.subscribe("1", "/topic/a", "auto")
		c.subscribe("2", "/topic/a", "auto")
		c.Say(frame.UNSUBSCRIBE, "", headers.ID, "1")
		c.publish("/topic/a", "x")
		if _, f := c.message("x"); f.Headers.Value(headers.Subscription) != "2" {
			t.Error(f)
		}
		c.Say(frame.UNSUBSCRIBE, "", headers.ID, "2")
		c.publish("/topic/a", "y")
		c.sync()
	}
	// In 1.0 the destination can identify the subscription, and a second
	// SUBSCRIBE replaces the first.
	c := b.connect(t, frame.V10, "")
	for _, ack := range []string{"auto", "client"} {
		c.Say(frame.SUBSCRIBE, "", headers.Destination, "/queue/old", headers.Ack, ack)
	}
	c.publish("/queue/old", "x")
	id, f := c.message("x")
	if _, ok := f.Headers.Get(headers.Subscription); ok {
		t.Error(f)
	}
	c.Say(frame.ACK, "", headers.MessageID, id)
	c.Say(frame.UNSUBSCRIBE, "", headers.Destination, "/queue/old")
	c.publish("/queue/old", "y")
	c.sync()
	c.Say(frame.SUBSCRIBE, "", headers.Destination, "/queue/old")
	c.message("y")
}

// All clients receive one client's messages in order, including large messages
// and those that arrive in pieces.
func TestOrderAndSize(t *testing.T) {
	b := start(t, Config{})
	sender, receiver := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
	receiver.subscribe("1", "/topic/a", "auto")
	large := strings.Repeat("0123456789abcdef", 1<<16)
	sender.publish("/topic/a", large)
	for i := range 1000 {
		sender.publish("/topic/a", strconv.Itoa(i))
	}
	for _, b := range "SEND\ndestination:/topic/a\n\nin pieces\x00" {
		sender.Write(string(b))
	}
	receiver.message(large)
	for i := range 1000 {
		receiver.message(strconv.Itoa(i))
	}
	receiver.message("in pieces")
}
