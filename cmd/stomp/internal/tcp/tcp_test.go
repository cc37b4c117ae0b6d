package tcp_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stompwire/stomp/cmd/stomp/internal/craft"
	"github.com/stompwire/stomp/cmd/stomp/internal/tcp"
)

func TestDecode(t *testing.T) {
	for name, link := range craft.Links {
		for _, ends := range [][2]string{{"10.0.0.1:5", "10.0.0.2:61613"}, {"[fd00::1]:5", "[fd00::2]:61613"}} {
			s := craft.Segment{Src: netip.MustParseAddrPort(ends[0]), Dst: netip.MustParseAddrPort(ends[1]), Seq: 7, Ack: 9, Flags: craft.ACK, Data: []byte("hello")}
			b := link.Packet(s)
			// Short packets are padded on Ethernet.
			for _, b := range [][]byte{b, append(bytes.Clone(b), 0, 0, 0)} {
				got, kind := tcp.Decode(link.Type, b, len(b))
				if kind != tcp.TCP || got.Src != s.Src || got.Dst != s.Dst || got.Seq != 7 || got.Ack != 9 || got.Flags != tcp.ACK || string(got.Data) != "hello" || got.Missing != 0 {
					t.Errorf("%s, %s: %+v %v", name, ends[0], got, kind)
				}
			}
			if got, kind := tcp.Decode(link.Type, b[:len(b)-2], len(b)); kind != tcp.TCP || string(got.Data) != "hel" || got.Missing != 2 {
				t.Errorf("%s, cut: %+v %v", name, got, kind)
			}
			for n := range len(b) - 5 {
				if got, kind := tcp.Decode(link.Type, b[:n], len(b)); kind == tcp.TCP {
					t.Errorf("%s, %d bytes: %+v", name, n, got)
				}
			}
		}
	}
}

// raw returns an IP packet from 10.0.0.1:5 to 10.0.0.2:6, of TCP with two bytes of
// data, or of a protocol with other data.
func raw(proto byte, data ...[]byte) []byte {
	s := craft.Segment{Src: netip.MustParseAddrPort("10.0.0.1:5"), Dst: netip.MustParseAddrPort("10.0.0.2:6"), Data: []byte("hi")}
	b := craft.Raw.Packet(s)
	if proto != 6 {
		b = bytes.Join(append([][]byte{b[:20]}, data...), nil)
		b[2], b[3], b[9] = byte(len(b)>>8), byte(len(b)), proto
	}
	return b
}

func udp(port uint16, data ...[]byte) []byte {
	head := []byte{0, 5, byte(port >> 8), byte(port), 0, 0, 0, 0}
	return raw(17, append([][]byte{head}, data...)...)
}

