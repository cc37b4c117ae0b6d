//go:build !stompcount

package parser

// counters are for tests of how much work a stream costs. Without the build
// tag stompcount they are nothing and their methods do nothing.
type counters struct{}

func (*counters) step(int) {}
func (*counters) copy(int) {}
