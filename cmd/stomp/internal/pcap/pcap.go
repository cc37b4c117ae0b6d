// Package pcap reads packets from capture files: pcap and pcapng, as tcpdump,
// dumpcap and Wireshark write them.
//
// Captures come from anywhere, so nothing in them is believed: a claimed length
// causes no allocation before its bytes have come, and where a record makes no
// sense the reader looks for the next one that does.
package pcap

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// A Packet is one packet of a capture.
type Packet struct {
	Number int64 // from 1, as Wireshark counts
	Time   time.Time
	Link   uint32 // the LINKTYPE_ value
	Data   []byte // valid until the next call
	Size   int    // of the packet on the wire; Data is shorter when it was cut
}

// An Error says what is wrong with a capture at a packet. The reader can go on
// unless Final is set.
type Error struct {
	Packet int64
	Text   string
	Final  bool
}

func (e *Error) Error() string { return fmt.Sprintf("packet %d: %s", e.Packet, e.Text) }

const (
	maxPacket = 16 << 20 // bytes of one packet
	window    = 1 << 20  // how far a reader looks for the next record
)

// A Reader reads the packets of one capture.
type Reader struct {
	r      *bufio.Reader
	buf    []byte
	number int64 // of the last packet
	failed *Error

	order binary.ByteOrder
	last  time.Time

	// pcap
	nano bool
	link uint32

	// pcapng
	ng         bool
	interfaces []ngInterface
}

// IsCapture reports whether b begins a file that NewReader can read. Four bytes
// are enough.
func IsCapture(b []byte) bool {
	_, _, ok := magic(b)
	return ok || isNG(b)
}

func isNG(b []byte) bool { return bytes.HasPrefix(b, []byte("\n\r\r\n")) }

// magic returns what the first four bytes of a pcap file say.
func magic(b []byte) (order binary.ByteOrder, nano, ok bool) {
	if len(b) < 4 {
		return nil, false, false
	}
	for _, order := range [...]binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(b) {
		case 0xa1b2c3d4:
			return order, false, true
		case 0xa1b23c4d:
			return order, true, true
		}
	}
	return nil, false, false
}

// NewReader reads the header of a capture.
func NewReader(r io.Reader) (*Reader, error) {
	c := &Reader{r: bufio.NewReaderSize(r, window)}
	begin, _ := c.r.Peek(4)
	if isNG(begin) {
		c.ng = true
		return c, nil
	}
	order, nano, ok := magic(begin)
	if !ok {
		return nil, errors.New("neither pcap nor pcapng")
	}
	var header [24]byte
	if _, err := io.ReadFull(c.r, header[:]); err != nil {
		return nil, errors.New("the capture ends inside its header")
	}
	c.order, c.nano = order, nano
	c.link = order.Uint32(header[20:]) & 0xffff // above it stands the length of an FCS
	return c, nil
}

// Next returns the next packet, or io.EOF. Any other error that is not an
// [Error] is one of the underlying reader.
func (c *Reader) Next() (Packet, error) {
	if c.failed != nil {
		return Packet{}, io.EOF
	}
	p, err := Packet{}, error(nil)
	if c.ng {
		p, err = c.nextNG()
	} else {
		p, err = c.nextPlain()
	}
	var e *Error
	if errors.As(err, &e) && e.Final {
		c.failed = e
	}
	return p, err
}

const plainHeader = 16

func (c *Reader) nextPlain() (Packet, error) {
	b, err := c.r.Peek(plainHeader)
	switch {
	case len(b) == 0:
		return Packet{}, err
	case len(b) < plainHeader:
		return Packet{}, c.cut(err)
	}
	at, size, wire, ok := c.record(b)
	if !ok {
		return Packet{}, c.skip(c.plausible, 1)
	}
	c.r.Discard(plainHeader)
	c.number++
	data, err := c.read(size)
	if err != nil {
		c.number--
		return Packet{}, c.cut(err)
	}
	c.last = at
	return Packet{Number: c.number, Time: at, Link: c.link, Data: data, Size: wire}, nil
}

// record reads the header of a record.
func (c *Reader) record(b []byte) (at time.Time, size, wire int, ok bool) {
	sec, frac := int64(c.order.Uint32(b)), int64(c.order.Uint32(b[4:]))
	n, w := c.order.Uint32(b[8:]), c.order.Uint32(b[12:])
	if !c.nano {
		frac *= 1000
	}
	ok = n <= maxPacket && frac < 1e9
	if !ok {
		return time.Time{}, 0, 0, false
	}
	return time.Unix(sec, frac), int(n), int(min(w, 1<<30)), ok
}

// plausible reports whether a record that makes sense begins at b: its time is
// within a day of the last one, and another record or the end follows.
func (c *Reader) plausible(b []byte) bool {
	for range 2 {
		if len(b) == 0 {
			return true
		}
		if len(b) < plainHeader {
			return false
		}
		at, size, wire, ok := c.record(b)
		if !ok || size > wire || size == 0 || at.Sub(c.last).Abs() > 24*time.Hour {
			return false
		}
		if plainHeader+size > len(b) {
			return false
		}
		b = b[plainHeader+size:]
	}
	return true
}

// skip looks for the next record that makes sense, which begins at a multiple
// of step bytes, and returns the error of the one that does not.
func (c *Reader) skip(plausible func([]byte) bool, step int) error {
	b, _ := c.r.Peek(window)
	for i := step; i < len(b); i += step {
		if plausible(b[i:]) {
			c.r.Discard(i)
			return &Error{Packet: c.number + 1, Text: fmt.Sprintf("the record makes no sense; went on %d bytes later", i)}
		}
	}
	return &Error{Packet: c.number + 1, Text: "the record makes no sense, and no other one follows: the rest is not read", Final: true}
}

// cut returns the error of a capture that ends inside a packet.
func (c *Reader) cut(err error) error {
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	return &Error{Packet: c.number + 1, Text: "the capture ends inside it", Final: true}
}

// read reads n bytes, and allocates no more than twice what comes.
func (c *Reader) read(n int) ([]byte, error) {
	c.buf = c.buf[:0]
	for len(c.buf) < n {
		old := len(c.buf)
		more := min(n-old, max(64<<10, old))
		if cap(c.buf) < old+more {
			c.buf = append(make([]byte, 0, old+more), c.buf...)
		}
		c.buf = c.buf[:old+more]
		if _, err := io.ReadFull(c.r, c.buf[old:]); err != nil {
			return nil, err
		}
	}
	return c.buf, nil
}
