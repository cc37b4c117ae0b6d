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

// Names declares a flag that takes names with commas between them.
func Names(fs *flag.FlagSet, name, usage string, add func(name string) error) {
	fs.Func(name, usage+"; `names` with commas between them", func(s string) error {
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
			return fmt.Errorf("%q is no leniency", name)
		}
		*to |= bit
		return nil
	})
}

// Limits declares the flags -max-body, -max-head, -max-line and -max-headers,
// with a prefix, for what a peer sends. more ends their usage.
func Limits(fs *flag.FlagSet, to *parser.Limits, prefix, more string, defaults parser.Limits) {
	fs.Int64Var(&to.Body, prefix+"max-body", defaults.Body, "`bytes` in the body of a frame that is read"+more)
	fs.IntVar(&to.Head, prefix+"max-head", defaults.Head, "`bytes` in the head of a frame that is read"+more)
	fs.IntVar(&to.HeaderLine, prefix+"max-line", defaults.HeaderLine, "`bytes` in a line of a head that is read"+more)
	fs.IntVar(&to.Headers, prefix+"max-headers", defaults.Headers, "`number` of headers in a frame that is read"+more)
}

// DefaultLimits are the limits that package parser has by default.
var DefaultLimits = parser.Limits{
	Body: parser.DefaultBody, Head: parser.DefaultHead, HeaderLine: parser.DefaultHeaderLine, Headers: parser.DefaultHeaders,
}

// PasscodeEnv is the environment variable that may hold the passcode.
const PasscodeEnv = "STOMP_PASSCODE"

// Passcode declares the flags -login, -passcode and -passcode-file, with a
// prefix, to log in to a broker. The function that it returns reads the passcode,
// after the flags are parsed.
func Passcode(fs *flag.FlagSet, login *string, prefix string) func() (string, error) {
	fs.StringVar(login, prefix+"login", "", "`user` to log in to the broker as")
	passcode := fs.String(prefix+"passcode", "", "`passcode` of that user; others on this machine can see it, so -"+prefix+"passcode-file or the environment variable "+PasscodeEnv+" is better")
	file := fs.String(prefix+"passcode-file", "", "`file` with the passcode, in one line")
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

// JSON declares the flag -o, which chooses between a plain form and JSON.
func JSON(fs *flag.FlagSet, to *bool, plain string) {
	fs.Func("o", "print this `form`; "+plain+", the default, or json, one object a line", func(s string) error {
		*to = s == "json"
		if !*to && s != plain {
			return fmt.Errorf("want %s or json", plain)
		}
		return nil
	})
}

// Address returns the host:port of a broker, which may follow tcp://.
func Address(s string) (string, error) {
	s = strings.TrimPrefix(s, "tcp://")
	if _, _, err := net.SplitHostPort(s); err != nil {
		return "", fmt.Errorf("-broker %q: want host:port", s)
	}
	return s, nil
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
