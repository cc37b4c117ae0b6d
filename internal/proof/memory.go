package main

import (
	"fmt"
	"math/bits"
	"runtime"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A figure is a number of octets.
type figure struct {
	what   string
	octets int64
}

// The names of figures. A measured one is rounded up, so that it holds on
// other machines too.
const (
	claimFigure     = "most allocated for a claimed content-length of 10^3 to 10^18"
	worstDefault    = "WorstCase of the default limits"
	heldDefault     = "most held within the default limits"
	worstBefore     = "WorstCase of the limits before login"
	heldBefore      = "most held within the limits before login"
	oneConnection   = "a parser that has read nothing"
	afterLargeFrame = "kept after a frame of 16 MiB and a pause"
)

// memory measures what a parser holds and allocates.
func memory() []figure {
	return []figure{
		{claimFigure, roundUp(claimed())},
		{worstDefault, parser.Limits{}.WorstCase()},
		{heldDefault, roundUp(mostHeld(parser.Limits{}))},
		{worstBefore, parser.LimitsBeforeLogin().WorstCase()},
		{heldBefore, roundUp(mostHeld(parser.LimitsBeforeLogin()))},
		{oneConnection, roundUp(held(parser.Limits{}, nil))},
		{afterLargeFrame, roundUp(held(parser.Limits{}, func(feed func(string)) {
			feed("SEND\n\n")
			for range 16 << 10 {
				feed(strings.Repeat("x", 1<<10))
			}
			feed("\x00")
			feed("\n")
			feed("\n")
		}))},
	}
}

// roundUp keeps the three highest bits of a number, of which the last is one
// more.
func roundUp(n int64) int64 {
	if n <= 0 {
		return 0
	}
	step := int64(1) << max(bits.Len64(uint64(n))-3, 0)
	return (n/step + 1) * step
}

// claimed returns the octets allocated for the head of a frame that claims a
// body which never comes, and for the assembler that reads it: the most for
// any claim.
func claimed() (most int64) {
	o := parser.Options{Version: frame.V12, Limits: parser.Limits{Body: parser.Unlimited}}
	for digits := 3; digits <= 18; digits++ {
		in := []byte("SEND\ncontent-length:1" + strings.Repeat("0", digits) + "\n\n" + strings.Repeat("x", 20))
		// The runtime allocates too: the least of some tries is ours.
		least := int64(1 << 62)
		for range 5 {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			a := parser.NewAssembler(o)
			if _, n, _, err := a.Next(in); n != len(in) || err != nil {
				panic(fmt.Sprint(n, err))
			}
			runtime.ReadMemStats(&after)
			least = min(least, int64(after.TotalAlloc-before.TotalAlloc))
		}
		most = max(most, least)
	}
	return most
}

// mostHeld fills the limits: with as many headers as fit, and with escaped
// ones and a body, octet by octet so that nothing can be borrowed.
func mostHeld(l parser.Limits) int64 {
	size, count, body := l.Head, l.Headers, int(l.Body)
	if l == (parser.Limits{}) {
		size, count, body = parser.DefaultHead, parser.DefaultHeaders, parser.DefaultBody
	}
	line := "a:" + strings.Repeat(`\n`, 400) + "\n"
	filled := "SEND\n" + strings.Repeat(line, min((size-60)/len(line), count-1))
	if body > 0 {
		filled += "content-length:" + strconv.Itoa(body) + "\n"
	}
	many := "SEND\n" + strings.Repeat("a:\n", min(count, size/3-3))
	octets := func(feed func(string), s string) {
		for i := range s {
			feed(s[i : i+1])
		}
	}
	return max(
		held(l, func(feed func(string)) { octets(feed, many+"\n") }),
		held(l, func(feed func(string)) {
			octets(feed, filled+"\n")
			for range body >> 10 {
				feed(strings.Repeat("x", 1<<10))
			}
		}))
}

// held returns how many octets an assembler holds when it has been fed: the
// least of some tries, since the runtime allocates too.
func held(l parser.Limits, fill func(feed func(string))) int64 {
	least := heldOnce(l, fill)
	for range 4 {
		least = min(least, heldOnce(l, fill))
	}
	return least
}

func heldOnce(l parser.Limits, fill func(feed func(string))) int64 {
	var before, after runtime.MemStats
	buf := make([]byte, 0, 1<<10)
	runtime.GC()
	runtime.ReadMemStats(&before)
	a := parser.NewAssembler(parser.Options{Version: frame.V12, Limits: l})
	if fill != nil {
		fill(func(s string) {
			for src := append(buf, s...); len(src) > 0; {
				_, n, _, err := a.Next(src)
				if err != nil {
					panic(err)
				}
				src = src[n:]
			}
		})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(a)
	runtime.KeepAlive(buf)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}
