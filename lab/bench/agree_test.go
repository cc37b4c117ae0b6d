package bench

import (
	"bytes"
	"testing"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Every reader finds all frames, in every chunk size.
func TestReadersFindAllFrames(t *testing.T) {
	for w := range workload.All() {
		stream, frames := w.Stream(64 << 10)
		for _, size := range chunkSizes {
			for _, c := range readers(chunks(stream, size)) {
				for range 2 { // the second pass finds them again
					if n, err := c.pass(); n != frames || err != nil {
						t.Errorf("%s, %s, %s: %d frames of %d, %v", w.Name, c.name, chunkName(size), n, frames, err)
					}
				}
			}
		}
	}
}

// go-stomp reads from each stream the frames that we read.
func TestReadersAgree(t *testing.T) {
	for w := range workload.All() {
		stream, count := w.Stream(64 << 10)
		theirs := gostomp.NewReader(bytes.NewReader(stream))
		n := 0
		for ours, err := range parser.NewReader(bytes.NewReader(stream), v12).Frames() {
			if err != nil {
				t.Fatal(err)
			}
			var f *gostomp.Frame
			for f == nil { // a heart-beat
				if f, err = theirs.Read(); err != nil {
					t.Fatal(err)
				}
			}
			same := f.Command == string(ours.Command) && f.Header.Len() == len(ours.Headers) && bytes.Equal(f.Body, ours.Body)
			for i := range ours.Headers {
				name, value := f.Header.GetAt(i)
				same = same && name == ours.Headers[i].Name && value == ours.Headers[i].Value
			}
			if !same {
				t.Fatalf("%s, frame %d: go-stomp reads %v", w.Name, n, f)
			}
			n++
		}
		if n != count {
			t.Errorf("%s: %d frames, want %d", w.Name, n, count)
		}
	}
}

// All writers write the same bytes, except that ours add a content-length
// where there is none.
func TestWritersAgree(t *testing.T) {
	for w := range workload.All() {
		all, _, err := frames(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			ours, err := encoder.AppendFrame(nil, f.owned, frame.V12, encoder.Options{})
			if err != nil {
				t.Fatal(err)
			}
			view, err := encoder.AppendView(nil, f.view, frame.V12, encoder.Options{})
			if err != nil || !bytes.Equal(view, ours) {
				t.Errorf("%s: AppendView writes %q, %v, AppendFrame %q", w.Name, view, err, ours)
			}
			if _, ok := f.owned.Headers.Get(headers.ContentLength); !ok && len(f.owned.Body) > 0 {
				continue
			}
			var out bytes.Buffer
			if err := gostomp.NewWriter(&out).Write(f.goStomp); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), ours) {
				t.Errorf("%s: go-stomp writes %q, we write %q", w.Name, out.Bytes(), ours)
			}
		}
	}
}
