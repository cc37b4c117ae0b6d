package websocket

import "encoding/binary"

// Frame returns a frame, as tests need them. first is its first byte: opcode and
// flags. A nil mask is for none.
func Frame(first byte, mask []byte, payload []byte) []byte {
	b := []byte{first}
	bit := byte(0)
	if mask != nil {
		bit = 0x80
	}
	switch n := len(payload); {
	case n < 126:
		b = append(b, bit|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, bit|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, bit|127), uint64(n))
	}
	b = append(b, mask...)
	for i, c := range payload {
		if mask != nil {
			c ^= mask[i&3]
		}
		b = append(b, c)
	}
	return b
}
