// Package command has what the programs with flags have in common.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Exit codes.
const (
	Fine    = 0
	Failed  = 1
	BadCall = 2
)

// Parse parses a call, which may have flags alone. It reports whether there is
// nothing more to do, and the exit code then: when the call asks for help Parse
// prints about, a sentence or two, and the flags; when the call is bad it prints
// why.
func Parse(fs *flag.FlagSet, args []string, stdout, stderr io.Writer, about string) (code int, done bool) {
	err := parse(fs, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "%s\n\nUsage: %s [flags]\n\n", about, fs.Name())
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return Fine, true
	case err != nil:
		fmt.Fprintf(stderr, "%s: %v\n", fs.Name(), err)
		return BadCall, true
	}
	return Fine, false
}

// parse makes sure that limits and timeouts, max-... and ...-timeout, are more
// than zero.
func parse(fs *flag.FlagSet, args []string) error {
	fs.Init(fs.Name(), flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	if err == nil && fs.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q: there are only flags, see -h", fs.Arg(0))
	}
	fs.VisitAll(func(f *flag.Flag) {
		value := f.Value.String()
		limit := strings.HasPrefix(f.Name, "max-") || strings.HasSuffix(f.Name, "-timeout")
		if err == nil && limit && (value == "0" || value == "0s" || value[0] == '-') {
			err = fmt.Errorf("-%s is %s, want more than 0", f.Name, value)
		}
	})
	return err
}

// List declares a flag that may be given more than once.
func List(fs *flag.FlagSet, to *[]string, name, usage string) {
	fs.Func(name, usage, func(s string) error {
		if s == "" {
			return errors.New("empty")
		}
		*to = append(*to, s)
		return nil
	})
}

// Log declares the flags -quiet and -verbose. The function it returns makes the
// log that they ask for.
func Log(fs *flag.FlagSet, to io.Writer) func() *slog.Logger {
	quiet := fs.Bool("quiet", false, "log nothing but what is fatal")
	verbose := fs.Bool("verbose", false, "log each connection")
	return func() *slog.Logger {
		level := slog.LevelInfo
		if *quiet {
			level = slog.LevelError
		} else if *verbose {
			level = slog.LevelDebug
		}
		return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
	}
}