// Tunnels are looked into, but not into too many.
func TestDecodeTunnels(t *testing.T) {
	inner := raw(6)
	frame := append(append(make([]byte, 12), 8, 0), inner...)
	deep := inner
	for range 6 {
		deep = raw(4, deep)
	}
	tagged := append(append(make([]byte, 12), 0x81, 0, 0, 1, 8, 0), inner...)
	for name, b := range map[string][]byte{
		"VXLAN":                   udp(4789, []byte{8, 0, 0, 0, 0, 0, 1, 0}, frame),
		"VXLAN of a VLAN":         udp(8472, []byte{8, 0, 0, 0, 0, 0, 1, 0}, tagged),
		"Geneve":                  udp(6081, []byte{0, 0, 0x65, 0x58, 0, 0, 1, 0}, frame),
		"Geneve with options, IP": udp(6081, []byte{1, 0, 8, 0, 0, 0, 1, 0, 1, 2, 3, 4}, inner),
		"GRE":                     raw(47, []byte{0, 0, 8, 0}, inner),
		"GRE with all fields":     raw(47, []byte{0xb0, 0, 0x65, 0x58, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, frame),
		"MPLS in GRE":             raw(47, []byte{0, 0, 0x88, 0x47, 0, 0, 0x10, 64, 0, 0, 0x21, 64}, inner),
		"IP in IP":                raw(4, inner),
		"six deep":                deep,
	} {
		padded := append(bytes.Clone(b), 0, 0, 0)
		for _, b := range [][]byte{b, padded} {
			s, kind := tcp.Decode(101, b, len(b))
			if kind != tcp.TCP || s.Dst.String() != "10.0.0.2:6" || string(s.Data) != "hi" || s.Missing != 0 {
				t.Errorf("%s: %+v %v", name, s, kind)
			}
		}
		if s, kind := tcp.Decode(101, b[:len(b)-1], len(b)); kind != tcp.TCP || string(s.Data) != "h" || s.Missing != 1 {
			t.Errorf("%s, cut: %+v %v", name, s, kind)
		}
		for n := range len(b) - 2 {
			if s, kind := tcp.Decode(101, b[:n], len(b)); kind == tcp.TCP {
				t.Errorf("%s, %d bytes: %+v", name, n, s)
			}
		}
	}
	if _, kind := tcp.Decode(101, raw(4, raw(4, raw(4, deep))), 1000); kind != tcp.Deep {
		t.Errorf("nine deep: %v", kind)
	}
}

func TestDecodeOthers(t *testing.T) {
	fragment := raw(6)
	fragment[6] = 0x20
	part := udp(53, make([]byte, 8))
	part[6] = 0x20
	ether := func(kind ...byte) []byte { return append(append(make([]byte, 12), kind...), make([]byte, 50)...) }
	for _, tt := range []struct {
		link   uint32
		packet []byte
		want   string
		wrong  bool
	}{
		{101, udp(53, make([]byte, 8)), "UDP", false},
		{101, udp(53), "UDP", false},
		{101, udp(4789, make([]byte, 20)), "UDP", false},
		{101, udp(6081, []byte{0xff, 0, 8, 0, 0, 0, 0, 0}), "UDP", false},
		{101, part, "UDP", false},
		{101, raw(1), "ICMP", false},
		{101, raw(50), "ESP (encrypted)", false},
		{101, raw(89), "IP protocol 89", false},
		{101, raw(47, []byte{0x30, 1, 0x88, 0x0b}), "GRE of another version", false},
		{101, raw(47, []byte{0, 0, 0x88, 0xbe}), "Ethernet type 0x88be", false},
		{101, raw(47, []byte{0xb0, 0, 8, 0}), tcp.Short.String(), true},
		{101, fragment, tcp.Fragment.String(), true},
		{101, []byte("?"), "no IP", false},
		{1, ether(8, 6), "ARP", false},
		{1, ether(0, 50), "LLC", false},
		{1, ether(0x88, 0x47), tcp.Short.String(), true},
		{147, ether(8, 0), "link type 147", false},
	} {
		if s, kind := tcp.Decode(tt.link, tt.packet, len(tt.packet)); kind.String() != tt.want || (kind.Wrong() != "") != tt.wrong {
			t.Errorf("%s: %+v %v %q", tt.want, s, kind, kind.Wrong())
		}
	}
	if tcp.KnownLink(147) || !tcp.KnownLink(0) {
		t.Error("known links")
	}
}

// half returns a half that appends what it gives to a string, what is missing in
// angle brackets.
func half(out *bytes.Buffer) *tcp.Half {
	return &tcp.Half{
		Data:    func(b []byte) { out.Write(b) },
		Missing: func(n int) { fmt.Fprintf(out, "<%d>", n) },
	}
}

func TestHalf(t *testing.T) {
	type segment = tcp.Segment
	data := func(seq uint32, s string) segment { return segment{Seq: seq, Data: []byte(s)} }
	for _, tt := range []struct {
		name string
		in   []segment
		ack  uint32
		want string
	}{
		{"in order", []segment{data(101, "abc"), data(104, "def")}, 0, "abcdef"},
		{"twice", []segment{data(101, "abc"), data(101, "abc"), data(104, "def"), data(101, "abcdef")}, 0, "abcdef"},
		{"out of order", []segment{data(107, "ghi"), data(104, "def"), data(101, "abc")}, 0, "abcdefghi"},
		{"overlap, the first counts", []segment{data(101, "abc"), data(102, "XYdef")}, 0, "abcdef"},
		{"overlap of what waits", []segment{data(103, "cde"), data(105, "efg"), data(101, "ab")}, 0, "abcdefg"},
		{"the larger one waits", []segment{data(103, "c"), data(103, "cde"), data(101, "ab")}, 0, "abcde"},
		{"keep-alive", []segment{data(101, "abc"), data(103, "\x00"), data(104, "d")}, 0, "abcd"},
		{"missing at the end", []segment{data(101, "abc"), data(110, "jkl")}, 0, "abc<6>jkl"},
		{"cut by the capture", []segment{{Seq: 101, Data: []byte("ab"), Missing: 2}, data(105, "ef")}, 0, "ab<2>ef"},
		{"a piece of what was cut", []segment{{Seq: 101, Data: []byte("ab"), Missing: 2}, data(103, "cdef")}, 0, "ab<2>ef"},
		{"far ahead", []segment{data(101, "abc"), data(101+1<<31-10, "x")}, 0, "abc<2147483635>x"},
	} {
		var out bytes.Buffer
		h := half(&out)
		h.Start(100)
		for _, s := range tt.in {
			h.Take(s)
		}
		h.Close()
		if out.String() != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, &out, tt.want)
		}
	}
}

