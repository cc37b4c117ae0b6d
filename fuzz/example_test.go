package fuzz_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// The oracle says what an input means, and what is wrong with it.
func ExampleOracle() {
	r := fuzz.Oracle([]byte("\nSEND\na:b\n\nhello\x00SEND\na\\t:b\n\n\x00"), parser.Options{Version: frame.V12})
	for _, f := range r.Frames {
		fmt.Println(f.Offset, f.Frame)
	}
	fmt.Println(r.Err)
	// Output:
	// 1 SEND {a:"b"} 5 bytes
	// stomp: undefined or truncated escape at offset 23, command SEND, frame at 17
}

func ExampleOracleThen() {
	input := []byte("CONNECT\naccept-version:1.2\n\n\x00SEND\na:\\n\n\n\x00")
	r := fuzz.OracleThen(input, parser.Options{}, frame.V12, parser.Limits{})
	fmt.Println(len(r.Frames), r.Frames[1].Frame)
	// Output: 2 SEND {a:"\n"} 0 bytes
}

// A decoder that splits at NULs is fooled by a body with one; here the oracle
// finds it out.
func ExampleCheckOracle() {
	split := func(chunks [][]byte) (all []*frame.Frame, err error) {
		pieces := bytes.SplitAfter(bytes.Join(chunks, nil), []byte{0})
		for _, piece := range pieces[:len(pieces)-1] {
			r := fuzz.Oracle(piece, parser.Options{Version: frame.V12})
			if len(r.Frames) == 0 {
				return all, errors.New("not a frame")
			}
			all = append(all, &r.Frames[0].Frame)
		}
		return all, nil
	}
	o := parser.Options{Version: frame.V12}
	fmt.Println(fuzz.CheckOracle(split, [][]byte{[]byte("SEND\n\nab\x00")}, o))
	fmt.Println(fuzz.CheckOracle(split, [][]byte{[]byte("SEND\ncontent-length:3\n\na\x00b\x00")}, o))
	// Output:
	// <nil>
	// "SEND\ncontent-length:3\n\na\x00b\x00", oracle against decoder: 1 frames, other 0; error <nil>, other not a frame
}

// A decoder that takes each chunk for a whole number of frames.
func ExampleCheckChunking() {
	careless := func(chunks [][]byte) (all []*frame.Frame, err error) {
		for _, chunk := range chunks {
			for _, f := range fuzz.Oracle(chunk, parser.Options{Version: frame.V12}).Frames {
				all = append(all, &f.Frame)
			}
		}
		return all, nil
	}
	input := []byte("ACK\n\n\x00NACK\n\n\x00")
	fmt.Println(fuzz.CheckChunking(careless, fuzz.Cut(input, []int{6})))
	// Output: "ACK\n\n\x00NACK\n\n\x00" whole, other byte by byte: 2 frames, other 0; error <nil>, other <nil>
}

// A decoder that trims header values. The survey shows the shortest input that
// it reads differently; here that is a bug, because no decision is involved.
func ExampleComparison_Survey() {
	o := parser.Options{Version: frame.V12}
	trimming := func(chunks [][]byte) ([]*frame.Frame, error) {
		all, err := fuzz.AssemblerDecoder(o)(chunks)
		for _, f := range all {
			for i := range f.Headers {
				f.Headers[i].Value = strings.TrimSpace(f.Headers[i].Value)
			}
		}
		return all, err
	}
	inputs := slices.Values([][]byte{[]byte("SEND\na: b \n\nlong\x00"), []byte("SEND\na: b\n\n\x00"), []byte("SEND\na:b\n\n\x00")})
	for _, d := range (fuzz.Comparison{Options: o}).Survey(trimming, inputs) {
		fmt.Println(d.Bug, d.Count, d.Kind)
		fmt.Println(d.Err)
	}
	// Output:
	// true 2 headers
	// "SEND\na: b\n\n\x00", oracle against decoder: frame 0: header 0: "a":" b", other "a":"b"
}

// Any decoder of an io.Reader becomes a Decoder in this way.
func ExampleDecoder() {
	decode := func(chunks [][]byte) (all []*frame.Frame, err error) {
		r := parser.NewReader(fuzz.ChunkReader(chunks), parser.Options{Version: frame.V12}) // your decoder
		for {
			f, err := r.ReadFrame()
			if err == io.EOF {
				return all, nil
			}
			if err != nil {
				return all, err
			}
			all = append(all, f)
		}
	}
	input := []byte("SEND\n\nhello\x00")
	fmt.Println(fuzz.CheckOracle(decode, fuzz.ByteByByte(input), parser.Options{Version: frame.V12}))
	// Output: <nil>
}

