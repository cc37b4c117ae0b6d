package capture

import (
	"cmp"
	"container/list"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/pcap"
	"github.com/stompwire/stomp/cmd/stomp/internal/tcp"
)

// maxConnections bounds the connections that are kept in mind, those that have
// ended among them: more packets of theirs may come. The one that has been
// silent for longest is forgotten first.
const maxConnections = 1 << 16

// defaultWaiting is the default of Options.Waiting. In one connection, far less
// can wait.
const defaultWaiting = 64 << 20

// maxWindows bounds what inflating messages takes: 32 KiB for each side of some
// ten thousand connections.
const maxWindows = 512 << 20

// ReadPackets reads a pcap or pcapng file. What is wrong with some of it is told
// as a note, and the rest is read. The error is one of the handler, of r, or
// that r is no capture.
func ReadPackets(r io.Reader, o *Options, h Handler) (*Summary, error) {
	p := &packets{
		o: o, h: h, summary: Summary{Others: map[string]int{}},
		all: map[pair]*list.Element{}, told: map[string]int64{}, spoken: map[string]bool{}, skipped: map[tcp.Kind]int64{},
	}
	p.out = &output{h, o, &p.summary}
	file, err := pcap.NewReader(r)
	if err != nil {
		return &p.summary, err
	}
	for {
		packet, err := file.Next()
		var bad *pcap.Error
		switch {
		case errors.As(err, &bad):
			p.note(bad.Packet, bad.Text)
			continue // what is final is followed by io.EOF
		case err == io.EOF:
			return &p.summary, p.finish()
		case err != nil:
			return &p.summary, errors.Join(p.finish(), err)
		}
		if err := p.packet(packet); err != nil {
			return &p.summary, err
		}
	}
}

// packets reads the packets of a file.
type packets struct {
	o       *Options
	h       Handler
	out     *output
	summary Summary
	all     map[pair]*list.Element // of *connection
	recent  list.List              // the one with the last packet in front
	told    map[string]int64       // how often a note was not told
	spoken  map[string]bool        // protocols that were told
	skipped map[tcp.Kind]int64     // packets that are not TCP
	budget  tcp.Budget             // for segments that wait
	usage   usage                  // of all connections, besides these
	at      time.Time              // of the packet
}

// A pair is the ends of a connection, the smaller one first.
type pair [2]netip.AddrPort

func pairOf(a, b netip.AddrPort) (p pair, from int) {
	if a.Compare(b) > 0 {
		return pair{b, a}, 1
	}
	return pair{a, b}, 0
}

const maxNotes = 64 // kinds of notes

// note tells what is wrong with a packet, the first time that it is.
func (p *packets) note(packet int64, text string) {
	n, again := p.told[text]
	if again {
		p.told[text] = n + 1
		return
	}
	if len(p.told) < maxNotes {
		p.told[text] = 0
		p.h.Note(fmt.Sprintf("packet %d: %s", packet, text))
	}
}

func (p *packets) packet(packet pcap.Packet) error {
	p.summary.Packets = packet.Number
	if packet.Time.After(p.at) {
		p.at = packet.Time
	}
	if !tcp.KnownLink(packet.Link) {
		p.note(packet.Number, fmt.Sprintf("packets of link type %d are not read; capture on an Ethernet, loopback or \"any\" interface", packet.Link))
		return nil
	}
	s, kind := tcp.Decode(packet.Link, packet.Data, packet.Size)
	if kind != tcp.TCP {
		if why := kind.Wrong(); why != "" {
			p.note(packet.Number, why)
		} else {
			p.skipped[kind]++
		}
		return nil
	}
	if !p.o.has(s.Src, s.Dst) {
		return nil
	}
	p.summary.Segments++
	if s.Missing > 0 {
		p.note(packet.Number, "it was cut when it was captured; tcpdump -s 0 captures packets as a whole")
	}
	return p.segment(s)
}

// segment gives a segment to its connection.
func (p *packets) segment(s tcp.Segment) error {
	key, from := pairOf(s.Src, s.Dst)
	element := p.all[key]
	opens := s.Flags&tcp.SYN != 0 && s.Flags&tcp.ACK == 0
	if element != nil && opens && element.Value.(*connection).replaced(from, s) {
		c := element.Value.(*connection)
		if err := c.close(); err != nil {
			return err
		}
		p.forget(element)
		element = nil
	}
	if element == nil {
		if s.Flags&tcp.RST != 0 || s.Flags&tcp.SYN == 0 && len(s.Data) == 0 {
			return nil
		}
		if len(p.all) >= maxConnections {
			if err := p.evict(); err != nil {
				return err
			}
		}
		element = p.recent.PushFront(newConnection(p, key))
		p.all[key] = element
	} else {
		p.recent.MoveToFront(element)
	}
	c := element.Value.(*connection)
	err := c.segment(from, s)
	c.count()
	for err == nil && p.recent.Len() > 1 {
		why := p.exceeded()
		if why == "" {
			break
		}
		p.note(p.summary.Packets, why+"; the connection that has been silent for longest is given up")
		err = p.evict()
	}
	return err
}

// exceeded says which limit all connections together exceed, "" for none.
func (p *packets) exceeded() string {
	switch most := cmp.Or(p.o.Waiting, defaultWaiting); {
	case p.usage.waiting > most:
		return fmt.Sprintf("more than %d bytes wait for the rest of a message", most)
	case p.usage.windows > maxWindows:
		return fmt.Sprintf("more than %d bytes of earlier messages are needed to inflate the next ones", maxWindows)
	}
	return ""
}

// evict ends the connection that has been silent for longest.
func (p *packets) evict() error {
	last := p.recent.Back()
	if err := last.Value.(*connection).close(); err != nil {
		return err
	}
	p.forget(last)
	return nil
}

func (p *packets) forget(element *list.Element) {
	delete(p.all, element.Value.(*connection).ends)
	p.recent.Remove(element)
}

// notTCP says how many packets are not TCP, by kind, "" for none.
func (p *packets) notTCP() string {
	kinds := slices.SortedFunc(maps.Keys(p.skipped), func(a, b tcp.Kind) int {
		return cmp.Or(cmp.Compare(p.skipped[b], p.skipped[a]), cmp.Compare(a.String(), b.String()))
	})
	var all, others int64
	var list []string
	for i, kind := range kinds {
		n := p.skipped[kind]
		if all += n; i < maxKinds {
			list = append(list, fmt.Sprintf("%d %s", n, kind))
		} else {
			others += n
		}
	}
	if others > 0 {
		list = append(list, fmt.Sprintf("%d others", others))
	}
	switch all {
	case 0:
		return ""
	case 1:
		return "1 packet is not TCP, and not read: " + kinds[0].String()
	}
	return fmt.Sprintf("%d packets are not TCP, and not read: %s", all, strings.Join(list, ", "))
}

const maxKinds = 8 // that are named

// finish ends what is in progress, in the order in which it began.
func (p *packets) finish() error {
	for _, text := range slices.Sorted(maps.Keys(p.told)) {
		if n := p.told[text]; n > 0 {
			p.h.Note(fmt.Sprintf("%d more packets: %s", n, text))
		}
	}
	if text := p.notTCP(); text != "" {
		p.h.Note(text)
	}
	for element := p.recent.Back(); element != nil; element = element.Prev() {
		if err := element.Value.(*connection).close(); err != nil {
			return err
		}
	}
	return nil
}
