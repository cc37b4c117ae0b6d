// Package craft makes captures for tests: packets of TCP connections on any link,
// in pcap and pcapng files.
package craft

import (
	"encoding/binary"
	"io"
	"net/netip"
	"time"
)

// A Link is what packets are captured on.
type Link struct {
	Type   uint32
	header func(ip6 bool) []byte
}

// The links.
var (
	Null     = Link{0, func(ip6 bool) []byte { return []byte{family(ip6), 0, 0, 0} }}
	Ethernet = Link{1, func(ip6 bool) []byte { return append(make([]byte, 12), etherType(ip6)...) }}
	VLAN     = Link{1, func(ip6 bool) []byte {
		return append(append(make([]byte, 12), 0x88, 0xa8, 0, 1, 0x81, 0, 0, 2), etherType(ip6)...)
	}}
	PPPoE = Link{1, func(ip6 bool) []byte { return append(make([]byte, 12), 0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, 0x21) }}
	Raw   = Link{101, func(bool) []byte { return nil }}
	Loop  = Link{108, func(ip6 bool) []byte { return []byte{0, 0, 0, family(ip6)} }}
	Linux = Link{113, func(ip6 bool) []byte { return append(make([]byte, 14), etherType(ip6)...) }}
	SLL2  = Link{276, func(ip6 bool) []byte { return append(etherType(ip6), make([]byte, 18)...) }}
)

// Links are all of them.
var Links = map[string]Link{
	"null": Null, "Ethernet": Ethernet, "VLAN": VLAN, "PPPoE": PPPoE, "raw": Raw, "loop": Loop, "Linux": Linux, "Linux 2": SLL2,
}

func family(ip6 bool) byte {
	if ip6 {
		return 30
	}
	return 2
}

func etherType(ip6 bool) []byte {
	if ip6 {
		return []byte{0x86, 0xdd}
	}
	return []byte{8, 0}
}

// Flags of TCP.
const (
	FIN = 1
	SYN = 2
	RST = 4
	ACK = 16
)

// A Segment is one that is captured.
type Segment struct {
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    byte
	Data     []byte
}

// Packet returns a segment as a packet of a link. Checksums are 0, as they are
// where the network card is to fill them in.
func (l Link) Packet(s Segment) []byte {
	ip6 := s.Src.Addr().Is6()
	b := l.header(ip6)
	size := 20 + len(s.Data)
	if ip6 {
		src, dst := s.Src.Addr().As16(), s.Dst.Addr().As16()
		b = append(b, 0x60, 0, 0, 0, byte(size>>8), byte(size), 6, 64)
		b = append(append(b, src[:]...), dst[:]...)
	} else {
		size += 20
		src, dst := s.Src.Addr().As4(), s.Dst.Addr().As4()
		b = append(b, 0x45, 0, byte(size>>8), byte(size), 0, 0, 0x40, 0, 64, 6, 0, 0)
		b = append(append(b, src[:]...), dst[:]...)
	}
	b = binary.BigEndian.AppendUint16(b, s.Src.Port())
	b = binary.BigEndian.AppendUint16(b, s.Dst.Port())
	b = binary.BigEndian.AppendUint32(b, s.Seq)
	b = binary.BigEndian.AppendUint32(b, s.Ack)
	b = append(b, 5<<4, s.Flags, 255, 255, 0, 0, 0, 0)
	return append(b, s.Data...)
}

// A File is a capture that is written.
type File struct {
	w     io.Writer
	order binary.AppendByteOrder
	ng    bool
	link  Link
	nano  int64
}

// NewPCAP begins a pcap file.
func NewPCAP(w io.Writer, order binary.AppendByteOrder, nano bool, link Link) *File {
	f := &File{w: w, order: order, link: link, nano: 1000}
	magic := uint32(0xa1b2c3d4)
	if nano {
		magic, f.nano = 0xa1b23c4d, 1
	}
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 1<<18)
	b = order.AppendUint32(b, link.Type)
	w.Write(b)
	return f
}

