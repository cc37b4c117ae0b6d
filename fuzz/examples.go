package fuzz

import (
	"iter"

	"pgregory.net/rapid"
)

// Examples returns an iterator over n values of a generator, the same values in every
// run. It is for tests that do not use package rapid. The values do not shrink.
//
//	for f := range fuzz.Examples(fuzz.Frames(frame.V12), 1000) {
//
// A native fuzz target can steer a generator with [rapid.MakeFuzz].
func Examples[T any](g *rapid.Generator[T], n int) iter.Seq[T] {
	return func(yield func(T) bool) {
		for seed := range n {
			if !yield(g.Example(seed)) {
				return
			}
		}
	}
}
