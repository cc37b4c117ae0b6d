package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"time"
)

// Types of pcapng blocks.
const (
	sectionBlock    = 0x0a0d0d0a
	interfaceBlock  = 1
	oldPacketBlock  = 2
	simpleBlock     = 3
	enhancedBlock   = 6
	maxBlock        = maxPacket + 64<<10 // a packet with its options
	maxInterfaces   = 1 << 16
	optionTSResol   = 9
	optionTSOffset  = 14
	blockOverhead   = 12
	byteOrderMagic  = 0x1a2b3c4d
	sectionMinBlock = 28
)

// An ngInterface is one on which packets were captured.
type ngInterface struct {
	link    uint32
	snap    uint32
	power   uint8 // of the unit of time, 10 or 2 to the minus power
	binary  bool
	seconds int64 // to be added
}

func (i ngInterface) time(ticks uint64) time.Time {
	var sec, nsec uint64
	switch {
	case i.binary:
		sec = ticks >> min(i.power, 63)
		if i.power > 0 && i.power < 64 {
			frac := ticks << (64 - i.power)
			nsec, _ = bits.Mul64(frac, 1e9)
		}
	case i.power <= 19:
		unit := uint64(1)
		for range i.power {
			unit *= 10
		}
		sec = ticks / unit
		high, low := bits.Mul64(ticks%unit, 1e9)
		nsec, _ = bits.Div64(high, low, unit)
	}
	const most = 1 << 40 // seconds: some 35,000 years
	return time.Unix(int64(min(sec, most))+max(min(i.seconds, most), -most), int64(nsec))
}

func (c *Reader) nextNG() (Packet, error) {
	for {
		b, err := c.r.Peek(blockOverhead)
		switch {
		case len(b) == 0:
			return Packet{}, err
		case len(b) < blockOverhead:
			return Packet{}, c.cut(err)
		}
		if isNG(b) {
			if err := c.section(); err != nil {
				return Packet{}, err
			}
			continue
		}
		if c.order == nil {
			return Packet{}, &Error{Packet: 1, Text: "the section of the capture has no byte order", Final: true}
		}
		kind, size := c.order.Uint32(b), c.order.Uint32(b[4:])
		if !isBlock(kind) {
			if size < blockOverhead || size%4 != 0 {
				return Packet{}, c.skip(c.plausibleBlock, 4)
			}
			if _, err := io.CopyN(io.Discard, c.r, int64(size)); err != nil {
				return Packet{}, c.cut(err)
			}
			continue
		}
		if size < blockOverhead || size%4 != 0 || size > maxBlock {
			return Packet{}, c.skip(c.plausibleBlock, 4)
		}
		block, err := c.read(int(size))
		if err != nil {
			return Packet{}, c.cut(err)
		}
		body := block[8 : size-4]
		if kind == interfaceBlock {
			if err := c.addInterface(body); err != nil {
				return Packet{}, err
			}
			continue
		}
		c.number++
		return c.packet(kind, body)
	}
}

// isBlock reports whether a block is one that the reader looks into.
func isBlock(kind uint32) bool {
	switch kind {
	case interfaceBlock, oldPacketBlock, simpleBlock, enhancedBlock:
		return true
	}
	return false
}

// plausibleBlock reports whether a block of a packet begins at b.
func (c *Reader) plausibleBlock(b []byte) bool {
	if len(b) < blockOverhead {
		return false
	}
	size := c.order.Uint32(b[4:])
	return isBlock(c.order.Uint32(b)) && size >= blockOverhead && size%4 == 0 && size <= uint32(len(b)) &&
		c.order.Uint32(b[size-4:]) == size
}

// section begins a section: it has its own byte order and interfaces.
func (c *Reader) section() error {
	b, err := c.r.Peek(sectionMinBlock)
	if len(b) < sectionMinBlock {
		return c.cut(err)
	}
	switch {
	case binary.LittleEndian.Uint32(b[8:]) == byteOrderMagic:
		c.order = binary.LittleEndian
	case binary.BigEndian.Uint32(b[8:]) == byteOrderMagic:
		c.order = binary.BigEndian
	default:
		return &Error{Packet: c.number + 1, Text: "the section before it has no byte order", Final: true}
	}
	size := c.order.Uint32(b[4:])
	if size < sectionMinBlock || size%4 != 0 {
		return &Error{Packet: c.number + 1, Text: "the section before it has no length", Final: true}
	}
	c.interfaces = c.interfaces[:0]
	if _, err := io.CopyN(io.Discard, c.r, int64(size)); err != nil {
		return c.cut(err)
	}
	return nil
}

func (c *Reader) addInterface(body []byte) error {
	if len(body) < 8 || len(c.interfaces) == maxInterfaces {
		return &Error{Packet: c.number + 1, Text: "the description of an interface before it makes no sense"}
	}
	i := ngInterface{link: uint32(c.order.Uint16(body)), snap: c.order.Uint32(body[4:]), power: 6}
	for o := body[8:]; len(o) >= 4; {
		code, n := c.order.Uint16(o), int(c.order.Uint16(o[2:]))
		o = o[4:]
		if code == 0 || n > len(o) {
			break
		}
		switch {
		case code == optionTSResol && n == 1:
			i.power, i.binary = o[0]&0x7f, o[0]&0x80 != 0
		case code == optionTSOffset && n == 8:
			i.seconds = int64(c.order.Uint64(o))
		}
		o = o[min(len(o), (n+3)&^3):]
	}
	c.interfaces = append(c.interfaces, i)
	return nil
}

// packet reads a block that has a packet.
func (c *Reader) packet(kind uint32, body []byte) (Packet, error) {
	wrong := func(format string, args ...any) (Packet, error) {
		return Packet{}, &Error{Packet: c.number, Text: fmt.Sprintf(format, args...)}
	}
	header := 20
	if kind == simpleBlock {
		header = 4
	}
	if len(body) < header {
		return wrong("its block is too short")
	}
	var number uint32
	switch kind {
	case enhancedBlock:
		number = c.order.Uint32(body)
	case oldPacketBlock:
		number = uint32(c.order.Uint16(body))
	}
	if number >= uint32(len(c.interfaces)) {
		return wrong("it was captured on interface %d, of which nothing is known", number)
	}
	i := c.interfaces[number]
	p := Packet{Number: c.number, Link: i.link, Time: c.last}
	var size, wire uint32
	if kind == simpleBlock {
		wire = c.order.Uint32(body)
		size = min(wire, uint32(len(body)-header))
		if i.snap > 0 {
			size = min(size, i.snap)
		}
	} else {
		p.Time = i.time(uint64(c.order.Uint32(body[4:]))<<32 | uint64(c.order.Uint32(body[8:])))
		size, wire = c.order.Uint32(body[12:]), c.order.Uint32(body[16:])
	}
	if size > uint32(len(body)-header) {
		return wrong("it claims %d bytes, and its block has %d", size, len(body)-header)
	}
	c.last = p.Time
	p.Data, p.Size = body[header:header+int(size)], int(min(wire, 1<<30))
	return p, nil
}
