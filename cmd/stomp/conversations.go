package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
)

// conversations reads the conversations of a capture. Whenever it may have to wait
// for more of the capture, what is held in out is written: the capture may be
// live.
func (in *input) conversations(format capture.Format, c *choice, h capture.Handler, out *bufio.Writer) (*capture.Summary, error) {
	in.Reader = flushing{in.Reader, out}
	var summary *capture.Summary
	var err error
	switch format {
	case capture.Recording:
		summary, err = capture.ReadRecordings(in.dirs, &c.conns, h)
	case capture.HAR:
		summary, err = capture.ReadHAR(in.Reader, &c.conns, h)
	default:
		summary, err = capture.ReadPackets(in.Reader, &c.conns, h)
	}
	var w *writeError
	if err != nil && !errors.As(err, &w) {
		err = in.errorf("%w", err)
	}
	return summary, err
}

// flushing is a reader that first writes what is held. An error of writing stays
// with the writer.
type flushing struct {
	r   io.Reader
	out *bufio.Writer
}

func (f flushing) Read(b []byte) (int, error) {
	f.out.Flush()
	return f.r.Read(b)
}

// others tells what else than STOMP was in a capture.
func (e *env) others(s *capture.Summary, c *choice, command string, quiet bool) {
	var list []string
	n := 0
	for name, count := range s.Others {
		n += count
		if name == "" {
			name = "not known"
		}
		list = append(list, fmt.Sprintf("%s %d", name, count))
	}
	slices.Sort(list)
	for _, number := range c.conns.Numbers {
		if number > s.Conversations {
			fmt.Fprintf(e.stderr, "stomp %s: there is no #%d: the capture has %s\n", command, number, plural(int64(s.Conversations), "STOMP conversation"))
		}
	}
	switch {
	case quiet || s.Conversations > 0 && n == 0:
		return
	case s.Conversations == 0 && n == 0 && s.Packets == 0:
		fmt.Fprintf(e.stderr, "stomp %s: the capture is empty\n", command)
	case s.Conversations == 0 && n == 0:
		fmt.Fprintf(e.stderr, "stomp %s: no STOMP in %s, of which %d are TCP\n", command, plural(s.Packets, "packet"), s.Segments)
	case s.Conversations == 0:
		fmt.Fprintf(e.stderr, "stomp %s: no STOMP in %s: %s; -port N reads those at a port as STOMP, whatever they look like\n", command, plural(int64(n), "connection"), strings.Join(list, ", "))
	default:
		fmt.Fprintf(e.stderr, "stomp %s: %s without STOMP: %s\n", command, plural(int64(n), "connection"), strings.Join(list, ", "))
	}
}
