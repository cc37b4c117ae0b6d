package transport

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/examples/internal/memory"
)

// An Outbox is the bounded queue of what is to be written to a peer. Nobody who
// adds to it ever waits. A goroutine writes while there is something to write.
type Outbox struct {
	peer    Peer
	account *memory.Account
	most    int             // bytes that may wait, and one message more
	running *sync.WaitGroup // of the goroutine
	drained func()          // less than half of that waits again

	mu      sync.Mutex
	waiting []Message
	size    int  // their cost, and that of those that are being written
	writing bool // the goroutine is there
	held    bool // drained is to be called
	closing bool // what waits is written, then no more
	broken  bool // writing has failed
	wrote   atomic.Int64
	written chan struct{}
}

// costMessage is what a message takes beside its bytes.
const costMessage = 192

// NewOutbox returns an empty outbox. What waits is counted in the account, and
// may be most bytes at the utmost, less when the account gets full. running counts
// the goroutine that writes. drained is called after Ready has returned false.
func NewOutbox(p Peer, a *memory.Account, most int, running *sync.WaitGroup, drained func()) *Outbox {
	return &Outbox{peer: p, account: a, most: most, running: running, drained: drained, written: make(chan struct{})}
}

func (o *Outbox) limit() int { return min(o.most, o.account.Share()) }

// Send adds a message. When too much waits already it throws that away and
// returns false.
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

// done lets go of messages that are written, or never will be.
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

// Ready reports whether somebody who can wait should send now: less than half of
// what may wait does. If not, drained is called when it should.
func (o *Outbox) Ready() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = o.size > o.limit()/2
	return !o.closing && !o.broken && !o.held
}

// Beat adds a message if nothing has been written for a while.
func (o *Outbox) Beat(m Message, while time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.writing && o.since() >= while {
		o.add(m)
	}
}

// Stalled reports whether the peer has taken nothing for a while, though there is
// something for it.
func (o *Outbox) Stalled(while time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.writing && o.since() > while
}

func (o *Outbox) since() time.Duration { return time.Since(time.Unix(0, o.wrote.Load())) }

func (o *Outbox) progress() { o.wrote.Store(time.Now().UnixNano()) }

// Close lets what waits be written, and a last message unless that is empty. It
// returns false when the outbox was closed before. Otherwise it calls first, if
// that is not nil, before anything can see that the outbox is closed.
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

// Closing reports whether Close was called.
func (o *Outbox) Closing() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closing
}

// Written is closed when nothing will be written any more.
func (o *Outbox) Written() <-chan struct{} { return o.written }

func (o *Outbox) start() {
	if !o.writing {
		o.writing = true
		o.progress()
		o.running.Add(1)
		go o.write()
	}
}

// write writes what waits, and finishes when it has to. After an error writing
// stays true, so that nobody else begins.
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
				o.peer.Abort() // which ends reading too
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
