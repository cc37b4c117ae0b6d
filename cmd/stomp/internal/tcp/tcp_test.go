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
				got, ok, why := tcp.Decode(link.Type, b, len(b))
				if !ok || why != "" || got.Src != s.Src || got.Dst != s.Dst || got.Seq != 7 || got.Ack != 9 || got.Flags != tcp.ACK || string(got.Data) != "hello" || got.Missing != 0 {
					t.Errorf("%s, %s: %+v %v %q", name, ends[0], got, ok, why)
				}
			}
			if got, ok, _ := tcp.Decode(link.Type, b[:len(b)-2], len(b)); !ok || string(got.Data) != "hel" || got.Missing != 2 {
				t.Errorf("%s, cut: %+v %v", name, got, ok)
			}
			for n := range len(b) - 5 {
				if got, ok, _ := tcp.Decode(link.Type, b[:n], len(b)); ok {
					t.Errorf("%s, %d bytes: %+v", name, n, got)
				}
			}
		}
	}
}

func TestDecodeOthers(t *testing.T) {
	s := craft.Segment{Src: netip.MustParseAddrPort("10.0.0.1:5"), Dst: netip.MustParseAddrPort("10.0.0.2:6")}
	udp := craft.Raw.Packet(s)
	udp[9] = 17
	fragment := craft.Raw.Packet(s)
	fragment[6] = 0x20
	arp := append(make([]byte, 12), 8, 6, 0, 1)
	for name, tt := range map[string]struct {
		link   uint32
		packet []byte
		reason bool
	}{"UDP": {101, udp, false}, "fragment": {101, fragment, true}, "ARP": {1, arp, false}} {
		if got, ok, why := tcp.Decode(tt.link, tt.packet, len(tt.packet)); ok || (why != "") != tt.reason {
			t.Errorf("%s: %+v %v %q", name, got, ok, why)
		}
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
		s, ok, _ := tcp.Decode(link, b, len(b)+3)
		if !ok {
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
