package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
)

// readSize is how many bytes are read at once, unless -chunk says otherwise.
const readSize = 64 << 10

// An input is the file or stream that a command reads.
type input struct {
	io.Reader
	name  string
	size  int64 // in bytes, -1 when not known
	close func() error
	dirs  []string      // recordings, where the input is a directory
	held  *bufio.Reader // what reader reads from
}

// open opens what the arguments after the flags name.
func (e *env) open(args []string) (*input, error) {
	switch {
	case len(args) > 1:
		return nil, callError("one FILE at most")
	case len(args) == 0 || args[0] == "-":
		return &input{Reader: e.stdin, name: "standard input", size: -1, close: func() error { return nil }}, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, callError(err.Error())
	}
	in := &input{Reader: f, name: args[0], size: -1, close: f.Close}
	if info, err := f.Stat(); err == nil {
		switch {
		case info.IsDir():
			f.Close()
			return nil, callError(args[0] + " is a directory")
		case info.Mode().IsRegular():
			in.size = info.Size()
		}
	}
	return in, nil
}

// openCapture opens a file, or a directory with recordings.
func (e *env) openCapture(args []string) (*input, error) {
	if len(args) == 1 && args[0] != "-" {
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
			dirs, err := capture.Recordings(args[0])
			switch {
			case err != nil:
				return nil, callError(err.Error())
			case len(dirs) == 0:
				return nil, callError(args[0] + " is a directory without recordings: c2s.bin, c2s.idx, s2c.bin and s2c.idx, as tap makes them")
			}
			return &input{Reader: strings.NewReader(""), name: args[0], size: -1, dirs: dirs, close: func() error { return nil }}, nil
		}
	}
	return e.open(args)
}

// recognize returns the format of the input. What is compressed is read as what
// it was before.
func (in *input) recognize() (capture.Format, error) {
	if in.dirs != nil {
		return capture.Recording, nil
	}
	for range maxGzip {
		r := bufio.NewReaderSize(in.Reader, readSize)
		format := capture.Recognize(front(r))
		in.Reader = r
		if format != capture.Gzip {
			return format, nil
		}
		z, err := gzip.NewReader(r)
		if ended(err) {
			err = errCompressed
		}
		if err != nil {
			return 0, in.errorf("%w", err)
		}
		in.Reader, in.size = whole{z}, -1
	}
	return 0, in.errorf("compressed more than %d times", maxGzip)
}

// speaker says which side sent a stream, as far as its first line shows. It waits
// for that.
func (in *input) speaker() (client, server bool) {
	r := in.Reader.(*bufio.Reader) // after recognize
	for n := 1; n <= capture.Enough && !client && !server; n++ {
		b, err := r.Peek(n)
		if bytes.HasSuffix(b, []byte("\n")) || err != nil {
			client, server = capture.Speaker(b)
		}
		if err != nil {
			break
		}
	}
	return client, server
}

// begin returns what the input begins with, as far as it has come.
func (in *input) begin() []byte { return front(in.Reader.(*bufio.Reader)) } // after recognize

const maxGzip = 3

var errCompressed = errors.New("what is compressed ends too early")

// whole is a reader of what is compressed, which must not end too early.
type whole struct{ r io.Reader }

func (w whole) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err == io.ErrUnexpectedEOF {
		err = errCompressed
	}
	return n, err
}

// front returns what an input begins with, as far as it takes to recognize it.
// It does not wait for more than may come: what does not begin as a capture
// does is a stream, which may be live.
func front(r *bufio.Reader) []byte {
	first, _ := r.Peek(1)
	n := r.Buffered()
	if len(first) > 0 {
		switch first[0] {
		case '\n', 0x1f, 0xd4, 0xa1, 0x4d:
			n = max(n, 4)
		case '{', ' ', 0xef:
			n = max(n, capture.Enough)
		}
	}
	b, _ := r.Peek(min(n, capture.Enough)) // at the end of the input there is less
	return b
}

// errorf makes an error that names the input.
func (in *input) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", in.name, fmt.Errorf(format, args...))
}

// chunks reads the input to its end and hands it on, n bytes at a time, or
// with 0 as it comes. A chunk is valid during the call. live says that nothing
// more may come for a while.
func (in *input) chunks(n int, each func(chunk []byte, live bool) error) error {
	read, buf := in.reader(n)
	for {
		k, err := read(buf)
		if k > 0 {
			if err := each(buf[:k], k < len(buf)); err != nil {
				return err
			}
		}
		switch {
		case ended(err):
			return nil
		case err != nil:
			return in.errorf("%w", err)
		}
	}
}

// reader returns how to read the input n bytes at a time, or with 0 as it
// comes, and into what.
func (in *input) reader(n int) (read func([]byte) (int, error), buf []byte) {
	in.held = bufio.NewReaderSize(in.Reader, readSize)
	if n == 0 {
		return in.held.Read, make([]byte, readSize)
	}
	return func(b []byte) (int, error) { return io.ReadFull(in.held, b) }, make([]byte, n)
}

// ahead returns what comes next in the input, up to readSize bytes. It does not
// wait for what may never come: of other inputs than files it returns only what
// has come already.
func (in *input) ahead() []byte {
	n := in.held.Buffered()
	if in.size >= 0 {
		n = readSize
	}
	b, _ := in.held.Peek(n) // at the end of the input there is less
	return b
}

// ended reports whether an error of reading says that the input has ended.
func ended(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
