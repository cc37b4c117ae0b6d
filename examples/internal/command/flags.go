package command

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/stompwire/stomp/parser"
)

// List declares a repeatable flag.
func List(fs *flag.FlagSet, to *[]string, name, usage string) {
	fs.Func(name, usage, func(s string) error {
		if s == "" {
			return errors.New("empty")
		}
		*to = append(*to, s)
		return nil
	})
}

// Names declares a flag that takes names separated by commas.
func Names(fs *flag.FlagSet, name, usage string, add func(name string) error) {
	fs.Func(name, usage+"; `names` separated by commas", func(s string) error {
		for name := range strings.SplitSeq(s, ",") {
			if err := add(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Allow declares the flag -allow.
func Allow(fs *flag.FlagSet, to *parser.Allow) {
	Names(fs, "allow", "leniencies of the parser: "+strings.Join(parser.AllowAll.Names(), ", ")+", or all", func(name string) error {
		bit, ok := parser.ParseAllow(name)
		if !ok {
			return fmt.Errorf("unknown leniency %q", name)
		}
		*to |= bit
		return nil
	})
}

// Limits declares the flags -max-body, -max-head, -max-line and -max-headers,
// each with a prefix, for the limits on what a peer sends. more is appended to
// their usage.
func Limits(fs *flag.FlagSet, to *parser.Limits, prefix, more string, defaults parser.Limits) {
	fs.Int64Var(&to.Body, prefix+"max-body", defaults.Body, "largest body of a frame, in `bytes`"+more)
	fs.IntVar(&to.Head, prefix+"max-head", defaults.Head, "largest head of a frame, in `bytes`"+more)
	fs.IntVar(&to.HeaderLine, prefix+"max-line", defaults.HeaderLine, "longest line of a head, in `bytes`"+more)
	fs.IntVar(&to.Headers, prefix+"max-headers", defaults.Headers, "`number` of headers in a frame"+more)
}

// DefaultLimits are the default limits of package parser.
var DefaultLimits = parser.Limits{
	Body: parser.DefaultBody, Head: parser.DefaultHead, HeaderLine: parser.DefaultHeaderLine, Headers: parser.DefaultHeaders,
}

// PasscodeEnv is the environment variable with the passcode.
const PasscodeEnv = "STOMP_PASSCODE"

// Passcode declares the flags -login, -passcode and -passcode-file, each with a
// prefix, for the login at a broker. Call the returned function after the flags
// are parsed; it returns the passcode.
func Passcode(fs *flag.FlagSet, login *string, prefix string) func() (string, error) {
	fs.StringVar(login, prefix+"login", "", "`user` to log in to the broker as")
	passcode := fs.String(prefix+"passcode", "", "`passcode` of that user; other users of this machine can see it, so prefer -"+prefix+"passcode-file or the environment variable "+PasscodeEnv)
	file := fs.String(prefix+"passcode-file", "", "`file` that contains the passcode on one line")
	return func() (string, error) {
		if *file == "" {
			return cmp.Or(*passcode, os.Getenv(PasscodeEnv)), nil
		}
		if *passcode != "" {
			return "", fmt.Errorf("-%spasscode and -%spasscode-file exclude each other", prefix, prefix)
		}
		text, err := os.ReadFile(*file)
		return strings.TrimRight(string(text), "\r\n"), err
	}
}

// JSON declares the flag -o, which selects a plain form or JSON.
func JSON(fs *flag.FlagSet, to *bool, plain string) {
	fs.Func("o", "output `form`; "+plain+" (the default) or json, one object on each line", func(s string) error {
		*to = s == "json"
		if !*to && s != plain {
			return fmt.Errorf("want %s or json", plain)
		}
		return nil
	})
}

// Address returns the host:port of a broker. The scheme tcp:// is optional.
func Address(s string) (string, error) {
	s = strings.TrimPrefix(s, "tcp://")
	if _, _, err := net.SplitHostPort(s); err != nil {
		return "", fmt.Errorf("-broker %q: want host:port", s)
	}
	return s, nil
}

// Log declares the flags -quiet and -verbose. Call the returned function after
// the flags are parsed; it returns the logger.
func Log(fs *flag.FlagSet, to io.Writer) func() *slog.Logger {
	quiet := fs.Bool("quiet", false, "log only fatal errors")
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
