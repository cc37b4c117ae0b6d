package vectors_test

import (
	"fmt"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/parser"
)

// Put your own decoder in the place of AssemblerDecoder.
func ExampleStrict() {
	decode := fuzz.AssemblerDecoder(parser.Options{Version: frame.V12})
	failed := 0
	for v := range vectors.Strict(frame.V12) {
		frames, err := decode(v.Pieces())
		if err := v.Check(frames, err); err != nil {
			fmt.Println(v.ID, v.Title, err)
			failed++
		}
	}
	fmt.Println(failed, "failed")
	// Output: 0 failed
}

// All vectors for encoders.
func ExampleAll() {
	failed := 0
	for v := range vectors.All[vectors.Encode]() {
		version, options := v.EncoderOptions()
		wire, err := encoder.AppendFrame(nil, v.NewFrame(), version, options)
		if err := v.Check(wire, err); err != nil {
			fmt.Println(v.ID, v.Title, err)
			failed++
		}
	}
	fmt.Println(failed, "failed")
	// Output: 0 failed
}
