// Package command parses the arguments of the example programs.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Exit codes.
const (
	Fine    = 0
	Failed  = 1
	BadCall = 2
)

// Parse parses the arguments of a program that takes only flags. If done is
// true, the program must exit with code: the user asked for help, and Parse has
// printed about and the flags, or the call is wrong, and Parse has printed why.
// The first sentence of about says what the program is.
func Parse(fs *flag.FlagSet, args []string, stdout, stderr io.Writer, about string) (code int, done bool) {
	code, done = ParseOperands(fs, args, stdout, stderr, about, "")
	if !done && fs.NArg() > 0 {
		fmt.Fprintf(stderr, "%s: unexpected argument %q: this program takes only flags, see -h\n", fs.Name(), fs.Arg(0))
		return BadCall, true
	}
	return code, done
}

// ParseOperands is Parse for a program that takes operands after its flags.
func ParseOperands(fs *flag.FlagSet, args []string, stdout, stderr io.Writer, about, operands string) (code int, done bool) {
	err := parse(fs, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "%s\n\nUsage: %s\n\n", about, strings.TrimSpace(fs.Name()+" [flags] "+operands))
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return Fine, true
	case err != nil:
		fmt.Fprintf(stderr, "%s: %v\n", fs.Name(), err)
		return BadCall, true
	}
	return Fine, false
}

// parse requires that limits and timeouts (max-... and ...-timeout) are greater
// than zero.
func parse(fs *flag.FlagSet, args []string) error {
	fs.Init(fs.Name(), flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	fs.VisitAll(func(f *flag.Flag) {
		value := f.Value.String()
		limit := strings.HasPrefix(f.Name, "max-") || strings.HasSuffix(f.Name, "-timeout")
		if err == nil && limit && (value == "0" || value == "0s" || value[0] == '-') {
			err = fmt.Errorf("-%s is %s, want more than 0", f.Name, value)
		}
	})
	return err
}
