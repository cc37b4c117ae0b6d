package transport

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/examples/internal/memory"
)

// An Outbox is a bounded queue of messages for one peer. Its methods never wait
// for the peer. A goroutine writes while the queue is not empty.
type Outbox struct {
	peer    Peer
	account *memory.Account
	most    int             // bytes that may wait; one message may exceed it
	running *sync.WaitGroup // counts the goroutine that writes
	drained func()          // called when less than half of the limit waits again

	mu      sync.Mutex
	waiting []Message
	size    int  // cost of the messages waiting and being written
	writing bool // the goroutine is running
	held    bool // drained must be called later
	closing bool // after the waiting messages, nothing more is written
	broken  bool // a write has failed
	wrote   atomic.Int64
	written chan struct{}
}

// costMessage is the overhead of a message, in bytes.
const costMessage = 192

// NewOutbox returns an empty outbox. Waiting messages count in the account. The
// limit is most bytes, or less if the account is nearly full. running counts
// the goroutine that writes. drained is called after Ready has returned false.
func NewOutbox(p Peer, a *memory.Account, most int, running *sync.WaitGroup, drained func()) *Outbox {
	return &Outbox{peer: p, account: a, most: most, running: running, drained: drained, written: make(chan struct{})}
}

func (o *Outbox) limit() int { return min(o.most, o.account.Share()) }

// Send adds a message. If too much is waiting, Send drops all waiting messages
// and returns false.
func (o *Outbox) Send(m Message) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.size > o.limit() {
		o.drop()
		return false
	}
	o.add(m)
	return true
}

func (o *Outbox) add(m Message) {
	if o.closing || o.broken {
		return
	}
	if m.Shared != nil {
		m.Shared.users.Add(1)
	}
	o.account.Add(costMessage + cap(m.Own))
	o.waiting = append(o.waiting, m)
	o.size += m.cost()
	o.start()
}

func (m Message) cost() int { return costMessage + len(m.Own) + len(m.Rest()) }

// done releases messages that were written or dropped.
func (o *Outbox) done(all []Message) {
	for _, m := range all {
		o.size -= m.cost()
		o.account.Add(-costMessage - cap(m.Own))
		m.Shared.Done()
	}
}

func (o *Outbox) drop() {
	o.done(o.waiting)
	o.waiting = nil
}

// Ready reports whether less than half of the limit is waiting. If not, the
// outbox calls drained later.
func (o *Outbox) Ready() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = o.size > o.limit()/2
	return !o.closing && !o.broken && !o.held
}

// Beat adds a message if nothing has been written for the given time.
func (o *Outbox) Beat(m Message, while time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.writing && o.since() >= while {
		o.add(m)
	}
}

// Stalled reports whether the peer has accepted nothing for the given time
// although data is waiting.
func (o *Outbox) Stalled(while time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.writing && o.since() > while
}

func (o *Outbox) since() time.Duration { return time.Since(time.Unix(0, o.wrote.Load())) }

func (o *Outbox) progress() { o.wrote.Store(time.Now().UnixNano()) }

// Close writes the waiting messages and a last message, if that is not empty.
// It returns false if the outbox was already closed. Otherwise it calls first,
// if not nil, before anyone can see that the outbox is closed.
func (o *Outbox) Close(last []byte, first func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closing {
		return false
	}
	if first != nil {
		first()
	}
	if len(last) > 0 {
		o.add(Message{Own: last})
	}
	o.closing = true
	o.start()
	return true
}

// Closing reports whether Close has been called.
func (o *Outbox) Closing() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closing
}

// Written is closed once nothing more will be written.
func (o *Outbox) Written() <-chan struct{} { return o.written }

func (o *Outbox) start() {
	if !o.writing {
		o.writing = true
		o.progress()
		o.running.Add(1)
		go o.write()
	}
}

// write writes the waiting messages, and calls Finish after Close. After an
// error writing stays true, so that no other goroutine starts.
func (o *Outbox) write() {
	defer o.running.Done()
	for {
		o.mu.Lock()
		all := o.waiting
		o.waiting = nil
		if len(all) == 0 {
			o.writing = false
			closing := o.closing
			o.mu.Unlock()
			if closing {
				o.peer.Finish()
				close(o.written)
			}
			return
		}
		o.mu.Unlock()
		for len(all) > 0 {
			n, size := 0, 0
			for ; n < len(all) && size < 4*piece; n++ {
				size += all[n].cost()
			}
			err := o.peer.WriteMessages(all[:n], o.progress)
			o.mu.Lock()
			if err != nil {
				o.done(all)
				o.drop()
				o.broken = true
				o.mu.Unlock()
				o.peer.Abort() // this also ends reading
				close(o.written)
				return
			}
			o.done(all[:n])
			resume := o.held && o.size <= o.limit()/2
			if resume {
				o.held = false
			}
			o.mu.Unlock()
			if all = all[n:]; resume {
				o.drained()
			}
		}
	}
}
