package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/stompwire/stomp/validate"
)

// A recording is a directory with the STOMP bytes and times of both sides: c2s.bin,
// c2s.idx, s2c.bin and s2c.idx. An index has one line for each read: offset, size,
// and milliseconds since the connection began. "stomp check" reads it.
type recording struct {
	files [2]struct{ bytes, index *os.File } // by role
	sizes [2]int64
}

// newRecording creates the next directory below dir: 1, 2, and so on. It
// contains passcodes, so only the current user may read it.
func newRecording(dir string) (r *recording, name string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", err
	}
	for n := 1; ; n++ {
		name = filepath.Join(dir, strconv.Itoa(n))
		if err = os.Mkdir(name, 0o700); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	r = new(recording)
	for from, base := range [...]string{validate.Client: "c2s", validate.Server: "s2c"} {
		create := func(extension string) *os.File {
			var f *os.File
			if err == nil {
				f, err = os.OpenFile(filepath.Join(name, base+extension), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			}
			return f
		}
		r.files[from].bytes, r.files[from].index = create(".bin"), create(".idx")
	}
	if err != nil {
		r.close()
		return nil, "", err
	}
	return r, name, nil
}

// write adds the data of one read. Each side may call it from its own
// goroutine.
func (r *recording) write(from validate.Role, b []byte, at time.Duration) error {
	f := &r.files[from]
	if _, err := f.bytes.Write(b); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f.index, "%d %d %.3f\n", r.sizes[from], len(b), milliseconds(at))
	r.sizes[from] += int64(len(b))
	return err
}

func (r *recording) close() error {
	var all []error
	for _, f := range r.files {
		for _, f := range []*os.File{f.bytes, f.index} {
			if f != nil {
				all = append(all, f.Close())
			}
		}
	}
	return errors.Join(all...)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
