package tcp

import "encoding/binary"

// Ports of tunnels over UDP. Linux used 8472 for VXLAN before 4789 was assigned.
const (
	portVXLAN      = 4789
	portVXLANLinux = 8472
	portGeneve     = 6081
)

// udp looks for a tunnel.
func (d *decoder) udp(b []byte) Kind {
	is := Kind{"IP protocol", protoUDP}
	if len(b) < 16 {
		return is
	}
	port, b := binary.BigEndian.Uint16(b[2:]), b[8:]
	switch port {
	case portVXLAN, portVXLANLinux:
		if b[0]&^0x80 == 0x08 { // the only flags that are in use
			return d.ether(typeBridge, b[8:])
		}
	case portGeneve:
		head := 8 + 4*int(b[0]&0x3f)
		if b[0]>>6 == 0 && len(b) >= head {
			return d.ether(binary.BigEndian.Uint16(b[2:]), b[head:])
		}
	}
	return is
}

// gre reads a packet of GRE (RFC 2784, RFC 2890).
func (d *decoder) gre(b []byte) Kind {
	if len(b) < 4 {
		return Short
	}
	flags, kind := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if flags&0x4007 != 0 { // with routing, or of another version
		return Kind{"IP protocol", protoGRE}
	}
	head := 4
	for _, field := range [...]uint16{0x8000, 0x2000, 0x1000} { // checksum, key, sequence number
		if flags&field != 0 {
			head += 4
		}
	}
	if len(b) < head {
		return Short
	}
	return d.ether(kind, b[head:])
}
