// Package vectors has the test vectors of testdata/vectors as Go values: inputs
// for a decoder and what they are read as, frames for an encoder and what is
// written for them, escaped and unescaped text, and what headers of the
// handshake mean. [All] goes through those of one kind, [Strict] through those that
// every strict decoder of a version has to pass. They are embedded, and work for
// any STOMP codec:
//
//	for v := range vectors.Strict(frame.V12) {
//		frames, err := decode(v.Pieces())
//		if err := v.Check(frames, err); err != nil {
//			t.Errorf("%s, %s (%s): %v", v.ID, v.Title, v.Section, err)
//		}
//	}
//
// A vector of class [Must] follows from the specification. One of class
// [Choice] is decided in [docs/decisions.md], because the specification leaves
// it open or implementations disagree: another codec may do otherwise.
//
// # What is promised
//
// An ID stands for the same input and the same expectation for as long as it
// is there, and is not used again. A vector that was wrong is removed, and a
// new ID is given to the right one. New vectors are added, and with them fields
// that are nil or zero in the old ones.
//
// For other languages, testdata/vectors has the JSON lines and a README with
// their format.
//
// [docs/decisions.md]: https://github.com/stompwire/stomp/blob/main/docs/decisions.md
package vectors
