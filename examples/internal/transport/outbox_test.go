package transport

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/stompwire/stomp/examples/internal/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A slowPeer accepts a write each time the test allows one.
type slowPeer struct {
	take    chan error
	mu      sync.Mutex
	got     string
	aborted int
}

func (p *slowPeer) Read([]byte) (int, error) { return 0, io.EOF }

func (p *slowPeer) WriteMessages(all []Message, progress func()) error {
	err := <-p.take
	p.mu.Lock()
	defer p.mu.Unlock()
	progress()
	for _, m := range all {
		p.got += string(m.Own) + string(m.Rest())
	}
	return err
}

func (p *slowPeer) Finish() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got += "."
	return nil
}

func (p *slowPeer) Abort() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.aborted++
	return nil
}

// A box is an outbox under test.
type box struct {
	*Outbox
	peer    *slowPeer
	account memory.Account
	running sync.WaitGroup
	drained chan bool
}

func newBox(most int) *box {
	b := &box{peer: &slowPeer{take: make(chan error)}, drained: make(chan bool, 1)}
	b.account.SetMax(1 << 20)
	b.Outbox = NewOutbox(b.peer, &b.account, most, &b.running, func() { b.drained <- true })
	return b
}

// end waits until everything is written.
func (b *box) end(t *testing.T, want string) {
	t.Helper()
	<-b.Written()
	b.running.Wait()
	if b.peer.got != want {
		t.Errorf("the peer has got %.100q, want %.100q", b.peer.got, want)
	}
	if used := b.account.Used(); used != 0 {
		t.Errorf("%d bytes are counted in the end", used)
	}
}

func text(s string) Message { return Message{Own: []byte(s)} }

// Messages are written in order, then the last message.
func TestOutbox(t *testing.T) {
	b := newBox(1 << 20)
	close(b.peer.take)
	shared := Share([]byte("shared"), &b.account)
	for _, s := range []string{"a", "b", "c"} {
		if !b.Send(Message{Own: []byte(s), Shared: shared}) {
			t.Fatal(s)
		}
	}
	shared.Done()
	if b.Closing() || !b.Close([]byte("last"), nil) || b.Close([]byte("again"), nil) || !b.Closing() {
		t.Error("it is closed once")
	}
	b.Send(text("late"))
	b.end(t, "asharedbsharedcsharedlast.")
}

// Too many messages are dropped, except those being written.
func TestOutboxIsBounded(t *testing.T) {
	b := newBox(1000)
	b.Send(text("first"))
	sent := 0
	for ; b.Send(text(strings.Repeat("x", 100))); sent++ {
		if sent == 100 {
			t.Fatal("without end")
		}
	}
	if sent < 2 || b.account.Used() > 2000 {
		t.Errorf("%d messages wait, %d bytes are in use", sent, b.account.Used())
	}
	b.Close([]byte("too slow"), nil)
	close(b.peer.take)
	<-b.Written()
	if got := b.peer.got; !strings.HasSuffix(got, "too slow.") || strings.Count(got, "x") > 100*sent {
		t.Errorf("%q", got)
	}
}

// The limit shrinks as the account fills up.
func TestOutboxInAFullAccount(t *testing.T) {
	b := newBox(1 << 20)
	defer b.running.Wait()
	defer close(b.peer.take)
	defer b.Close(nil, nil)
	b.account.Add(1<<20 - 1000)
	if !b.Send(text(strings.Repeat("x", 500))) {
		t.Error("one message may always wait")
	}
	if b.Send(text("y")) {
		t.Error("more than a quarter of what is free waits")
	}
}

// Ready is true again when less than half of the limit waits.
func TestOutboxDrains(t *testing.T) {
	b := newBox(1000)
	for n := 0; b.Ready(); n++ {
		if n == 100 {
			t.Fatal("always ready")
		}
		b.Send(text(strings.Repeat("x", 100)))
	}
	close(b.peer.take)
	<-b.drained
	if !b.Ready() {
		t.Error("it is drained and not ready")
	}
	b.Close(nil, nil)
	<-b.Written()
	b.running.Wait()
	if b.Ready() {
		t.Error("it is closed and ready")
	}
}

func TestOutboxBeatsAndStalls(t *testing.T) {
	b := newBox(1000)
	if b.Stalled(0) {
		t.Error("nothing waits")
	}
	b.Beat(text("beat"), time.Hour) // nothing has been written yet
	b.Beat(text("never"), 0)        // a message is being written
	b.wrote.Store(time.Now().Add(-time.Hour).UnixNano())
	if b.Stalled(2*time.Hour) || !b.Stalled(time.Minute) {
		t.Error("the peer has taken nothing for an hour")
	}
	close(b.peer.take)
	for b.Stalled(-time.Hour) { // until the message is written
		time.Sleep(time.Millisecond)
	}
	b.Beat(text("early"), time.Hour)
	b.Beat(text("again"), 0)
	b.Close(nil, nil)
	b.end(t, "beatagain.")
}

// A failed write aborts the peer and releases everything.
func TestOutboxFails(t *testing.T) {
	b := newBox(1 << 20)
	shared := Share([]byte("shared"), &b.account)
	for range 10 {
		b.Send(Message{Own: []byte("x"), Shared: shared})
	}
	shared.Done()
	b.peer.take <- errors.New("broken")
	<-b.Written()
	b.running.Wait()
	if b.peer.aborted != 1 {
		t.Error("the peer was not given up")
	}
	b.Send(text("y"))
	if used := b.account.Used(); used != 0 || b.Ready() {
		t.Errorf("%d bytes in use, ready %v", used, b.Ready())
	}
	if !b.Close([]byte("z"), nil) || b.Close(nil, nil) {
		t.Error("it is closed once")
	}
}

// Large chunks are for busy connections, and they count in the account.
func TestChunks(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	var a memory.Account
	a.SetMax(1 << 20)
	c := NewChunks(&a)
	read := func(size, want int, used int64) {
		t.Helper()
		done := make(chan struct{})
		go func() {
			defer close(done)
			io.WriteString(client, strings.Repeat("x", size))
		}()
		for size > 0 {
			chunk, err := c.Read(server)
			if err != nil || len(chunk) > want {
				t.Fatalf("%d bytes, %v", len(chunk), err)
			}
			size -= len(chunk)
		}
		if a.Used() != used {
			t.Errorf("%d bytes are counted, want %d", a.Used(), used)
		}
		<-done
	}
	read(smallChunk-1, smallChunk, 0)
	read(smallChunk, smallChunk, 0)
	read(largeChunk, largeChunk, largeChunk)
	read(5, 5, largeChunk)
	read(5, 5, 0)
	read(smallChunk, smallChunk, 0)
	read(smallChunk+1, smallChunk+1, largeChunk)
	c.Release()
	if a.Used() != 0 {
		t.Error(a.Used())
	}
}