// A decoder that keeps headers in a map loses their order and their repeats,
// which is no bug.
func ExampleComparison_Check() {
	o := parser.Options{Version: frame.V12}
	unordered := func(chunks [][]byte) ([]*frame.Frame, error) {
		all, err := fuzz.AssemblerDecoder(o)(chunks)
		for _, f := range all {
			slices.Reverse(f.Headers) // as the order of a map may be
		}
		return all, err
	}
	chunks := [][]byte{[]byte("SEND\na:1\nb:2\n\n\x00")}
	fmt.Println(fuzz.Comparison{Options: o}.Check(unordered, chunks) == nil)
	fmt.Println(fuzz.Comparison{Options: o, Normalize: fuzz.HeadersAsMap}.Check(unordered, chunks))
	// Output:
	// false
	// <nil>
}

// The text says where two frames differ.
func ExampleDiffFrames() {
	a := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "1")}
	b := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "2")}
	fmt.Println(fuzz.DiffFrames(a, a))
	fmt.Println(fuzz.DiffFrames(a, b))
	// Output:
	// <nil>
	// header 0: "a":"1", other "a":"2"
}

// Whether an input can be read in one way only.
func ExampleAgreed() {
	o := parser.Options{Version: frame.V12}
	fmt.Println(fuzz.Agreed([]byte("SEND\na:b\n\nhello\x00"), o))
	fmt.Println(fuzz.Agreed([]byte("SEND\na:\\t\n\nhello\x00"), o)) // an undefined escape
	// Output:
	// true
	// false
}

// Values of a generator, without package rapid.
func ExampleExamples() {
	n := 0
	for f := range fuzz.Examples(fuzz.Frames(frame.V12), 10) {
		if _, err := myEncoder(nil, f); err == nil {
			n++
		}
	}
	fmt.Println(n)
	// Output: 10
}

// Example makes one frame by a number; in a test, rapid.Check goes through many
// of them, and Draw takes them.
func ExampleFrames() {
	f := fuzz.Frames(frame.V12).Example(1)
	_, err := encoder.AppendFrame(nil, f, frame.V12, encoder.Options{})
	fmt.Println(err)
	// Output: <nil>
}

var (
	myEncoder = fuzz.Encoding(frame.V12, encoder.Options{})
	myDecoder = fuzz.AssemblerDecoder(parser.Options{Version: frame.V12})
)

// In a native fuzz target, CutBy cuts what the fuzzer found.
func ExampleCutBy() {
	// f.Fuzz(func(t *testing.T, input, sizes []byte) { ... fuzz.CutBy(input, sizes) ...
	for _, chunk := range fuzz.CutBy([]byte("SEND\n\nhello\x00"), []byte{1, 4}) {
		fmt.Printf("%q ", chunk)
	}
	// Output: "S" "END\n" "\n" "hell" "o" "\x00"
}

// An encoder that does not escape lets a value become a header.
func ExampleCheckRoundTrip() {
	naive := func(dst []byte, f *frame.Frame) ([]byte, error) {
		dst = append(dst, f.Command+"\n"...)
		for _, h := range f.Headers {
			dst = append(dst, h.Name+":"+h.Value+"\n"...)
		}
		return append(append(append(dst, '\n'), f.Body...), 0), nil
	}
	f := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "b\nadmin:yes")}
	fmt.Println(fuzz.CheckRoundTrip(naive, myDecoder, f))
	// Output: "SEND" { "a":"b\nadmin:yes" } "" on the wire is "SEND\na:b\nadmin:yes\n\n\x00": given against read back: header 0: "a":"b\nadmin:yes", other "a":"b"
}

// An encoder may refuse, but must then leave dst as it was.
func ExampleCheckEncoder() {
	f := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "\x00")}
	fmt.Println(fuzz.CheckEncoder(myEncoder, myDecoder, f))
	// Output: <nil>
}

// Conversations of random frames, most of them in an order that makes sense,
// for a test of a broker or client of your own.
func ExampleConversations() {
	session := validate.NewSession(validate.SessionLimits{}) // in the place of the program
	for conversation := range fuzz.Examples(fuzz.Conversations(frame.V12), 100) {
		for _, said := range conversation {
			if err := session.StepFrame(said.From, said.Frame); err != nil {
				break // the program closes the connection
			}
		}
	}
	// Output:
}

func ExampleCheckSession() {
	conversation := []fuzz.Said{
		{From: validate.Client, Frame: &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs("accept-version", "1.2", "host", "/")}},
		{From: validate.Client, Frame: &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("destination", "/queue/a")}},
		{From: validate.Server, Frame: &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs("version", "1.2")}},
	}
	fmt.Println(fuzz.CheckSession(conversation, validate.SessionLimits{}))
	// Output: <nil>
}

// The oracle judges the order of frames; each alone is for package validate.
func ExampleSessionOracle() {
	o := fuzz.NewSessionOracle(validate.SessionLimits{})
	err := o.Step(validate.Client, &frame.Frame{Command: frame.SEND})
	fmt.Println(errors.Is(err, validate.ConnectFirst), o.Phase(validate.Client))
	// Output: true idle
}
