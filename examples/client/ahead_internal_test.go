package client

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"testing/iotest"
	"time"
)

// What is read ahead comes out as it went in, then the error, and no more is
// held than may be.
func TestReadAhead(t *testing.T) {
	data := make([]byte, 3<<20)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(rnd.Uint32())
	}
	const most = 100 << 10
	r, w := io.Pipe()
	a := newReadAhead(r, most)
	sent := make(chan int, 1)
	go func() {
		n, _ := w.Write(data[:len(data)/2])
		sent <- n
	}()
	var got bytes.Buffer
	b := make([]byte, 70<<10)
	for got.Len() < len(data)/2 {
		n, err := a.read(b[:1+rnd.IntN(len(b))], 0)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(b[:n])
		a.mu.Lock()
		held := len(a.buf) - a.start
		a.mu.Unlock()
		if held > most+16<<10 {
			t.Fatalf("%d bytes are held", held)
		}
	}
	<-sent
	if _, err := a.read(b, time.Millisecond); err != os.ErrDeadlineExceeded {
		t.Error(err)
	}
	go func() {
		w.Write(data[len(data)/2:])
		w.CloseWithError(iotest.ErrTimeout)
	}()
	for {
		n, err := a.read(b, 0)
		got.Write(b[:n])
		if err != nil {
			if err != iotest.ErrTimeout {
				t.Error(err)
			}
			break
		}
	}
	if !bytes.Equal(got.Bytes(), data) {
		t.Error("the bytes are not the same")
	}
	a.end()
}

// A reader that is full ends when it is told to.
func TestReadAheadEnds(t *testing.T) {
	a := newReadAhead(iotest.DataErrReader(bytes.NewReader(make([]byte, 1<<20))), 1)
	a.end()
	for {
		if _, err := a.read(make([]byte, 1<<20), 0); err != nil {
			if !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
			return
		}
	}
}

// The recorder has the beginning of a frame wherever reads are cut.
func TestRecorder(t *testing.T) {
	stream := bytes.Repeat([]byte("0123456789"), 3000)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var r recorder
		starts := []int{0, 17, 900, 901, 20000, 29000}
		at := 0
		current := 0 // index of the frame in progress
		for at < len(stream) {
			n := min(1+rnd.IntN(9000), len(stream)-at)
			r.read(stream[at:at+n], int64(starts[current]), at > starts[current])
			at += n
			for current+1 < len(starts) && starts[current+1] < at {
				current++
				if got := r.from(int64(starts[current])); !bytes.HasPrefix(stream[starts[current]:], got) || len(got) != at-starts[current] {
					t.Fatalf("a frame that began in the last read: %d bytes", len(got))
				}
			}
			got := r.from(int64(starts[current]))
			if want := min(at-starts[current], maxKeptHead); !bytes.HasPrefix(stream[starts[current]:], got) || len(got) < want {
				t.Fatalf("at %d, frame at %d: %d bytes, want %d", at, starts[current], len(got), want)
			}
		}
	}
}
