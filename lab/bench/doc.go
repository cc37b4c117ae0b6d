// Package bench measures package parser and package encoder beside the least
// that a reader or writer has to do, and beside other implementations:
//
//	go test -bench 'Read|Write' ./bench
//
// One operation is one frame. The names of the benchmarks are for benchstat,
// which puts the implementations side by side with -col /impl; the script
// compare in the parent folder interleaves several runs and does that. With
// -others, drivers measure implementations in other languages where they are
// installed; see drivers/README.md.
package bench
