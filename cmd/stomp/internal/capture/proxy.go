package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

const (
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	maxProxyLine   = 107 // of version 1
)

// proxyHeader returns the size of the header of the PROXY protocol that b begins
// with, and the address of the client as far as it says that. size is 0 when more
// of it has to come, -1 when it makes no sense.
// See https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
func proxyHeader(b []byte) (size int, source string) {
	if rest, ok := bytes.CutPrefix(b, []byte(proxySignature)); ok {
		if len(rest) < 4 {
			return 0, ""
		}
		size = len(proxySignature) + 4 + int(binary.BigEndian.Uint16(rest[2:]))
		if len(b) < size {
			return 0, ""
		}
		address := rest[4 : size-len(proxySignature)]
		switch {
		case rest[1] == 0x11 && len(address) >= 12:
			return size, netip.AddrPortFrom(netip.AddrFrom4([4]byte(address)), binary.BigEndian.Uint16(address[8:])).String()
		case rest[1] == 0x21 && len(address) >= 36:
			return size, netip.AddrPortFrom(netip.AddrFrom16([16]byte(address)), binary.BigEndian.Uint16(address[32:])).String()
		}
		return size, ""
	}
	line, _, whole := bytes.Cut(b, []byte("\r\n"))
	if !whole {
		if len(b) > maxProxyLine {
			return -1, ""
		}
		return 0, ""
	}
	if words := strings.Fields(string(line)); len(words) == 6 {
		address, err := netip.ParseAddr(words[2])
		port, err2 := strconv.ParseUint(words[4], 10, 16)
		if err == nil && err2 == nil {
			source = netip.AddrPortFrom(address, uint16(port)).String()
		}
	}
	return len(line) + 2, source
}
