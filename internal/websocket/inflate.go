package websocket

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"sync"
)

// An Inflater inflates the messages of one side (permessage-deflate).
type Inflater struct {
	// Takeover says that a message may refer to the ones before it.
	Takeover bool

	packed []byte // of the message in progress
	window []byte // the last bytes of the messages before
}

// An engine is what inflating takes while it lasts. Connections share engines:
// there may be very many connections.
type engine struct {
	r   io.ReadCloser // and a flate.Resetter
	buf [windowSize]byte
}

var engines = sync.Pool{New: func() any { return &engine{r: flate.NewReader(nil)} }}

const (
	maxPacked   = 16 << 20 // bytes of a compressed message, which is held
	maxInflated = 1 << 30  // bytes of what becomes of it, which is not
	windowSize  = 32 << 10
)

// tail ends a message: the empty block that senders leave out, and an empty
// last block.
var tail = []byte("\x00\x00\xff\xff\x01\x00\x00\xff\xff")

func (f *Inflater) take(piece []byte) error {
	if len(f.packed)+len(piece) > maxPacked {
		return fmt.Errorf("a compressed message is larger than %d bytes", maxPacked)
	}
	f.packed = append(f.packed, piece...)
	return nil
}

// end inflates a message that is complete.
func (f *Inflater) end(give func([]byte) error) error {
	in := io.MultiReader(bytes.NewReader(f.packed), bytes.NewReader(tail))
	e := engines.Get().(*engine)
	defer engines.Put(e)
	if err := e.r.(flate.Resetter).Reset(in, f.window); err != nil {
		return err
	}
	for size := 0; ; {
		n, err := e.r.Read(e.buf[:])
		if n > 0 {
			if size += n; size > maxInflated {
				return fmt.Errorf("a message inflates to more than %d bytes", maxInflated)
			}
			f.remember(e.buf[:n])
			if err := give(e.buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return errors.New("a message cannot be inflated")
		}
	}
	if f.packed = f.packed[:0]; cap(f.packed) > 4<<10 {
		f.packed = nil // there may be very many connections
	}
	return nil
}

// remember keeps the last bytes, where messages refer to them.
func (f *Inflater) remember(b []byte) {
	if !f.Takeover {
		return
	}
	b = b[max(0, len(b)-windowSize):]
	if n := len(f.window) + len(b) - windowSize; n > 0 {
		f.window = append(f.window[:0], f.window[n:]...)
	}
	f.window = append(f.window, b...)
}
