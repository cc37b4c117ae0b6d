// Package fuzz tests STOMP codecs and the programs that use them. It has
// generators of frames, streams and conversations, properties that return an
// error, and a slow and obvious reader to compare with. It is for tests: it
// allocates freely, and its errors show header values.
//
// # Testing a decoder
//
// Wrap the decoder in a [Decoder]. [Comparison.Survey] then shows what it does
// otherwise than the [Oracle], by kind and with the shortest input of each:
//
//	o := parser.Options{Version: frame.V12}
//	inputs := fuzz.Examples(fuzz.Streams(frame.V12), 5000)
//	for _, d := range (fuzz.Comparison{Options: o}).Survey(decode, inputs) {
//		fmt.Println(d.Bug, d.Count, d.Kind, d.Err)
//	}
//
// The specifications leave much open, and the oracle takes the decisions of
// this module, which are listed in [docs/decisions.md]. A difference with Bug set
// is a bug by any reading. Others may be choices, or bugs on malformed input:
// package fuzz/vectors has hand-made inputs that tell them apart.
//
// [CheckOracle], [CheckChunking] and [CheckConcatenation] check one input, from
// [Streams] cut by [Cuts], or from a native fuzz target cut by [CutBy].
// [ChunkReader] makes an io.Reader of chunks. A [Comparison] also compares
// decoders that change their version after the handshake, or keep headers in a
// map. In a native fuzz target, add the inputs of the vectors as seeds.
//
// # Testing an encoder
//
// Wrap the encoder in an [Encoder]. Call [CheckRoundTrip] with [Frames], which
// it must write, and [CheckEncoder] with [HostileFrames], most of which it must
// refuse. [AssemblerDecoder] reads what was written.
//
// # Testing a program
//
// [Frames] are what a program must handle, and [Conversations] what a broker or
// client must. [CheckSession] compares package validate with the
// [SessionOracle]. Package fuzz/workload has streams for benchmarks.
//
// # Generators
//
// A generator of package rapid makes random values that shrink to the simplest
// one with which a test fails. [Examples] goes through values of a generator
// without package rapid.
//
// Run a native fuzz target with -fuzzminimizetime=10x. Otherwise the go command
// spends up to a minute on making each new input shorter.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Comments cite their sections by title, and our
// decisions by number (D1 to D22).
//
// [docs/decisions.md]: https://github.com/stompwire/stomp/blob/main/docs/decisions.md
package fuzz
