package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// versionFlag is the value of -version: a version, or Unnegotiated for auto.
type versionFlag frame.Version

func (v *versionFlag) String() string {
	if frame.Version(*v) == frame.Unnegotiated {
		return "auto"
	}
	return frame.Version(*v).String()
}

func (v *versionFlag) Set(s string) error {
	if s == "auto" {
		*v = versionFlag(frame.Unnegotiated)
		return nil
	}
	parsed, ok := frame.ParseVersion(s)
	if !ok {
		return errors.New("want 1.0, 1.1, 1.2 or auto")
	}
	*v = versionFlag(parsed)
	return nil
}

// allowFlag is the value of -allow. Given again, it adds to what was given.
type allowFlag parser.Allow

func (a *allowFlag) String() string { return parser.Allow(*a).String() }

func (a *allowFlag) Set(s string) error {
	for name := range strings.SplitSeq(s, ",") {
		bit, ok := parser.ParseAllow(name)
		if !ok {
			return fmt.Errorf("%q is none of %s, all", name, strings.Join(parser.AllowAll.Names(), ", "))
		}
		*a |= allowFlag(bit)
	}
	return nil
}

// limitFlag is the value of a -max flag, as a field of [parser.Limits] has it:
// Unlimited for unlimited, None for 0.
type limitFlag[N int | int64] struct{ n *N }

func (l limitFlag[N]) String() string {
	switch {
	case l.n == nil || *l.n == 0:
		return ""
	case *l.n == parser.Unlimited:
		return "unlimited"
	case *l.n == parser.None:
		return "0"
	}
	return strconv.FormatInt(int64(*l.n), 10)
}

func (l limitFlag[N]) Set(s string) error {
	if s == "unlimited" {
		*l.n = parser.Unlimited
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return errors.New("want a number, or unlimited")
	}
	if n == 0 {
		*l.n = parser.None
		return nil
	}
	if int64(N(n)) != n {
		return errors.New("too large for this machine: say unlimited")
	}
	*l.n = N(n)
	return nil
}

// readFlags are the flags of all commands that read a stream of frames.
type readFlags struct {
	version versionFlag
	allow   allowFlag
	limits  parser.Limits
	chunk   int
	quiet   bool
}

// declareReadFlags declares them.
func declareReadFlags(fs *flag.FlagSet) *readFlags {
	f := new(readFlags)
	declareVersion(fs, &f.version)
	fs.Var(&f.allow, "allow", "leniencies to accept, `names` separated by commas: "+strings.Join(parser.AllowAll.Names(), ", ")+"; or all")
	fs.Func("chunk", "feed the parser `N` bytes at a time; what is printed does not change", f.setChunk)
	const most = "; unlimited for no limit"
	fs.Var(limitFlag[int]{&f.limits.HeaderLine}, "max-line", "longest line of a head, `N` bytes, default "+strconv.Itoa(parser.DefaultHeaderLine)+most)
	fs.Var(limitFlag[int]{&f.limits.Headers}, "max-headers", "most headers in a frame, `N`, default "+strconv.Itoa(parser.DefaultHeaders)+most)
	fs.Var(limitFlag[int]{&f.limits.Head}, "max-head", "largest head, `N` bytes, default "+strconv.Itoa(parser.DefaultHead)+most)
	fs.Var(limitFlag[int64]{&f.limits.Body}, "max-body", "largest body, `N` bytes, 0 for none, default "+strconv.Itoa(parser.DefaultBody)+most)
	declareQuiet(fs, &f.quiet)
	return f
}

func declareVersion(fs *flag.FlagSet, v *versionFlag) {
	fs.Var(v, "version", "the `version` of the stream: 1.0, 1.1, 1.2 or auto; default auto")
}

// colorFlag is the value of -color, "" for auto.
type colorFlag string

func (c *colorFlag) String() string { return string(*c) }

func (c *colorFlag) Set(s string) error {
	switch s {
	case "auto", "always", "never":
		*c = colorFlag(s)
		return nil
	}
	return errors.New("want auto, always or never")
}

func declareColor(fs *flag.FlagSet, c *colorFlag) {
	fs.Var(c, "color", "`when` the output has color: auto (on a terminal), always or never; default auto")
}

func declareQuiet(fs *flag.FlagSet, quiet *bool) {
	fs.BoolVar(quiet, "q", false, "print only errors on standard error")
}

// maxChunk is the largest -chunk, whose bytes are held in memory.
const maxChunk = 16 << 20

func (f *readFlags) setChunk(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxChunk {
		return fmt.Errorf("want a number from 1 to %d", maxChunk)
	}
	f.chunk = n
	return nil
}

// options returns what the flags say to a parser.
func (f *readFlags) options() parser.Options {
	return parser.Options{
		Version: frame.Version(f.version),
		Limits:  f.limits,
		Allow:   parser.Allow(f.allow),
	}
}
