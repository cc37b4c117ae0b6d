package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/craft"
	"github.com/stompwire/stomp/cmd/stomp/internal/pcap"
)

var begin = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)

// file returns a capture of n packets of 40 bytes, a second apart.
func file(ng, nano bool, order binary.AppendByteOrder, n int) []byte {
	var b bytes.Buffer
	make := craft.NewPCAP
	if ng {
		make = craft.NewPCAPNG
	}
	f := make(&b, order, nano, craft.Raw)
	for i := range n {
		f.Packet(begin.Add(time.Duration(i)*time.Second), bytes.Repeat([]byte{byte(i + 1)}, 40))
	}
	return b.Bytes()
}

// read returns what a reader says of a capture.
func read(b []byte) string {
	r, err := pcap.NewReader(bytes.NewReader(b))
	if err != nil {
		return err.Error()
	}
	var s strings.Builder
	for {
		p, err := r.Next()
		var e *pcap.Error
		switch {
		case err == io.EOF:
			return s.String()
		case errors.As(err, &e):
			fmt.Fprintf(&s, "%v final=%v\n", e, e.Final)
		case err != nil:
			fmt.Fprintf(&s, "%v\n", err)
			return s.String()
		default:
			fmt.Fprintf(&s, "%d %s %d of %d, %d\n", p.Number, p.Time.UTC().Format("05.999999999"), len(p.Data), p.Size, p.Data[0])
		}
	}
}

const three = "1 05.678901 40 of 40, 1\n2 06.678901 40 of 40, 2\n3 07.678901 40 of 40, 3\n"

func TestRead(t *testing.T) {
	for _, ng := range []bool{false, true} {
		for _, nano := range []bool{false, true} {
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				b := file(ng, nano, order, 3)
				if got := read(b); got != three {
					t.Errorf("ng %v, nano %v, %v: got\n%s", ng, nano, order, got)
				}
				if !pcap.IsCapture(b[:4]) {
					t.Errorf("ng %v, nano %v, %v: not recognized", ng, nano, order)
				}
			}
		}
	}
}

func TestReadTruncated(t *testing.T) {
	for _, ng := range []bool{false, true} {
		b := file(ng, false, binary.LittleEndian, 3)
		got := read(b[:len(b)-10])
		if want := "1 05.678901 40 of 40, 1\n2 06.678901 40 of 40, 2\npacket 3: the capture ends inside it final=true\n"; got != want {
			t.Errorf("ng %v: got\n%s", ng, got)
		}
	}
}

// What follows on a record that makes no sense is read.
func TestReadCorrupt(t *testing.T) {
	plain := file(false, false, binary.LittleEndian, 5)
	binary.LittleEndian.PutUint32(plain[24+56+8:], 0xfffffff0) // the length of the second one
	want := "1 05.678901 40 of 40, 1\npacket 2: the record makes no sense; went on 56 bytes later final=false\n" +
		"2 07.678901 40 of 40, 3\n3 08.678901 40 of 40, 4\n4 09.678901 40 of 40, 5\n"
	if got := read(plain); got != want {
		t.Errorf("pcap: got\n%s", got)
	}
	ng := file(true, false, binary.LittleEndian, 5)
	binary.LittleEndian.PutUint32(ng[28+20+72+4:], 0x80000001)
	want = strings.Replace(want, "56 bytes", "72 bytes", 1)
	if got := read(ng); got != want {
		t.Errorf("pcapng: got\n%s", got)
	}
	ng = file(true, false, binary.LittleEndian, 2)
	binary.LittleEndian.PutUint32(ng[28+20+8:], 7)
	want = "packet 1: it was captured on interface 7, of which nothing is known final=false\n2 06.678901 40 of 40, 2\n"
	if got := read(ng); got != want {
		t.Errorf("interface: got\n%s", got)
	}
}

// A claimed length does not take memory.
func TestReadClaimed(t *testing.T) {
	b := file(false, false, binary.LittleEndian, 1)
	binary.LittleEndian.PutUint32(b[24+8:], 16<<20)
	var bad error
	n := testing.AllocsPerRun(1, func() {
		r, _ := pcap.NewReader(bytes.NewReader(b))
		_, bad = r.Next()
	})
	if bad == nil || n > 20 {
		t.Errorf("%v, %v allocations", bad, n)
	}
}

func TestSimplePacketBlock(t *testing.T) {
	var b bytes.Buffer
	f := craft.NewPCAPNG(&b, binary.BigEndian, false, craft.Raw)
	f.Block(3, []byte{0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'})
	f.Block(0x0bad, []byte("ignored"))
	if got, want := read(b.Bytes()), "1 00 5 of 5, 104\n"; got != want && !strings.HasSuffix(got, " 5 of 5, 104\n") {
		t.Errorf("got %s", got)
	}
}

func FuzzReader(f *testing.F) {
	for _, ng := range []bool{false, true} {
		f.Add(file(ng, false, binary.LittleEndian, 3))
		f.Add(file(ng, true, binary.BigEndian, 2))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := pcap.NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			p, err := r.Next()
			if err == io.EOF {
				return
			}
			if n > len(b) {
				t.Fatal("it does not end")
			}
			var e *pcap.Error
			if err != nil && !errors.As(err, &e) {
				t.Fatal(err)
			}
			if len(p.Data) > len(b) {
				t.Fatal("more than there is")
			}
		}
	})
}
