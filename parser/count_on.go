//go:build stompcount

package parser

// counters count the work of a parser.
type counters struct {
	steps  int64 // bytes read by scanQuick, judge, scanBody and scanGap, or passed as a counted body
	copies int64 // bytes copied, including when a buffer grows
}

func (c *counters) step(n int) { c.steps += int64(n) }
func (c *counters) copy(n int) { c.copies += int64(n) }

// Work returns how many bytes have been read and copied so far. It needs the build
// tag stompcount.
func (a *Assembler) Work() (steps, copies int64) { return a.p.work.steps, a.p.work.copies }
