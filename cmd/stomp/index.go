package main

import (
	"bufio"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
)

// An index says when the bytes of a recording came: a line for each read, of
// its offset, its size and the milliseconds since the recording began. What
// else is on a line is not looked at.
type index struct {
	in    *input
	lines *bufio.Scanner
	line  int
	end   int64         // of the reads so far
	at    time.Duration // of the last read so far
	each  func(offset, size int64, at time.Duration)
}

// newIndex returns an index. It gives each read to a function, once it is known.
func newIndex(in *input, each func(offset, size int64, at time.Duration)) *index {
	return &index{in: in, lines: bufio.NewScanner(in), each: each}
}

// time returns when a byte came. Offsets may not go back.
func (x *index) time(offset int64) (time.Duration, error) {
	for offset >= x.end {
		more, err := x.next()
		if err != nil {
			return 0, err
		}
		if !more {
			return 0, x.in.errorf("ends at %d bytes, the recording has more", x.end)
		}
	}
	return x.at, nil
}

// finish says that the recording has ended after so many bytes.
func (x *index) finish(size int64) error {
	for {
		more, err := x.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if x.end != size {
		return x.in.errorf("has %d bytes, the recording %d", x.end, size)
	}
	return nil
}

// next reads a line, if there is one more.
func (x *index) next() (bool, error) {
	if !x.lines.Scan() {
		if err := capture.LineError(x.lines); err != nil {
			return false, x.in.errorf("line %d: %w", x.line+1, err)
		}
		return false, nil
	}
	x.line++
	size, at, err := capture.ParseRead(x.lines.Text(), x.end)
	if err != nil {
		return false, x.in.errorf("line %d: %w", x.line, err)
	}
	x.each(x.end, size, at)
	x.end += size
	x.at = at
	return true, nil
}
