package capture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stompwire/stomp/validate"
)

// Recording files: what each side sent, and when.
var recordingFiles = [2]struct{ bytes, index string }{{"c2s.bin", "c2s.idx"}, {"s2c.bin", "s2c.idx"}}

// Recordings returns the recordings in a directory: the directory itself, or the
// directories in it, in the order of their numbers.
func Recordings(dir string) ([]string, error) {
	if isRecording(dir) {
		return []string{dir}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, e := range entries {
		if name := filepath.Join(dir, e.Name()); e.IsDir() && isRecording(name) {
			list = append(list, name)
		}
	}
	slices.SortStableFunc(list, func(a, b string) int {
		x, _ := strconv.Atoi(filepath.Base(a))
		y, _ := strconv.Atoi(filepath.Base(b))
		return x - y
	})
	return list, nil
}

func isRecording(dir string) bool {
	for _, f := range recordingFiles {
		if !exists(filepath.Join(dir, f.bytes)) {
			return false
		}
	}
	return true
}

// RecordingFiles returns the files of a recording, by role.
func RecordingFiles(dir string) (bytes, index [2]string) {
	for i, f := range recordingFiles {
		bytes[i] = filepath.Join(dir, f.bytes)
		if name := filepath.Join(dir, f.index); exists(name) {
			index[i] = name
		}
	}
	if index[0] == "" || index[1] == "" {
		index = [2]string{} // one alone says nothing
	}
	return bytes, index
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// ReadRecordings reads recordings, each a conversation, as the tap makes them.
func ReadRecordings(dirs []string, o *Options, h Handler) (*Summary, error) {
	s := &Summary{Others: map[string]int{}}
	out := &output{h, o, s}
	for _, dir := range dirs {
		if err := out.recording(dir); err != nil {
			return s, err
		}
	}
	return s, nil
}

// recording reads one recording: the reads of both sides in the order of time.
func (o *output) recording(dir string) error {
	conn := &Conn{Client: "client", Server: "server", Over: dir, Ended: true}
	var sides [2]*reads
	for i, f := range recordingFiles {
		r, err := openReads(filepath.Join(dir, f.bytes), filepath.Join(dir, f.index))
		if err != nil {
			return err
		}
		defer r.close()
		sides[i] = r
	}
	if err := o.open(conn); err != nil {
		return err
	}
	last := time.Duration(0)
	for {
		from := -1
		for i, r := range sides {
			if err := r.peek(); err != nil {
				return err
			}
			if !r.ended && (from < 0 || r.at < sides[from].at) {
				from = i
			}
		}
		if from < 0 {
			return o.closed(conn, conn.Began.Add(last))
		}
		r := sides[from]
		last = max(last, r.at)
		err := r.give(func(b []byte) error { return o.data(conn, validate.Role(from), conn.Began.Add(r.at), b) })
		if err != nil {
			return err
		}
	}
}

// reads are those of one side.
type reads struct {
	files   [2]*os.File
	bytes   *bufio.Reader
	lines   *bufio.Scanner
	line    int
	pending bool
	ended   bool
	size    int64
	end     int64 // of the reads so far
	at      time.Duration
	buf     []byte
}

func openReads(bytes, index string) (*reads, error) {
	r := new(reads)
	for i, name := range [...]string{bytes, index} {
		f, err := os.Open(name)
		if err != nil {
			r.close()
			return nil, err
		}
		r.files[i] = f
	}
	r.bytes, r.lines = bufio.NewReader(r.files[0]), bufio.NewScanner(r.files[1])
	return r, nil
}

func (r *reads) close() {
	for _, f := range r.files {
		if f != nil {
			f.Close()
		}
	}
}

// peek looks at the next read.
func (r *reads) peek() error {
	if r.pending || r.ended {
		return nil
	}
	if !r.lines.Scan() {
		r.ended = true
		if err := LineError(r.lines); err != nil {
			return fmt.Errorf("%s, line %d: %w", r.files[1].Name(), r.line+1, err)
		}
		if _, err := r.bytes.Peek(1); err == nil {
			return fmt.Errorf("%s ends before the recording does", r.files[1].Name())
		}
		return nil
	}
	r.line++
	size, at, err := ParseRead(r.lines.Text(), r.end)
	if err != nil {
		return fmt.Errorf("%s, line %d: %w", r.files[1].Name(), r.line, err)
	}
	r.size, r.at, r.end = size, at, r.end+size
	r.pending = true
	return nil
}

// give passes on the next read, in pieces of at most 64 KiB.
func (r *reads) give(data func([]byte) error) error {
	r.pending = false
	if r.buf == nil {
		r.buf = make([]byte, 64<<10)
	}
	for n := r.size; n > 0; {
		k := int(min(n, int64(len(r.buf))))
		if _, err := io.ReadFull(r.bytes, r.buf[:k]); err != nil {
			return fmt.Errorf("%s is shorter than its index says", r.files[0].Name())
		}
		if err := data(r.buf[:k]); err != nil {
			return err
		}
		n -= int64(k)
	}
	return nil
}

// MaxMilliseconds is as far as an index may reach: a year.
const MaxMilliseconds = 366 * 24 * 60 * 60 * 1000

// LineError returns why a scanner of an index ended, nil at its end.
func LineError(lines *bufio.Scanner) error {
	if err := lines.Err(); err != bufio.ErrTooLong {
		return err
	}
	return errors.New("it is too long for a line of an index")
}

// ParseRead reads a line of an index: the offset of a read, which is end, where
// the one before ended, its size, and the milliseconds since the recording began.
// What else is on the line is not looked at.
func ParseRead(line string, end int64) (size int64, at time.Duration, err error) {
	field := strings.Fields(line)
	if len(field) < 3 {
		return 0, 0, errors.New("want offset, size and milliseconds")
	}
	offset, err := strconv.ParseInt(field[0], 10, 64)
	if err != nil || offset != end {
		return 0, 0, fmt.Errorf("the offset is not %d, where the read before ends", end)
	}
	size, err = strconv.ParseInt(field[1], 10, 64)
	if err != nil || size < 0 || end+size < end {
		return 0, 0, errors.New("the size is no number of bytes")
	}
	ms, err := strconv.ParseFloat(field[2], 64)
	if err != nil || !(0 <= ms && ms <= MaxMilliseconds) {
		return 0, 0, errors.New("the time is no number of milliseconds")
	}
	return size, time.Duration(ms * float64(time.Millisecond)), nil
}
