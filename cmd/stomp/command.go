package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// A command is one thing that the tool can do.
type command struct {
	name    string
	args    string // what may follow the name
	more    string // another form of the call, "" for none
	summary string // one line
	help    string // the rest of what -h prints, before the flags
	// flags declares the flags and returns what runs the command once they are
	// parsed. args are those after the flags.
	flags func(fs *flag.FlagSet) func(e *env, args []string) error
}

// commands are all of them, in the order in which help lists them.
func commands() []*command {
	return []*command{decodeCommand(), encodeCommand(), checkCommand(), statsCommand(), benchCommand(),
		conformCommand(), helpCommand(), completionCommand(), versionCommand()}
}

func lookup(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

// Exit codes.
const (
	exitFine  = 0
	exitInput = 1 // also: what was opened cannot be read, the output cannot be written, a MUST is broken
	exitCall  = 2 // also: there is no such file
)

// A callError says that the call is bad.
type callError string

func (e callError) Error() string { return string(e) }

// A writeError says that the output cannot be written.
type writeError struct{ err error }

func (e *writeError) Error() string { return "write: " + e.err.Error() }

// run runs the command that args name and returns the exit code.
func (e *env) run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(e.stderr, overview())
		return exitCall
	}
	switch args[0] {
	case "-h", "-help", "--help":
		args[0] = "help"
	case "-version", "--version":
		args[0] = "version"
	}
	c := lookup(args[0])
	if c == nil {
		fmt.Fprintf(e.stderr, "stomp: no command %q; \"stomp help\" lists them\n", args[0])
		return exitCall
	}
	fs := c.flagSet()
	run := c.flags(fs)
	rest, err := parseAnywhere(fs, args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		err = e.print(c.usage())
	case err != nil:
		err = callError(err.Error())
	default:
		err = run(e, rest)
	}
	return e.report(c, err)
}

// parseAnywhere parses flags wherever they stand, up to "--", and returns the
// other arguments.
func parseAnywhere(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		left := fs.Args()
		parsed := len(args) - len(left)
		if len(left) == 0 || parsed > 0 && args[parsed-1] == "--" {
			return append(rest, left...), nil
		}
		rest = append(rest, left[0])
		args = left[1:]
	}
}

// report says on standard error what went wrong and returns the exit code.
func (e *env) report(c *command, err error) int {
	if err == nil {
		return exitFine
	}
	var w *writeError
	switch {
	case errors.As(err, &w) && closedPipe(w.err):
		return exitFine // whoever reads the output has had enough
	case err == errBroken:
		return exitInput
	}
	fmt.Fprintf(e.stderr, "stomp %s: %v\n", c.name, err)
	var call callError
	if errors.As(err, &call) {
		fmt.Fprintf(e.stderr, "\"stomp %s -h\" explains the call\n", c.name)
		return exitCall
	}
	return exitInput
}

// print writes text to standard output.
func (e *env) print(text string) error {
	if _, err := io.WriteString(e.stdout, text); err != nil {
		return &writeError{err}
	}
	return nil
}

// flagSet returns a set of flags that prints nothing by itself.
func (c *command) flagSet() *flag.FlagSet {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	return fs
}

// usage is what -h prints.
func (c *command) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s\n", strings.TrimSpace("stomp "+c.name+" "+c.args))
	if c.more != "" {
		fmt.Fprintf(&b, "       %s\n", c.more)
	}
	fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.help))
	fs := c.flagSet()
	c.flags(fs)
	declared := false
	fs.VisitAll(func(*flag.Flag) { declared = true })
	if declared {
		b.WriteString("\nFlags:\n")
		fs.SetOutput(&b)
		fs.PrintDefaults()
	}
	return b.String()
}

// overview is what "stomp help" prints.
func overview() string {
	var b strings.Builder
	b.WriteString("stomp shows, makes and judges STOMP streams, and tests brokers and clients.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-46s %s\n", strings.TrimSpace("stomp "+c.name+" "+c.args), c.summary)
	}
	b.WriteString(`
FILE is a file; without it, or with -, the input is standard input. "stomp decode
-h" explains decode, and so on.

The exit code is 0 if all is well. It is 1 if the input is bad or cannot be read,
the output cannot be written, or check or conform finds a broken MUST. It is 2 if
the call is bad or FILE cannot be opened.
`)
	return b.String()
}

func helpCommand() *command {
	return &command{
		name:    "help",
		args:    "[command | rules | RULE-ID]",
		summary: "explain a command or a rule, list the rules",
		help: `
Explains a command, or a rule or leniency by the ID that check prints, with the
sentences of the specification. Without a name, it lists the commands. "stomp help
rules" lists the rules.
`,
		flags: func(*flag.FlagSet) func(*env, []string) error {
			return func(e *env, args []string) error {
				switch len(args) {
				case 0:
					return e.print(overview())
				case 1:
					if c := lookup(args[0]); c != nil {
						return e.print(c.usage())
					}
					if args[0] == "rules" {
						return e.print(listRules())
					}
					if text := explainRule(args[0]); text != "" {
						return e.print(text)
					}
					return callError(fmt.Sprintf("no command or rule %q; \"stomp help rules\" lists the rules", args[0]))
				}
				return callError("one command or rule at most")
			}
		},
	}
}
