package validate

import (
	"strconv"
	"testing"
	"unsafe"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// The sizes that WorstCase counts with are those of a 64-bit machine.
func TestNodeSizes(t *testing.T) {
	for _, c := range []struct {
		name       string
		size, most uintptr
	}{
		{"subscription", unsafe.Sizeof(node[subscription]{}), subscriptionSize},
		{"message", unsafe.Sizeof(node[message]{}), messageSize},
		{"transaction", unsafe.Sizeof(node[transaction]{}), nameSize},
		{"receipt", unsafe.Sizeof(node[receipt]{}), nameSize},
		{"message-id", unsafe.Sizeof(node[identified]{}), nameSize},
	} {
		if c.size > c.most {
			t.Errorf("node of a %s has %d bytes, want at most %d", c.name, c.size, c.most)
		}
	}
}

func longestChain[V any](t *set[V]) (longest int) {
	for _, n := range t.chains {
		length := 0
		for ; n != nil; n = n.next {
			length++
		}
		longest = max(longest, length)
	}
	return longest
}

// Identifiers that collide without a seed do not with one.
func TestHashSeed(t *testing.T) {
	const n = 1024
	unseeded := &NewSession(SessionLimits{}).storage
	var ids []string
	for i := 0; len(ids) < n; i++ {
		if id := "r-" + strconv.Itoa(i); keyOf(unseeded, 0, id).hash&1023 == 0 {
			ids = append(ids, id)
		}
	}
	for _, c := range []struct {
		seed        uint64
		least, most int
	}{{0, n, n}, {1, 0, 12}, {1 << 63, 0, 12}, {0x0123456789abcdef, 0, 12}} {
		s := NewSession(SessionLimits{Receipts: n, HashSeed: c.seed})
		for _, id := range ids {
			insert(&s.receipts, keyOf(&s.storage, 0, id))
		}
		if got := longestChain(&s.receipts); got < c.least || got > c.most {
			t.Errorf("seed %#x: a chain of %d, want %d to %d", c.seed, got, c.least, c.most)
		}
		for _, id := range ids {
			if find(&s.receipts, keyOf(&s.storage, 0, id)) == nil {
				t.Errorf("seed %#x: %s is not found", c.seed, id)
			}
		}
	}
}

// An ACK goes over no message that was acknowledged before, in a transaction
// or not: the list of a subscription has the pending ones alone, in the order of
// their delivery.
func TestPendingListHasNothingElse(t *testing.T) {
	s := NewSession(SessionLimits{})
	step := func(from Role, c frame.Command, nameValue ...string) {
		t.Helper()
		if err := s.StepFrame(from, &frame.Frame{Command: c, Headers: headers.Pairs(nameValue...)}); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want ...string) {
		t.Helper()
		var got []string
		for m := find(&s.subs.names, keyOf(&s.storage, byID, "s")).v.first; m != nil; m = m.v.next {
			got = append(got, string(m.id))
		}
		if len(got) != len(want) {
			t.Fatalf("pending are %v, want %v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("pending are %v, want %v", got, want)
			}
		}
	}
	step(Client, frame.CONNECT, "accept-version", "1.2", "host", "h")
	step(Server, frame.CONNECTED, "version", "1.2")
	step(Client, frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client")
	step(Client, frame.BEGIN, "transaction", "t")
	step(Client, frame.BEGIN, "transaction", "u")
	deliver := func(id string) {
		t.Helper()
		step(Server, frame.MESSAGE, "subscription", "s", "destination", "d", "message-id", id, "ack", id)
	}
	for i := range 6 {
		deliver(strconv.Itoa(i))
	}
	step(Client, frame.ACK, "id", "1", "transaction", "t")
	step(Client, frame.ACK, "id", "3", "transaction", "u")
	check("4", "5")
	step(Client, frame.ACK, "id", "4", "transaction", "t")
	check("5")
	deliver("6")
	step(Client, frame.ABORT, "transaction", "t")
	check("0", "1", "4", "5", "6")
	step(Client, frame.ABORT, "transaction", "u")
	check("0", "1", "2", "3", "4", "5", "6")
	step(Client, frame.ACK, "id", "5")
	check("6")

	// Acknowledged in t out of their order, after u gave some back.
	for i := range 30 {
		deliver(strconv.Itoa(7 + i))
	}
	var all []string
	for i := range 31 {
		all = append(all, strconv.Itoa(6+i))
	}
	for _, name := range []string{"t", "u", "v"} {
		step(Client, frame.BEGIN, "transaction", name)
	}
	step(Client, frame.ACK, "id", "12", "transaction", "u")
	step(Client, frame.ACK, "id", "20", "transaction", "t")
	step(Client, frame.ACK, "id", "25", "transaction", "v")
	step(Client, frame.ABORT, "transaction", "u")
	step(Client, frame.ACK, "id", "9", "transaction", "t")
	check(append([]string{"10", "11", "12"}, all[20:]...)...)
	step(Client, frame.ABORT, "transaction", "v")
	step(Client, frame.ABORT, "transaction", "t")
	check(all...)
}