// What the peer has acknowledged and does not come is given up.
func TestHalfAcked(t *testing.T) {
	var out bytes.Buffer
	h := half(&out)
	h.Start(100)
	h.Take(tcp.Segment{Seq: 104, Data: []byte("def")})
	for range 40 {
		h.Acked(104)
	}
	if out.String() != "<3>def" {
		t.Errorf("got %q", &out)
	}
	// Behind is known before any later segment has come.
	out.Reset()
	h = half(&out)
	h.Start(100)
	h.Take(tcp.Segment{Seq: 101, Data: []byte("abc")})
	h.Acked(104)
	if h.Behind() {
		t.Error("behind, though all has come")
	}
	h.Acked(110)
	if !h.Behind() {
		t.Error("not behind")
	}
	h.Take(tcp.Segment{Seq: 106, Data: []byte("fg")})
	h.GiveUp(110)
	if out.String() != "abc<2>fg<2>" || h.Behind() {
		t.Errorf("got %q", &out)
	}
	// A half whose peer says nothing is bounded.
	out.Reset()
	h = half(&out)
	h.Start(100)
	for i := range uint32(200) {
		h.Take(tcp.Segment{Seq: 110 + i<<16, Data: make([]byte, 1<<16)})
	}
	if out.Len() < 100<<16 {
		t.Errorf("%d bytes given", out.Len())
	}
}

// What waits is bounded, of one half and of all together.
func TestHalfBudget(t *testing.T) {
	var budget tcp.Budget
	given := 0
	for i := range 200 { // each might keep 4 MiB
		h := &tcp.Half{Data: func(b []byte) { given += len(b) }, Missing: func(int) {}, Budget: &budget}
		h.Start(uint32(i))
		for k := range uint32(40) {
			h.Take(tcp.Segment{Seq: uint32(i) + 10 + k<<16, Data: make([]byte, 1<<16)})
		}
	}
	if given < 200<<20 {
		t.Errorf("%d MiB given, so that %d wait", given>>20, 200*40>>4-given>>20)
	}
}

// However segments are cut, repeated and moved, what comes out is what was sent,
// across the wrap of sequence numbers.
func TestHalfAnyOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		sent := make([]byte, 1+rnd.IntN(4000))
		for i := range sent {
			sent[i] = byte(rnd.Uint32())
		}
		start := uint32(0) - uint32(rnd.IntN(2*len(sent)))
		var list []tcp.Segment
		for at := 0; at < len(sent); {
			n := min(len(sent)-at, 1+rnd.IntN(200))
			list = append(list, tcp.Segment{Seq: start + 1 + uint32(at), Data: bytes.Clone(sent[at : at+n])})
			at += n
		}
		for range rnd.IntN(10) { // retransmissions, cut otherwise
			at := rnd.IntN(len(sent))
			n := min(len(sent)-at, 1+rnd.IntN(300))
			list = append(list, tcp.Segment{Seq: start + 1 + uint32(at), Data: bytes.Clone(sent[at : at+n])})
		}
		rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		var out bytes.Buffer
		h := half(&out)
		h.Start(start)
		for _, s := range list {
			h.Take(s)
		}
		if !bytes.Equal(out.Bytes(), sent) {
			t.Fatalf("round %d: %d bytes of %d, or others", round, out.Len(), len(sent))
		}
	}
}

func FuzzDecode(f *testing.F) {
	s := craft.Segment{Src: netip.MustParseAddrPort("[fd00::1]:5"), Dst: netip.MustParseAddrPort("[fd00::2]:6"), Data: []byte("x")}
	for _, link := range craft.Links {
		f.Add(link.Type, link.Packet(s))
	}
	f.Fuzz(func(t *testing.T, link uint32, b []byte) {
		s, kind := tcp.Decode(link, b, len(b)+3)
		if kind != tcp.TCP {
			_ = kind.String() + kind.Wrong()
			return
		}
		var out bytes.Buffer
		h := half(&out)
		h.Take(s)
		h.Take(s)
		h.Close()
		keepAlive := len(s.Data) == 1 && s.Data[0] == 0
		if !keepAlive && !bytes.HasPrefix(out.Bytes(), s.Data) {
			t.Fatalf("%+v: %q", s, &out)
		}
	})
}
