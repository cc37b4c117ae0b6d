// Package capture finds the STOMP conversations in captures: in the TCP
// connections of pcap and pcapng files, in the WebSocket connections in these,
// and in HTTP archives.
//
// It holds what connections in progress need, each bounded, and nothing of a
// file that it has read.
package capture

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/stompwire/stomp/validate"
)

// A Conn is a connection with a STOMP conversation.
type Conn struct {
	Number int    // from 1, in the order in which they turn out to be STOMP
	Client string // addresses, or what stands for them
	Server string
	Over   string    // what STOMP is in, "TCP" or "WebSocket" say
	Began  time.Time // the first packet; zero where no date is known
	// Middle says that the capture does not have the beginning.
	Middle bool
	// Alone says that only one side was in the capture when the conversation began.
	Alone bool
	// Gap says that something is missing before the first byte that is known.
	Gap bool
	// Ended says that the capture has the end, Reset which side reset the
	// connection, "" for none. Both are set before Closed.
	Ended bool
	Reset string
	// Packet is the number of the last packet, as Wireshark counts; 0 when there
	// are none.
	Packet int64
	// User is for the handler.
	User any
}

// String says who is connected to whom.
func (c *Conn) String() string { return fmt.Sprintf("%s -> %s, %s", c.Client, c.Server, c.Over) }

// A Handler takes the conversations of a capture as they come. An error ends the
// reading.
type Handler interface {
	// Open says that a conversation begins.
	Open(c *Conn) error
	// Data takes what a side has sent, which is valid during the call.
	Data(c *Conn, from validate.Role, at time.Time, b []byte) error
	// Lost says that what a side sent next is not known, and why. n is how many
	// bytes that are, -1 where that is not known.
	Lost(c *Conn, from validate.Role, at time.Time, n int, why string) error
	// Say tells what a side does besides sending STOMP, such as to close a
	// WebSocket.
	Say(c *Conn, from validate.Role, at time.Time, what string) error
	// Closed says that a conversation is over.
	Closed(c *Conn, at time.Time) error
	// Note takes something to be told.
	Note(text string)
}

// Options choose among the connections of a capture, and bound what they hold.
type Options struct {
	Ports   []uint16         // of one end; none for all
	Hosts   []netip.Addr     // of one end
	Ends    []netip.AddrPort // one end
	Numbers []int            // of connections
	Waiting int              // bytes that may wait in all connections together; 0 is the default
}

// byAddress reports whether connections are chosen by their ends.
func (o *Options) byAddress() bool { return len(o.Ports)+len(o.Hosts)+len(o.Ends) > 0 }

// has reports whether a connection is chosen by its ends.
func (o *Options) has(ends ...netip.AddrPort) bool {
	if !o.byAddress() {
		return true
	}
	for _, e := range ends {
		if slices.Contains(o.Ports, e.Port()) || slices.Contains(o.Hosts, e.Addr()) || slices.Contains(o.Ends, e) {
			return true
		}
	}
	return false
}

func (o *Options) number(n int) bool { return len(o.Numbers) == 0 || slices.Contains(o.Numbers, n) }

// stompPorts are those at which brokers commonly listen for STOMP, over TCP and
// WebSocket.
var stompPorts = []uint16{61613, 61614, 61623, 15674}

// A Summary says what a capture had.
type Summary struct {
	Packets, Segments int64
	Conversations     int
	Others            map[string]int // connections by what they speak
}

// output numbers conversations and gives them to the handler.
type output struct {
	h       Handler
	o       *Options
	summary *Summary
}

// open begins a conversation.
func (o *output) open(c *Conn) error {
	o.summary.Conversations++
	c.Number = o.summary.Conversations
	if !o.o.number(c.Number) {
		return nil
	}
	return o.h.Open(c)
}

func (o *output) data(c *Conn, from validate.Role, at time.Time, b []byte) error {
	if !o.o.number(c.Number) {
		return nil
	}
	c.Packet = o.summary.Packets
	return o.h.Data(c, from, at, b)
}

func (o *output) lost(c *Conn, from validate.Role, at time.Time, n int, why string) error {
	if !o.o.number(c.Number) {
		return nil
	}
	return o.h.Lost(c, from, at, n, why)
}

func (o *output) say(c *Conn, from validate.Role, at time.Time, what string) error {
	if !o.o.number(c.Number) {
		return nil
	}
	return o.h.Say(c, from, at, what)
}

func (o *output) closed(c *Conn, at time.Time) error {
	if !o.o.number(c.Number) {
		return nil
	}
	return o.h.Closed(c, at)
}
