package validate_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// noise is what the runtime and package testing may allocate meanwhile.
const noise = 8 << 10

// heap returns how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A session holds no more than Memory says, and that no more than WorstCase, whatever sizes of identifiers
// came before, and next to nothing when all that it held is gone.
func TestSessionMemory(t *testing.T) {
	limits := validate.SessionLimits{Subscriptions: 256, Unacknowledged: 1024, Transactions: 64, Receipts: 512}
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		for _, sizes := range [][]int{{1024}, {640, 1024}, {513, 1024}, {1, 1024}, {7}, {128, 129}} {
			name := func(i, size int) string {
				s := fmt.Sprintf("%07d", i)
				return s + strings.Repeat("x", max(0, size-len(s)))
			}
			s := session(t, limits, version)
			before := heap()
			for round, size := range sizes {
				if round > 0 { // all that was open is settled
					for i := range limits.Unacknowledged {
						id := name(i, sizes[round-1])
						mustStep(t, s, validate.Client, head(frame.ACK, "id", id, "message-id", id, "subscription", name(i%limits.Subscriptions, sizes[round-1])))
					}
					for i := range limits.Receipts {
						mustStep(t, s, validate.Server, head(frame.RECEIPT, "receipt-id", name(i, sizes[round-1])))
					}
					for i := range limits.Transactions {
						mustStep(t, s, validate.Client, head(frame.COMMIT, "transaction", name(i, sizes[round-1])))
					}
					for i := range limits.Subscriptions {
						mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", name(i, sizes[round-1])))
					}
				}
				for i := range limits.Subscriptions {
					mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "destination", "q", "id", name(i, size), "ack", "client"))
				}
				for i := range limits.Transactions {
					mustStep(t, s, validate.Client, head(frame.BEGIN, "transaction", name(i, size)))
				}
				for i := range limits.Receipts {
					mustStep(t, s, validate.Client, head(frame.SEND, "destination", "q", "receipt", name(i, size)))
				}
				for i := range limits.Unacknowledged {
					id := name(i, size)
					mustStep(t, s, validate.Server, head(frame.MESSAGE, "destination", "q", "subscription", name(i%limits.Subscriptions, size), "message-id", id, "ack", id))
				}
				if held, counted := heap()-before, int64(s.Memory()); held > counted+noise || counted > limits.WorstCase() {
					t.Errorf("%s, identifiers of %v bytes: %d bytes held, Memory is %d, WorstCase %d", version, sizes[:round+1], held, counted, limits.WorstCase())
				}
			}
			runtime.KeepAlive(s)
		}
	}
}

// Storms of things that come and go leave little behind.
func TestSessionGivesBack(t *testing.T) {
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		for _, size := range []int{8, 50, 128, 640, 1000} {
			for _, together := range []bool{true, false} {
				id := func(i int) string { return fmt.Sprintf("%08d", i) + strings.Repeat("s", size-8) }
				pairs := []struct {
					from       [2]validate.Role
					start, end func(i int) frame.Head
					count      int
				}{
					{[2]validate.Role{validate.Client, validate.Client},
						func(i int) frame.Head {
							return head(frame.SUBSCRIBE, "id", id(i), "destination", "/topic/a", "ack", "client")
						},
						func(i int) frame.Head { return head(frame.UNSUBSCRIBE, "id", id(i)) }, 1000},
					{[2]validate.Role{validate.Client, validate.Client},
						func(i int) frame.Head { return head(frame.BEGIN, "transaction", id(i)) },
						func(i int) frame.Head { return head(frame.ABORT, "transaction", id(i)) }, 250},
					{[2]validate.Role{validate.Client, validate.Server},
						func(i int) frame.Head { return head(frame.SEND, "destination", "d", "receipt", id(i)) },
						func(i int) frame.Head { return head(frame.RECEIPT, "receipt-id", id(i)) }, 1000},
					{[2]validate.Role{validate.Server, validate.Client},
						func(i int) frame.Head {
							return head(frame.MESSAGE, "subscription", "s", "destination", "d", "message-id", id(i), "ack", id(i))
						},
						func(i int) frame.Head { return head(frame.ACK, "subscription", "s", "message-id", id(i), "id", id(i)) }, 1000},
				}
				before := heap()
				s := session(t, validate.SessionLimits{}, version)
				mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client"))
				for _, p := range pairs {
					if together {
						for i := range p.count {
							mustStep(t, s, p.from[0], p.start(i))
						}
						for i := range p.count {
							mustStep(t, s, p.from[1], p.end(i))
						}
						continue
					}
					for i := range p.count {
						mustStep(t, s, p.from[0], p.start(i))
						mustStep(t, s, p.from[1], p.end(i))
					}
				}
				const most = 16 << 10
				if held, counted := heap()-before, int64(s.Memory()); held > counted+noise || counted > most {
					t.Errorf("%s, identifiers of %d bytes, together %v: %d bytes held, Memory is %d, want at most %d", version, size, together, held, counted, most)
				}
				runtime.KeepAlive(s)
			}
		}
	}
}

// So it does where a transaction holds the messages of subscriptions that were
// removed and forgotten.
func TestSessionMemoryOfRemovedSubscriptions(t *testing.T) {
	l := validate.SessionLimits{Subscriptions: 1, Unacknowledged: 512, Transactions: 1, Receipts: 1, ID: 4 << 10}
	s := session(t, l, "1.2")
	before := heap()
	name := func(kind string, i int) string { return fmt.Sprintf("%s%0*d", kind, l.ID-1, i) }
	mustStep(t, s, validate.Client, head(frame.BEGIN, "transaction", "t"))
	for i := range l.Unacknowledged {
		mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", name("s", i), "destination", "d", "ack", "client-individual"))
		mustStep(t, s, validate.Server, head(frame.MESSAGE, "subscription", name("s", i), "destination", "d", "message-id", name("m", i), "ack", name("a", i)))
		mustStep(t, s, validate.Client, head(frame.ACK, "id", name("a", i), "transaction", "t"))
		mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", name("s", i)))
	}
	if held, counted, most := heap()-before, int64(s.Memory()), l.WorstCase(); held > counted+noise || counted > most {
		t.Errorf("%d bytes held, Memory is %d, WorstCase %d", held, counted, most)
	}
	before = int64(s.Memory())
	mustStep(t, s, validate.Client, head(frame.DISCONNECT, "receipt", "r"))
	if now := int64(s.Memory()); now > before {
		t.Errorf("after DISCONNECT Memory is %d, before it was %d", now, before)
	}
	runtime.KeepAlive(s)
}