// NewPCAPNG begins a pcapng file with one interface.
func NewPCAPNG(w io.Writer, order binary.AppendByteOrder, nano bool, link Link) *File {
	f := &File{w: w, order: order, ng: true, link: link, nano: 1000}
	b := order.AppendUint32(nil, 0x1a2b3c4d)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 0)
	f.Block(0x0a0d0d0a, append(b, 255, 255, 255, 255, 255, 255, 255, 255))
	b = order.AppendUint16(nil, uint16(link.Type))
	b = append(b, 0, 0, 0, 0, 4, 0)
	if nano {
		f.nano = 1
		b = order.AppendUint16(b, 9) // if_tsresol
		b = order.AppendUint16(b, 1)
		b = append(b, 9, 0, 0, 0, 0, 0, 0, 0)
	}
	f.Block(1, b)
	return f
}

// Block writes a block of a pcapng file.
func (f *File) Block(kind uint32, body []byte) {
	body = append(body, make([]byte, -len(body)&3)...)
	b := f.order.AppendUint32(nil, kind)
	b = f.order.AppendUint32(b, uint32(len(body)+12))
	b = append(b, body...)
	f.w.Write(f.order.AppendUint32(b, uint32(len(body)+12)))
}

// Packet writes a packet.
func (f *File) Packet(at time.Time, b []byte) { f.Cut(at, b, len(b)) }

// Cut writes a packet of which only the first bytes were captured.
func (f *File) Cut(at time.Time, b []byte, captured int) {
	var h []byte
	if f.ng {
		ticks := uint64(at.UnixNano() / f.nano)
		h = f.order.AppendUint32(h, 0)
		h = f.order.AppendUint32(h, uint32(ticks>>32))
		h = f.order.AppendUint32(h, uint32(ticks))
	} else {
		h = f.order.AppendUint32(h, uint32(at.Unix()))
		h = f.order.AppendUint32(h, uint32(int64(at.Nanosecond())/f.nano))
	}
	h = f.order.AppendUint32(h, uint32(captured))
	h = append(f.order.AppendUint32(h, uint32(len(b))), b[:captured]...)
	if f.ng {
		f.Block(6, h)
		return
	}
	f.w.Write(h)
}

// A Talk is a connection whose packets are written to a file.
type Talk struct {
	File *File
	At   time.Time
	Ends [2]netip.AddrPort // client, server
	seq  [2]uint32
	// Hold, if not nil, takes each packet instead of the file.
	Hold func(at time.Time, b []byte)
}

// NewTalk returns a connection that has not begun.
func NewTalk(f *File, at time.Time, client, server string) *Talk {
	return &Talk{File: f, At: at, Ends: [2]netip.AddrPort{netip.MustParseAddrPort(client), netip.MustParseAddrPort(server)}, seq: [2]uint32{1000, 0xfffffff0}}
}

// Segment writes a segment of a side with what follows next, or nothing.
func (t *Talk) Segment(from int, flags byte, data []byte) {
	s := Segment{t.Ends[from], t.Ends[1-from], t.seq[from], t.seq[1-from], flags, data}
	b := t.File.link.Packet(s)
	if t.Hold != nil {
		t.Hold(t.At, b)
	} else {
		t.File.Packet(t.At, b)
	}
	t.seq[from] += uint32(len(data))
	if flags&(SYN|FIN) != 0 {
		t.seq[from]++
	}
}

// Open makes the connection.
func (t *Talk) Open() {
	t.Segment(0, SYN, nil)
	t.Segment(1, SYN|ACK, nil)
	t.Segment(0, ACK, nil)
}

// Send sends data, at most size bytes a segment, each of which is acknowledged.
func (t *Talk) Send(from int, data []byte, size int) {
	for len(data) > 0 {
		n := min(size, len(data))
		t.Segment(from, ACK, data[:n])
		data = data[n:]
		t.Segment(1-from, ACK, nil)
	}
}

// Skip leaves out what a side sends: the capture has lost it.
func (t *Talk) Skip(from, n int) { t.seq[from] += uint32(n) }

// Close ends the connection.
func (t *Talk) Close() {
	t.Segment(0, FIN|ACK, nil)
	t.Segment(1, FIN|ACK, nil)
	t.Segment(0, ACK, nil)
}
