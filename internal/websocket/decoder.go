// Package websocket reads what one side of a WebSocket connection sends
// (RFC 6455), with compression (RFC 7692), as it comes. It looks only: it sends
// nothing and needs no connection.
package websocket

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Opcodes.
const (
	Continuation = 0
	Text         = 1
	Binary       = 2
	Close        = 8
	Ping         = 9
	Pong         = 10
)

// A Decoder takes what one side sends after the handshake, in any pieces, and
// passes on the payloads of its messages.
type Decoder struct {
	// Data takes a piece of a message.
	Data func(piece []byte) error
	// End is called after each message; nil for not.
	End func() error
	// Control takes a control frame; nil for not.
	Control func(opcode byte, payload []byte) error
	// Inflate is not nil where compression was agreed for this side.
	Inflate *Inflater

	header     []byte // of the frame in progress, as far as it has come
	inside     bool   // the header is complete
	left       uint64 // bytes of the payload to come
	opcode     byte
	final      bool
	masked     bool
	mask       [4]byte
	at         int  // in the mask
	message    bool // in progress
	compressed bool // it is
	control    []byte
	err        error // final
}

const (
	maxControl = 125
	maxHeader  = 14
)

// Write takes what comes next. Its errors are final: the bytes after them have no
// meaning. They are those of Data, too. It changes b.
func (d *Decoder) Write(b []byte) error {
	for len(b) > 0 && d.err == nil {
		if !d.inside {
			d.header = append(d.header, b[0])
			b = b[1:]
			d.err = d.begin()
			continue
		}
		n := int(min(uint64(len(b)), d.left))
		piece := b[:n]
		b, d.left = b[n:], d.left-uint64(n)
		if d.masked {
			for i := range piece {
				piece[i] ^= d.mask[(d.at+i)&3]
			}
			d.at = (d.at + n) & 3
		}
		if d.err = d.payload(piece); d.err == nil && d.left == 0 {
			d.err = d.end()
		}
	}
	return d.err
}

// Failed reports whether Write has returned an error.
func (d *Decoder) Failed() bool { return d.err != nil }

// Inside reports whether a frame or a message is not complete. After an error
// there is none.
func (d *Decoder) Inside() bool {
	return d.err == nil && (d.inside || d.message || len(d.header) > 0)
}

// begin looks whether the header is complete, and what it says.
func (d *Decoder) begin() error {
	h := d.header
	if len(h) < 2 {
		return nil
	}
	size, need := uint64(h[1]&0x7f), 2
	switch size {
	case 126:
		need += 2
	case 127:
		need += 8
	}
	masked := h[1]&0x80 != 0
	length := need
	if masked {
		need += 4
	}
	if len(h) < need {
		return nil
	}
	switch length {
	case 4:
		size = uint64(binary.BigEndian.Uint16(h[2:]))
	case 10:
		size = binary.BigEndian.Uint64(h[2:])
	}
	if masked {
		copy(d.mask[:], h[length:])
	}
	d.masked, d.at = masked, 0
	d.opcode, d.final = h[0]&15, h[0]&0x80 != 0
	if err := d.check(h[0], size); err != nil {
		return err
	}
	d.header, d.inside, d.left = h[:0], true, size
	if size == 0 {
		return d.end()
	}
	return nil
}

// check says what is wrong with a header.
func (d *Decoder) check(first byte, size uint64) error {
	rsv := first & 0x70
	switch d.opcode {
	case Text, Binary:
		if d.message {
			return errors.New("a message begins inside another one")
		}
		d.compressed = rsv == 0x40 && d.Inflate != nil
		if d.compressed {
			rsv = 0
		}
		d.message = true
	case Continuation:
		if !d.message {
			return errors.New("a message goes on that has not begun")
		}
	case Close, Ping, Pong:
		if size > maxControl || !d.final {
			return errors.New("a control frame is too long, or in pieces")
		}
	default:
		return fmt.Errorf("opcode %d is not defined", d.opcode)
	}
	switch {
	case rsv == 0x40:
		return errors.New("a message is compressed, which was not agreed")
	case rsv != 0:
		return errors.New("a frame has bits that are not defined")
	case size > 1<<63-1:
		return errors.New("a frame has an impossible length")
	}
	return nil
}

func (d *Decoder) payload(piece []byte) error {
	switch {
	case d.opcode >= Close:
		d.control = append(d.control, piece...)
		return nil
	case d.compressed:
		return d.Inflate.take(piece)
	}
	return d.Data(piece)
}

// end ends a frame.
func (d *Decoder) end() error {
	d.inside = false
	if d.opcode >= Close {
		payload := d.control
		d.control = d.control[:0]
		if d.Control != nil {
			return d.Control(d.opcode, payload)
		}
		return nil
	}
	if !d.final {
		return nil
	}
	d.message = false
	if d.compressed {
		if err := d.Inflate.end(d.Data); err != nil {
			return err
		}
	}
	if d.End != nil {
		return d.End()
	}
	return nil
}

// Held returns how many bytes of a message in progress are in memory, and how many
// of those before, which it may refer to.
func (d *Decoder) Held() (message, window int) {
	if d.Inflate == nil {
		return 0, 0
	}
	return len(d.Inflate.packed), len(d.Inflate.window)
}

// Skip steps over n bytes that are not there. It reports whether that was
// possible: they are the inside of a message.
func (d *Decoder) Skip(n int) bool {
	if d.err != nil || !d.inside || d.opcode >= Close || d.compressed || uint64(n) >= d.left {
		return false
	}
	d.left -= uint64(n)
	d.at = (d.at + n) & 3
	return true
}

// BeginsCompressed reports whether b begins as a compressed message does.
func BeginsCompressed(b []byte) bool {
	return len(b) > 1 && (b[0] == 0xc0|Text || b[0] == 0xc0|Binary) && b[1]&0x7f > 0
}

// Begins reports whether b begins with a frame of a message, and returns the
// beginning of its payload, unmasked.
func Begins(b []byte) (payload []byte, ok bool) {
	var d Decoder
	for i := 0; i < min(len(b), maxHeader); i++ {
		d.header = append(d.header, b[i])
		if d.begin() != nil {
			return nil, false
		}
		if d.inside {
			if d.opcode != Text && d.opcode != Binary || d.left == 0 {
				return nil, false
			}
			rest := b[i+1:]
			rest = append([]byte(nil), rest[:min(uint64(len(rest)), d.left, 64)]...)
			if d.masked {
				for i := range rest {
					rest[i] ^= d.mask[i&3]
				}
			}
			return rest, true
		}
	}
	return nil, false
}
