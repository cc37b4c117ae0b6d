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

// A leg is one of the two connections of a session. Each leg has its own
// heart-beats.
type leg struct {
	transport.Conn
	messages     bool // the leg is a WebSocket
	writeTimeout time.Duration
	version      frame.Version
	beat         time.Duration // interval in which the relay must send; 0: none
	silence      time.Duration // time after which a silent peer counts as lost; 0: never
	wrote        chan struct{} // holds a value if something was written since the last tick
	// turn holds a value while a goroutine writes a frame: a pump from the
	// beginning to the end of the frame, or a goroutine that sends one of the
	// relay's own.
	turn chan struct{}
	late time.Time // deadline of the login; zero after the login
}

func newLeg(c transport.Conn, messages bool, writeTimeout time.Duration) *leg {
	return &leg{Conn: c, messages: messages, writeTimeout: writeTimeout, wrote: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
}

// errSilent means that a peer did not send the heart-beats it promised.
var errSilent = errors.New("nothing came, not even a heart-beat")

// errLate means that a client did not log in in time.
var errLate = errors.New("no CONNECT came in time")

// Read reads and waits at most patience, if that is not 0. Any byte counts as a
// sign of life. Only time spent in Read counts, so no peer is late while the
// relay waits for the other side.
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

// Write writes all of b. It fails if the peer does not accept it in time.
func (l *leg) Write(b []byte) (int, error) {
	l.SetWriteDeadline(time.Now().Add(l.writeTimeout))
	select {
	case l.wrote <- struct{}{}:
	default:
	}
	return l.Conn.Write(b)
}

// agree sets the agreed heart-beats.
func (l *leg) agree(send, receive time.Duration) {
	l.beat, l.late = send, time.Time{}
	if receive > 0 {
		l.silence = transport.Silence(receive)
	}
}

// ticker returns a channel that ticks when a heart-beat may be due, or nil if
// there are none. Its interval is a third of the agreed one: up to two ticks
// may pass after the last write, which leaves room for a late timer and a slow
// network.
func (l *leg) ticker() (tick <-chan time.Time, stop func()) {
	if l.beat == 0 {
		return nil, func() {}
	}
	t := time.NewTicker(max(l.beat/3, 1))
	return t.C, t.Stop
}

// tick sends a heart-beat if nothing was written since the last tick. It sends
// none inside a frame.
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

// last sends the final frame, unless the peer does not accept the frame in
// progress in time.
func (l *leg) last(f *frame.Frame) {
	select {
	case l.turn <- struct{}{}: // never released
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

// leave closes the leg so that the last data arrives. A TCP connection that is
// closed with unread data is reset, and the peer may lose data that it has not
// read yet. So the peer gets a moment to close first.
func (l *leg) leave() {
	if c, ok := l.Conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() == nil {
		defer time.AfterFunc(goodbye, func() { l.Abort() }).Stop()
		io.Copy(io.Discard, l.Conn)
	}
	l.Close()
}

// goodbye is how long a peer may take to close.
const goodbye = time.Second
