// Package tcp takes TCP segments out of captured packets and puts what each
// side of a connection sent in order.
package tcp

import (
	"encoding/binary"
	"net/netip"
)

// A Segment is one TCP segment.
type Segment struct {
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    Flags
	Data     []byte
	Missing  int // bytes at its end that the capture does not have
}

// Flags are those of a segment.
type Flags uint8

const (
	FIN Flags = 1 << iota
	SYN
	RST
	_
	ACK
)

// Link types, as https://www.tcpdump.org/linktypes.html has them.
const (
	linkNull     = 0
	linkEthernet = 1
	linkRawBSD   = 12
	linkRawOpen  = 14
	linkRaw      = 101
	linkLoop     = 108
	linkLinux    = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkLinux2   = 276
)

// linkHeader returns the size of the header of a link, and where in it the type
// of what follows stands: -1 where IP packets alone follow. size is -1 for a link
// that is not known.
func linkHeader(link uint32) (size, kind int) {
	switch link {
	case linkEthernet:
		return 14, 12
	case linkLinux:
		return 16, 14
	case linkLinux2:
		return 20, 0
	case linkNull, linkLoop: // a family of addresses, which the packet has too
		return 4, -1
	case linkRawBSD, linkRawOpen, linkRaw, linkIPv4, linkIPv6:
		return 0, -1
	}
	return -1, -1
}

// KnownLink reports whether packets of a link type can be read.
func KnownLink(link uint32) bool {
	size, _ := linkHeader(link)
	return size >= 0
}

// Decode takes the segment out of a packet of a link type that is known, which
// was wire bytes long. There is one when the kind is TCP. Its data is that of the
// packet. Tunnels are looked into: VXLAN, Geneve, GRE, MPLS and IP in IP.
func Decode(link uint32, b []byte, wire int) (Segment, Kind) {
	var d decoder
	d.missing = max(0, wire-len(b))
	kind := d.link(link, b)
	return d.segment, kind
}

// A decoder reads one packet.
type decoder struct {
	segment  Segment
	missing  int // bytes at the end of the packet that the capture does not have
	src, dst netip.Addr
	depth    int
}

// maxDepth bounds how many packets may be inside of each other.
const maxDepth = 8

func (d *decoder) link(link uint32, b []byte) Kind {
	size, kind := linkHeader(link)
	switch {
	case size < 0:
		return Kind{"link type", uint16(link)}
	case len(b) < size:
		return Short
	case kind < 0:
		return d.ether(version(b[size:]), b[size:])
	}
	return d.ether(binary.BigEndian.Uint16(b[kind:]), b[size:])
}

// Ethernet types.
const (
	typeIPv4   = 0x0800
	typeARP    = 0x0806
	typeBridge = 0x6558 // an Ethernet frame
	typeVLAN   = 0x8100
	typeIPv6   = 0x86dd
	typeMPLS   = 0x8847
	typeMPLS2  = 0x8848
	typePPPoE  = 0x8864
	typeQinQ   = 0x88a8
	typeQinQ2  = 0x9100
)

// ether reads what has an Ethernet type.
func (d *decoder) ether(kind uint16, b []byte) Kind {
	if d.depth++; d.depth > maxDepth {
		return Deep
	}
	switch kind {
	case typeIPv4:
		return d.ipv4(b)
	case typeIPv6:
		return d.ipv6(b)
	case typeBridge:
		return d.link(linkEthernet, b)
	case typeVLAN, typeQinQ, typeQinQ2:
		if len(b) < 4 {
			return Short
		}
		return d.ether(binary.BigEndian.Uint16(b[2:]), b[4:])
	case typePPPoE:
		if len(b) < 8 {
			return Short
		}
		return d.ether(version(b[8:]), b[8:])
	case typeMPLS, typeMPLS2:
		for len(b) >= 4 {
			last := b[2]&1 != 0 // of the labels
			if b = b[4:]; last {
				return d.ether(version(b), b)
			}
		}
		return Short
	}
	return Kind{"Ethernet type", kind}
}

// version returns the Ethernet type of an IP packet.
func version(b []byte) uint16 {
	if len(b) > 0 {
		switch b[0] >> 4 {
		case 4:
			return typeIPv4
		case 6:
			return typeIPv6
		}
	}
	return 0
}

// Protocols above IP.
const (
	protoHopByHop = 0
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAuth     = 51
	protoOptions  = 60
)

func (d *decoder) ipv4(b []byte) Kind {
	if len(b) < 20 {
		return Short
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if head < 20 || len(b) < head {
		return Short
	}
	if binary.BigEndian.Uint16(b[6:])&0x3fff != 0 {
		return fragment(b[9])
	}
	d.src, d.dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	return d.transport(b[9], d.payload(b, head, total))
}

func (d *decoder) ipv6(b []byte) Kind {
	if len(b) < 40 {
		return Short
	}
	d.src, d.dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	total := int(binary.BigEndian.Uint16(b[4:]))
	if total > 0 {
		total += 40
	}
	next, head := b[6], 40
	for range 8 {
		switch next {
		case protoHopByHop, protoRouting, protoOptions, protoFragment, protoAuth:
		default:
			return d.transport(next, d.payload(b, head, total))
		}
		if len(b) < head+8 {
			return Short
		}
		size := 8 + 8*int(b[head+1])
		switch next {
		case protoFragment:
			if binary.BigEndian.Uint16(b[head+2:])&^6 != 0 {
				return fragment(b[head])
			}
			size = 8
		case protoAuth:
			size = 8 + 4*int(b[head+1])
		}
		next, head = b[head], head+size
		if len(b) < head {
			return Short
		}
	}
	return Deep
}

// fragment returns the kind of a fragment of a packet of a protocol.
func fragment(proto uint8) Kind {
	switch proto {
	case protoTCP, protoGRE, protoIPv4, protoIPv6:
		return Fragment
	}
	return Kind{"IP protocol", uint16(proto)}
}

// payload returns what follows the head of an IP packet with a total length, 0
// when the network card was to fill it in, and notes how much of it is missing.
func (d *decoder) payload(b []byte, head, total int) []byte {
	switch {
	case total == 0:
		return b[head:]
	case total < head:
		d.missing = 0
		return nil
	case total <= len(b): // what follows is padding
		d.missing = 0
		return b[head:total]
	}
	d.missing = total - len(b)
	return b[head:]
}

// transport reads what an IP packet carries.
func (d *decoder) transport(proto uint8, b []byte) Kind {
	switch proto {
	case protoTCP:
		return d.tcp(b)
	case protoUDP:
		return d.udp(b)
	case protoGRE:
		return d.gre(b)
	case protoIPv4:
		return d.ether(typeIPv4, b)
	case protoIPv6:
		return d.ether(typeIPv6, b)
	}
	return Kind{"IP protocol", uint16(proto)}
}

func (d *decoder) tcp(b []byte) Kind {
	if len(b) < 20 {
		return Short
	}
	head := int(b[12]>>4) * 4
	if head < 20 || len(b) < head {
		return Short
	}
	d.segment = Segment{
		Src:     netip.AddrPortFrom(d.src, binary.BigEndian.Uint16(b)),
		Dst:     netip.AddrPortFrom(d.dst, binary.BigEndian.Uint16(b[2:])),
		Seq:     binary.BigEndian.Uint32(b[4:]),
		Ack:     binary.BigEndian.Uint32(b[8:]),
		Flags:   Flags(b[13]),
		Data:    b[head:],
		Missing: d.missing,
	}
	return TCP
}
