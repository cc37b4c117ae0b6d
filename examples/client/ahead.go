package client

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A readAhead reads a WebSocket for a slow reader. The WebSocket answers pings
// only while it is read, so a client that stops reading, because nobody takes its
// messages, would lose a healthy connection. The buffer is bounded. When it is
// full, pings wait too.
type readAhead struct {
	src  io.Reader
	most int           // how many bytes to hold
	some chan struct{} // holds a value after a read
	room chan struct{} // holds a value after bytes were taken
	stop chan struct{} // closed when nobody reads any more
	done chan struct{} // closed when the goroutine has ended

	mu    sync.Mutex
	buf   []byte
	start int   // index in buf of the first byte not taken
	err   error // why nothing more comes
}

// keepAhead is the largest empty buffer that a readAhead keeps.
const keepAhead = 64 << 10

// newReadAhead starts a goroutine that reads src until that returns an error.
func newReadAhead(src io.Reader, most int) *readAhead {
	a := &readAhead{
		src: src, most: most,
		some: make(chan struct{}, 1),
		room: make(chan struct{}, 1),
		stop: make(chan struct{}),
		done: make(chan struct{}),
	}
	go a.run()
	return a
}

func (a *readAhead) run() {
	defer close(a.done)
	b := make([]byte, 16<<10)
	for {
		n, err := a.src.Read(b)
		full := a.put(b[:n], err)
		if err != nil {
			return
		}
		for full {
			select {
			case <-a.room:
				full = a.put(nil, nil)
			case <-a.stop:
				a.put(nil, net.ErrClosed)
				return
			}
		}
	}
}

// put adds what was read, and reports whether the buffer is full.
func (a *readAhead) put(b []byte, err error) (full bool) {
	a.mu.Lock()
	if a.start > len(a.buf)/2 {
		a.buf = a.buf[:copy(a.buf, a.buf[a.start:])]
		a.start = 0
	}
	a.buf = append(a.buf, b...)
	a.err = err
	full = len(a.buf)-a.start >= a.most
	a.mu.Unlock()
	notify(a.some)
	return full
}

// read returns what has been read, and waits for it. If patience is not 0, it
// fails with os.ErrDeadlineExceeded after that time.
func (a *readAhead) read(b []byte, patience time.Duration) (int, error) {
	var late <-chan time.Time
	if patience > 0 {
		t := time.NewTimer(patience)
		defer t.Stop()
		late = t.C
	}
	for {
		a.mu.Lock()
		n, err := copy(b, a.buf[a.start:]), a.err
		if a.start += n; a.start == len(a.buf) {
			a.buf, a.start = a.buf[:0], 0
			if cap(a.buf) > keepAhead {
				a.buf = nil
			}
		}
		a.mu.Unlock()
		switch {
		case n > 0:
			notify(a.room)
			return n, nil
		case err != nil:
			return 0, err
		}
		select {
		case <-a.some:
		case <-late:
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// end ends the goroutine and waits for it. The source must have been closed.
func (a *readAhead) end() {
	close(a.stop)
	<-a.done
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
