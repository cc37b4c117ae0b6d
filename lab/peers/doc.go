// Package peers compares what other implementations of STOMP read with what
// this module reads. Their answers were recorded once: this folder has the
// drivers that ask them, the script that runs those, and the grids it writes.
// The test of this package replays the grids, and needs none of the
// implementations. docs/peers.md says what came out.
package peers
