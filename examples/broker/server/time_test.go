package server

import (
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// An incomplete frame has a time limit, with or without heart-beats. The time
// between frames and that of earlier frames do not count.
func TestFrameTimeout(t *testing.T) {
	b := start(t, Config{FrameTimeout: time.Hour})
	c := b.connect(t, frame.V12, "")
	peer := b.peers()[0]
	begun := func() bool { return peer.began.Load() > 0 }
	c.Write("SEND\ndestination:/topic/nobody\nreceipt:1\n\nfirst")
	eventually(t, "the frame has begun", begun)
	c.Write("\x00")
	c.Expect(frame.RECEIPT)
	eventually(t, "the frame has ended", func() bool { return !begun() })

	c.Write("\n\nSEN")
	eventually(t, "the frame has begun", begun)
	early := time.Now().Add(-2 * time.Hour).UnixNano()
	peer.began.Store(early)
	c.Write("D\ndestination:/topic/nobody\nreceipt:2\n\nsecond\x00SEND\ndestination:/topic/nobody\n\nthird")
	c.Expect(frame.RECEIPT)
	eventually(t, "another frame has begun", func() bool { return begun() && peer.began.Load() != early })
	peer.tick()
	if peer.out.Closing() {
		t.Fatal("a new frame has the time of the one before")
	}
	peer.began.Store(time.Now().Add(-61 * time.Minute).UnixNano())
	peer.tick()
	c.failed("a frame has taken longer than 1h0m0s")
}

// The timer also runs for clients without heart-beats.
func TestFrameTimeoutTicks(t *testing.T) {
	b := start(t, Config{FrameTimeout: 20 * time.Millisecond})
	idle := b.connect(t, frame.V12, "")
	c := b.connect(t, frame.V12, "")
	c.Write("SEND\ndestination:/topic/nobody\ncontent-length:5\n\nbod")
	c.failed("a frame has taken longer")
	idle.sync()
}

// A client that reads nothing while data waits for it is disconnected.
func TestWriteTimeout(t *testing.T) {
	b := start(t, Config{WriteTimeout: 500 * time.Millisecond, HeartBeat: -1, Memory: 1 << 30})
	slow, idle := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
	slow.subscribe("1", "/topic/a", "auto")
	sender := b.connect(t, frame.V12, "")
	body := string(make([]byte, 1<<20))
	for i := 0; len(b.peers()) == 3; i++ {
		if i < 14 { // too few to make it a slow consumer
			sender.publish("/topic/a", body)
		}
		sender.sync()
	}
	idle.sync() // no data waits for this client
	if n := b.Stats().Ended[byWriteTimeout]; n != 1 {
		t.Errorf("%d sessions ended by a write timeout are counted", n)
	}
}

// After a failed login, the address must wait before the next attempt, even
// with the right passcode.
func TestLoginsAreSlowedDown(t *testing.T) {
	b := start(t, Config{Logins: map[string]string{"anna": "secret"}})
	login := func(passcode string) string {
		return "CONNECT\naccept-version:1.2\nhost:/\nlogin:anna\npasscode:" + passcode + "\n\n\x00"
	}
	c := b.dial(t)
	c.Write(login("wrong"))
	c.failed("login or passcode is wrong")
	// A connection that ends while it waits is not admitted.
	v := frame.View{Head: frame.Head{Command: frame.CONNECT, Headers: headers.ListView{
		{Name: []byte(headers.Login), Value: []byte("anna")}, {Name: []byte(headers.Passcode), Value: []byte("secret")}}}}
	ended := &connection{address: "127.0.0.1:1", versions: frame.AllVersions, out: transport.NewOutbox(&fakePeer{}, &b.account, 1, &b.running, nil)}
	ended.out.Close(nil, nil)
	<-ended.out.Written()
	if b.admit(ended, v) {
		t.Error("the address need not wait")
	}
	if ended.address = "192.0.2.1:1"; !b.admit(ended, v) {
		t.Error("another address has to wait")
	}
	c = b.dial(t)
	c.Write(login("secret"))
	c.Expect(frame.CONNECTED)
}

// A transaction may have an empty name. A frame without a transaction header
// belongs to none.
func TestTransactionWithoutName(t *testing.T) {
	b := start(t, Config{})
	reader := b.connect(t, frame.V12, "")
	reader.subscribe("1", "/topic/a", "auto")
	c := b.connect(t, frame.V12, "")
	c.subscribe("1", q, "client-individual")
	c.Say(frame.BEGIN, "", headers.Transaction, "")
	c.publish("/topic/a", "outside")
	reader.message("outside")
	c.publish("/topic/a", "inside", headers.Transaction, "")
	c.publish(q, "x")
	ack, _ := c.message("x")
	c.ack(frame.ACK, ack)
	c.sync()
	b.wantQueueSize(t, q, 0)
	reader.sync()
	c.Say(frame.COMMIT, "", headers.Transaction, "")
	reader.message("inside")
}

// Idle connections release the memory of earlier reads and writes.
func TestIdleConnectionIsSmall(t *testing.T) {
	b := start(t, Config{})
	conn := b.raw(t, "1.2")
	say(t, conn, round)
	before, idle := script.InUse(), b.account.Used()
	say(t, conn, "SEND\ndestination:/topic/nobody\n\n"+strings.Repeat("x", 8<<20)+"\x00"+round)
	if grown := script.InUse() - before; grown > 256<<10 {
		t.Errorf("%d bytes are left of a large frame", grown)
	}
	eventually(t, "nothing is counted", func() bool { return b.account.Used() == idle })
}
