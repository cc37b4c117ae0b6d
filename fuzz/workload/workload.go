// Package workload makes streams for benchmarks that compare STOMP codecs.
//
//	func BenchmarkRead(b *testing.B) {
//		for w := range workload.All() {
//			stream, n := w.Stream(1 << 20)
//			b.Run("workload="+w.Name, func(b *testing.B) {
//				for b.Loop() {
//					... read n frames from stream
//
// The streams are STOMP 1.2. Compare a codec with [ScanFloor], which only finds the
// frames.
//
// # What is promised
//
// A name stands for the same bytes in every release, so figures from different times
// can be compared. A new workload gets a new name.
package workload

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Workload is a kind of frame.
type Workload struct {
	Name  string
	frame func(b *bytes.Buffer, i int) // appends the wire form of frame number i, in 1.2
}

var all = []Workload{
	{"ack", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "ACK\nid:%d\ntransaction:tx\n\n\x00\n", 100000+i)
	}},
	{"telemetry", func(b *bytes.Buffer, i int) {
		body := fmt.Sprintf(`{"t":%d,"temp":21.5,"hum":40}`, 1700000000+i)
		fmt.Fprintf(b, "MESSAGE\nsubscription:sub-0\nmessage-id:T_%07d\ndestination:/topic/telemetry.%d\n"+
			"content-type:application/json\npriority:4\ncontent-length:%d\n\n%s\x00\n", i, i%10, len(body), body)
	}},
	{"orders", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "MESSAGE\nmessage-id:ID\\chost-36145-1700000000000-2\\c1\\c-1\\c1\\c%07d\n"+
			"destination:/queue/orders.incoming.eu.west\nsubscription:sub-17\npriority:4\nexpires:0\npersistent:true\n"+
			"timestamp:1700000000000\ncorrelation-id:0123456789-0123456789-0123456789\n"+
			"x-trace:00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\ntype:order\ncontent-type:text/plain\n"+
			"content-length:512\n\n%s\x00\n", i, text(512))
	}},
	{"text4k", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "SEND\ndestination:/queue/text.%d\ncontent-type:text/plain\n\n%s\x00\n", i%10, text(4<<10))
	}},
	{"blob64k", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "SEND\ndestination:/queue/blob.%d\ncontent-length:65536\n\n%s\x00\n", i%10, strings.Repeat("\x00\n:\xff", 16<<10))
	}},
}

func text(size int) string {
	return strings.Repeat("all work and no play makes a dull frame\n", size/40+1)[:size]
}

// All returns an iterator over the workloads, those with the smallest frames first:
// ack, telemetry (a JSON body), orders (12 headers and 512 bytes of text), text4k
// (without content-length) and blob64k (with content-length).
func All() iter.Seq[Workload] { return slices.Values(all) }

// Named returns the workload with a name.
func Named(name string) (Workload, bool) {
	i := slices.IndexFunc(all, func(w Workload) bool { return w.Name == name })
	if i < 0 {
		return Workload{}, false
	}
	return all[i], true
}

// Stream returns a stream of at least size bytes, and the number of its frames. A
// line feed follows each frame, as brokers send it.
func (w Workload) Stream(size int) (stream []byte, frames int) {
	var b bytes.Buffer
	for b.Len() < size {
		w.frame(&b, frames)
		frames++
	}
	return b.Bytes(), frames
}

// Frame returns frame i of the stream, from 0, without the line feed after it.
func (w Workload) Frame(i int) []byte {
	var b bytes.Buffer
	w.frame(&b, i)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// ScanFloor does the least work that any reader must do: it finds each line feed of a
// head and the first colon of each line, and skips the bodies. It checks nothing and
// keeps nothing. It returns the number of frames. stream must be one of this package;
// other input may make it panic.
func ScanFloor(stream []byte) (frames int) {
	for len(stream) > 0 {
		if stream[0] == '\n' {
			stream = stream[1:]
			continue
		}
		length := -1
		for {
			i := bytes.IndexByte(stream, '\n')
			if i == 0 {
				stream = stream[1:]
				break
			}
			line := stream[:i]
			colon := bytes.IndexByte(line, ':')
			if colon == len("content-length") && string(line[:colon]) == "content-length" {
				length = 0
				for _, c := range line[colon+1:] {
					length = length*10 + int(c-'0')
				}
			}
			stream = stream[i+1:]
		}
		if length < 0 {
			length = bytes.IndexByte(stream, 0)
		}
		stream = stream[length+1:]
		frames++
	}
	return frames
}
