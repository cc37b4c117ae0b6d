package main

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
)

// A leg is one of the two connections of a session. Heart-beats are agreed on
// for each leg by itself.
type leg struct {
	transport.Conn
	messages     bool // it is a WebSocket
	writeTimeout time.Duration
	version      frame.Version
	beat         time.Duration // the relay has to send something that often; 0: it has not
	silence      time.Duration // after which the peer counts as gone; 0: never
	wrote        chan struct{} // holds a value when something was written since the last tick
	// turn holds a value while somebody is inside a frame: what passes frames on,
	// for as long as one has begun and not ended, or whoever sends one of the
	// relay's own.
	turn chan struct{}
	late time.Time // when the peer has to have logged in; zero: it has
}

func newLeg(c transport.Conn, messages bool, writeTimeout time.Duration) *leg {
	return &leg{Conn: c, messages: messages, writeTimeout: writeTimeout, wrote: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
}

// errSilent says that a peer that has promised heart-beats is silent.
var errSilent = errors.New("nothing came, not even a heart-beat")

// errLate says that a client has not logged in in time.
var errLate = errors.New("no CONNECT came in time")

// Read reads bytes, any of which is a sign of life, and waits for them no longer
// than patience, if that is not 0. While the relay does not read, because the other
// side is slow, nobody is late.
func (l *leg) Read(b []byte, patience time.Duration) (int, error) {
	deadline := l.late
	if l.silence > 0 && (patience == 0 || l.silence < patience) {
		patience = l.silence
	}
	if end := time.Now().Add(patience); patience > 0 && (deadline.IsZero() || end.Before(deadline)) {
		deadline = end
	}
	l.SetReadDeadline(deadline)
	n, err := l.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if err = errSilent; l.silence == 0 {
			err = errLate
		}
	}
	return n, err
}

// Write writes all of b, and fails when the peer does not take it in time.
func (l *leg) Write(b []byte) (int, error) {
	l.SetWriteDeadline(time.Now().Add(l.writeTimeout))
	select {
	case l.wrote <- struct{}{}:
	default:
	}
	return l.Conn.Write(b)
}

// agree sets what was agreed on heart-beats.
func (l *leg) agree(send, receive time.Duration) {
	l.beat, l.late = send, time.Time{}
	if receive > 0 {
		l.silence = transport.Silence(receive)
	}
}

// ticker returns what ticks when a heart-beat may be due, nil for never. Two
// ticks may pass after the last write, and there is still room for a late timer
// and a slow network.
func (l *leg) ticker() (tick <-chan time.Time, stop func()) {
	if l.beat == 0 {
		return nil, func() {}
	}
	t := time.NewTicker(max(l.beat/3, 1))
	return t.C, t.Stop
}

// tick sends a heart-beat, if nothing was written since the last tick. None can
// be sent inside a frame.
func (l *leg) tick() error {
	select {
	case <-l.wrote:
		return nil
	default:
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	default:
		return nil
	}
	_, err := l.Write(encoder.AppendHeartBeat(nil))
	return err
}

// last sends a frame after which no other goes out, unless the peer does not
// take what was begun before.
func (l *leg) last(f *frame.Frame) {
	select {
	case l.turn <- struct{}{}: // and it is never given back
	case <-time.After(goodbye):
		return
	}
	b, err := encoder.AppendFrame(nil, f, l.version, encoder.Options{})
	if err != nil {
		return
	}
	l.SetWriteDeadline(time.Now().Add(goodbye))
	l.Conn.Write(b)
}

// leave closes the leg so that what was sent last arrives: a TCP connection
// that is closed with something unread is reset, and the peer may lose what it
// has not read yet. So the peer is given a moment to close first.
func (l *leg) leave() {
	if c, ok := l.Conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() == nil {
		defer time.AfterFunc(goodbye, func() { l.Abort() }).Stop()
		io.Copy(io.Discard, l.Conn)
	}
	l.Close()
}

// goodbye is how long a peer that is to leave may take.
const goodbye = time.Second
