//go:build stompcount

package parser

// counters count the work that a stream costs.
type counters struct {
	steps  int64 // bytes gone over by scanQuick, judge, scanBody, scanGap, or taken as a counted body
	copies int64 // bytes copied, those of a buffer that grows included
}

func (c *counters) step(n int) { c.steps += int64(n) }
func (c *counters) copy(n int) { c.copies += int64(n) }

// Work returns the steps and the copied bytes so far. It is there with the
// build tag stompcount alone.
func (a *Assembler) Work() (steps, copies int64) { return a.p.work.steps, a.p.work.copies }
