// Package vectors has the test vectors of testdata/vectors as Go values: inputs
// for a decoder and what they are read as, frames for an encoder and what is
// written for them, escaped and unescaped text, and what headers of the
// handshake mean. [All] goes through those of one kind. They are embedded, and
// work for any STOMP codec:
//
//	for v := range vectors.All[vectors.Decode]() {
//		if v.Class == vectors.Must && v.Version == "1.2" && v.Allow == nil && v.After == nil {
//			frames, err := decode(v.Pieces())
//			if err := v.Check(frames, err); err != nil {
//				t.Errorf("%s, %s (%s): %v", v.ID, v.Title, v.Section, err)
//			}
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
