package foreign_test

import (
	"fmt"
	"io"
	"testing"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/parser"
)

// decode is go-stomp's reader as a fuzz.Decoder.
func decode(chunks [][]byte) (all []*frame.Frame, err error) {
	r := gostomp.NewReader(fuzz.ChunkReader(chunks))
	for {
		theirs, err := r.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if theirs != nil { // not a heart-beat
			f := &frame.Frame{Command: frame.Command(theirs.Command), Body: theirs.Body}
			for i := range theirs.Header.Len() {
				f.Headers.Add(theirs.Header.GetAt(i))
			}
			all = append(all, f)
		}
	}
}

var options = parser.Options{Version: frame.V12}

// go-stomp unescapes headers of CONNECT and CONNECTED, which have no escapes.
// Nothing else differs where the specification leaves no choice. Of the other
// streams some claim a content-length of 2 GiB, and go-stomp allocates it.
func Example_survey() {
	agreed := func(yield func([]byte) bool) {
		for input := range fuzz.Examples(fuzz.Streams(frame.V12), 5000) {
			if fuzz.Agreed(input, options) && !yield(input) {
				return
			}
		}
	}
	for _, d := range (fuzz.Comparison{Options: options}).Survey(decode, agreed) {
		fmt.Println(d.Kind) // and d.Count, d.Input, d.Err
	}
	// Output: headers
}

// The sections of the specification that go-stomp does not follow.
func Example_vectors() {
	failed := map[string]bool{}
	for v := range vectors.Strict(frame.V12) {
		frames, err := decode(v.Pieces())
		if v.Check(frames, err) != nil {
			failed[v.Section] = true // and v.ID, v.Title
		}
	}
	fmt.Println(failed)
	// Output: map[STOMP 1.2, Header content-length:true STOMP 1.2, Value Encoding:true]
}

// One operation is a stream of 1 MiB:
//
//	go test -bench . ./foreign | benchstat -col /impl -
func BenchmarkRead(b *testing.B) {
	for name, decode := range map[string]fuzz.Decoder{"go-stomp": decode, "ReadFrame": fuzz.ReaderDecoder(options)} {
		for w := range workload.All() {
			stream, frames := w.Stream(1 << 20)
			b.Run("impl="+name+"/workload="+w.Name, func(b *testing.B) {
				b.SetBytes(int64(len(stream)))
				for b.Loop() {
					if all, err := decode([][]byte{stream}); len(all) != frames || err != nil {
						b.Fatal(len(all), err)
					}
				}
			})
		}
	}
}
