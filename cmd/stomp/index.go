package main

import (
	"bufio"
	"errors"
	"strconv"
	"strings"
	"time"
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
		if err := x.lines.Err(); err != nil {
			return false, x.in.errorf("%w", err)
		}
		return false, nil
	}
	x.line++
	size, at, err := x.parse(strings.Fields(x.lines.Text()))
	if err != nil {
		return false, x.in.errorf("line %d: %w", x.line, err)
	}
	x.each(x.end, size, at)
	x.end += size
	x.at = at
	return true, nil
}

// maxMilliseconds is as far as an index may reach: a year.
const maxMilliseconds = 366 * 24 * 60 * 60 * 1000

func (x *index) parse(field []string) (size int64, at time.Duration, err error) {
	if len(field) < 3 {
		return 0, 0, errors.New("want offset, size and milliseconds")
	}
	offset, err := strconv.ParseInt(field[0], 10, 64)
	if err != nil || offset != x.end {
		return 0, 0, errors.New("the offset is not " + strconv.FormatInt(x.end, 10) + ", where the read before ends")
	}
	size, err = strconv.ParseInt(field[1], 10, 64)
	if err != nil || size < 0 || x.end+size < x.end {
		return 0, 0, errors.New("the size is no number of bytes")
	}
	ms, err := strconv.ParseFloat(field[2], 64)
	if err != nil || !(0 <= ms && ms <= maxMilliseconds) {
		return 0, 0, errors.New("the time is no number of milliseconds")
	}
	return size, time.Duration(ms * float64(time.Millisecond)), nil
}
