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
	color          colorFlag
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// colored reports whether standard output should have color: as -color says, or
// when it is a terminal and the user has not said no (https://no-color.org).
func (e *env) colored() bool {
	switch e.color {
	case "always":
		return true
	case "never":
		return false
	}
	return e.terminal(e.stdout) && e.getenv("NO_COLOR") == "" && e.getenv("TERM") != "dumb"
}

// palette returns the colors for standard output.
func (e *env) palette() text.Palette {
	if e.colored() {
		return text.Colored
	}
	return text.Palette{}
}

// closedPipe reports whether an error of writing says that nobody reads.
func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
