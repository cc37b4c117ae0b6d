package main

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/stompwire/stomp/internal/text"
)

// env is what the tool takes from its surroundings.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	terminal       func(w io.Writer) bool
	getenv         func(name string) string
	now            func() time.Time
}

// isTerminal reports whether w is a terminal. Other character devices, such as
// /dev/null, pass for one, and do not mind.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colour reports whether standard output should be coloured: it is a terminal,
// and the user has not said no (https://no-color.org).
func (e *env) colour() bool {
	return e.terminal(e.stdout) && e.getenv("NO_COLOR") == "" && e.getenv("TERM") != "dumb"
}

// palette returns the colours for standard output.
func (e *env) palette() text.Palette {
	if e.colour() {
		return text.Coloured
	}
	return text.Palette{}
}

// closedPipe reports whether an error of writing says that nobody reads.
func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
