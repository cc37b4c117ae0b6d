package fuzz

import (
	"iter"

	"pgregory.net/rapid"
)

// Examples goes through n values of a generator, those of the seeds 0 to n-1,
// which are the same in every run. It is for tests that do without package
// rapid; the values do not shrink.
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
