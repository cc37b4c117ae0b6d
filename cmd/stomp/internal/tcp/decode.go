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

// A Reason says why a packet is not a segment that can be used; "" when it is
// one, or simply something other than TCP.
type Reason string

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

// Ethernet types.
const (
	typeIPv4  = 0x0800
	typeIPv6  = 0x86dd
	typeVLAN  = 0x8100
	typeQinQ  = 0x88a8
	typeQinQ2 = 0x9100
	typePPPoE = 0x8864
)

// KnownLink reports whether packets of a link type can be read.
func KnownLink(link uint32) bool {
	switch link {
	case linkNull, linkEthernet, linkRawBSD, linkRawOpen, linkRaw, linkLoop, linkLinux, linkIPv4, linkIPv6, linkLinux2:
		return true
	}
	return false
}

const short Reason = "it is too short for its headers"

// Decode takes the segment out of a packet of a link type, which was wire bytes
// long. ok is false when there is none. Data is that of the packet.
func Decode(link uint32, b []byte, wire int) (s Segment, ok bool, why Reason) {
	missing := max(0, wire-len(b))
	var kind uint16
	switch link {
	case linkEthernet:
		if len(b) < 14 {
			return s, false, short
		}
		kind, b = binary.BigEndian.Uint16(b[12:]), b[14:]
	case linkLinux:
		if len(b) < 16 {
			return s, false, short
		}
		kind, b = binary.BigEndian.Uint16(b[14:]), b[16:]
	case linkLinux2:
		if len(b) < 20 {
			return s, false, short
		}
		kind, b = binary.BigEndian.Uint16(b), b[20:]
	case linkNull, linkLoop:
		if len(b) < 4 {
			return s, false, short
		}
		b = b[4:] // the family of addresses, which the packet itself has too
		kind = version(b)
	default:
		kind = version(b)
	}
	for range 4 {
		switch kind {
		case typeVLAN, typeQinQ, typeQinQ2:
			if len(b) < 4 {
				return s, false, short
			}
			kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
		case typePPPoE:
			if len(b) < 8 {
				return s, false, short
			}
			b = b[8:]
			kind = version(b)
		}
	}
	switch kind {
	case typeIPv4:
		return ipv4(b, missing)
	case typeIPv6:
		return ipv6(b, missing)
	}
	return s, false, ""
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

const fragment Reason = "it is a fragment of an IP packet; fragments are not put together"

// Protocols above IP.
const (
	protoHopByHop = 0
	protoTCP      = 6
	protoRouting  = 43
	protoFragment = 44
	protoAuth     = 51
	protoOptions  = 60
)

func ipv4(b []byte, missing int) (s Segment, ok bool, why Reason) {
	if len(b) < 20 {
		return s, false, short
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if b[9] != protoTCP {
		return s, false, ""
	}
	if head < 20 || len(b) < head {
		return s, false, short
	}
	if binary.BigEndian.Uint16(b[6:])&0x3fff != 0 {
		return s, false, fragment
	}
	src, dst := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	payload, missing := payload(b, head, total, missing)
	return segment(src, dst, payload, missing)
}

// payload returns what follows the head of an IP packet with a total length, 0
// when the network card was to fill it in, and how much of it is missing.
func payload(b []byte, head, total, missing int) ([]byte, int) {
	switch {
	case total == 0:
		return b[head:], missing
	case total < head:
		return nil, 0
	case total <= len(b): // what follows is padding
		return b[head:total], 0
	}
	return b[head:], total - len(b)
}

func ipv6(b []byte, missing int) (s Segment, ok bool, why Reason) {
	if len(b) < 40 {
		return s, false, short
	}
	src, dst := netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	total := int(binary.BigEndian.Uint16(b[4:]))
	if total > 0 {
		total += 40
	}
	next, head := b[6], 40
	for range 8 {
		switch next {
		case protoTCP:
			payload, missing := payload(b, head, total, missing)
			return segment(src, dst, payload, missing)
		case protoHopByHop, protoRouting, protoOptions, protoFragment, protoAuth:
			if len(b) < head+8 {
				return s, false, short
			}
			size := 8 + 8*int(b[head+1])
			switch next {
			case protoFragment:
				if binary.BigEndian.Uint16(b[head+2:])&^6 != 0 {
					return s, false, fragment
				}
				size = 8
			case protoAuth:
				size = 8 + 4*int(b[head+1])
			}
			next, head = b[head], head+size
			if len(b) < head {
				return s, false, short
			}
		default:
			return s, false, ""
		}
	}
	return s, false, ""
}

func segment(src, dst netip.Addr, b []byte, missing int) (s Segment, ok bool, why Reason) {
	if len(b) < 20 {
		return s, false, short
	}
	head := int(b[12]>>4) * 4
	if head < 20 || len(b) < head {
		return s, false, short
	}
	return Segment{
		Src:     netip.AddrPortFrom(src, binary.BigEndian.Uint16(b)),
		Dst:     netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:])),
		Seq:     binary.BigEndian.Uint32(b[4:]),
		Ack:     binary.BigEndian.Uint32(b[8:]),
		Flags:   Flags(b[13]),
		Data:    b[head:],
		Missing: missing,
	}, true, ""
}
