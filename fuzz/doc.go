// Package fuzz tests STOMP codecs, and the programs that use them. It contains
// generators of frames, streams and conversations, checks that return an error,
// and the [Oracle], a slow and simple reader to compare with. It is for tests
// only: it allocates freely, and its errors show header values.
//
// # Testing a decoder
//
// Wrap the decoder in a [Decoder]. [Comparison.Survey] reads many streams with
// the decoder and with the oracle, and lists how the results differ, with the
// shortest input for each kind of difference:
//
//	o := parser.Options{Version: frame.V12}
//	inputs := fuzz.Examples(fuzz.Streams(frame.V12), 5000)
//	for _, d := range (fuzz.Comparison{Options: o}).Survey(decode, inputs) {
//		fmt.Println(d.Bug, d.Count, d.Kind, d.Err)
//	}
//
// A difference with Bug set is a bug in the decoder. Others may be choices, because
// the specifications leave much open and the oracle follows the [decisions] of this
// module, or bugs on malformed input. Package fuzz/vectors contains hand-written
// inputs that tell them apart.
//
// [CheckOracle], [CheckChunking] and [CheckConcatenation] each check one stream.
// In a property test, take it from [Streams] and cut it with [Cuts]; in a native
// fuzz target, cut the input with [CutBy], and add the inputs of the vectors as seeds.
// Skip inputs that are not [Agreed], unless your decoder follows the same decisions.
// [ChunkReader] makes an io.Reader of the chunks. A [Comparison] can also test
// decoders that change their version after the handshake, or that keep headers in
// a map.
//
// # Testing an encoder
//
// Wrap the encoder in an [Encoder]. Call [CheckRoundTrip] with [Frames], which the
// encoder must write, and [CheckEncoder] with [HostileFrames], most of which it must
// refuse. [AssemblerDecoder] reads back what it wrote.
//
// # Testing a program
//
// A program must handle all [Frames], and a broker or client all [Conversations].
// [CheckSession] compares package validate with the [SessionOracle]. Package
// fuzz/workload contains streams for benchmarks.
//
// # Generators
//
// Generators are those of package rapid: they make random values, which shrink to
// the simplest value with which a test fails. [Examples] returns values of a
// generator to tests that do not use rapid.
//
// Run a native fuzz target with -fuzzminimizetime=10x. Otherwise the go command
// spends up to a minute on shortening each new input.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Comments cite sections by title, and decisions by number
// (D1 to D22).
//
// [decisions]: https://github.com/stompwire/stomp/blob/main/docs/decisions.md
package fuzz
