// Package vectors contains the test vectors of testdata/vectors as Go values: inputs
// for a decoder with their frames, frames for an encoder with their bytes, escaped
// and unescaped text, and headers of the handshake with their meaning. [All] returns
// the vectors of one kind, [Strict] those that every strict decoder of a version has
// to pass. They are embedded, and work for any STOMP codec:
//
//	for v := range vectors.Strict(frame.V12) {
//		frames, err := decode(v.Pieces())
//		if err := v.Check(frames, err); err != nil {
//			t.Errorf("%s, %s (%s): %v", v.ID, v.Title, v.Section, err)
//		}
//	}
//
// A vector of class [Must] follows from the specification. For a vector of class
// [Choice], the specification leaves the result open, or implementations disagree.
// [docs/decisions.md] says what this module decided; another codec may do otherwise.
//
// # What is promised
//
// An ID always stands for the same input and the same result. If a vector is wrong,
// it is removed, and its correction gets a new ID. Releases add vectors, and may add
// fields, which are nil or zero in older vectors.
//
// For other languages, testdata/vectors has the vectors as JSON lines, and a README
// with their format.
//
// [docs/decisions.md]: https://github.com/stompwire/stomp/blob/main/docs/decisions.md
package vectors
