package command

import (
	"bytes"
	"flag"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string // part of the error; "help" if help is printed
	}{
		{nil, ""},
		{[]string{"-max-body", "5", "-list", "a", "-list", "b", "-verbose"}, ""},
		{[]string{"-h"}, "help"},
		{[]string{"x"}, `unexpected argument "x"`},
		{[]string{"-max-body", "0"}, "-max-body is 0"},
		{[]string{"-max-body", "-1"}, "-max-body is -1"},
		{[]string{"-stop-timeout", "0"}, "-stop-timeout is 0s"},
		{[]string{"-list", ""}, "empty"},
		{[]string{"-none"}, "not defined: -none"},
	} {
		fs := flag.NewFlagSet("program", flag.ContinueOnError)
		fs.Int("max-body", 1, "")
		fs.Duration("stop-timeout", time.Second, "")
		var list []string
		List(fs, &list, "list", "a `thing`")
		var log, help, complaint bytes.Buffer
		logger := Log(fs, &log)
		code, done := Parse(fs, test.args, &help, &complaint, "Program does nothing.")
		switch {
		case test.want == "help":
			if text := help.String(); code != Fine || !done || !strings.HasPrefix(text, "Program does nothing.\n\nUsage: program [flags]\n") || !strings.Contains(text, "-list thing") {
				t.Errorf("%q: %d, %s", test.args, code, text)
			}
		case test.want == "":
			if done || complaint.Len() > 0 {
				t.Errorf("%q: %d, %s", test.args, code, &complaint)
			}
		case code != BadCall || !done || !strings.HasPrefix(complaint.String(), "program: ") || !strings.Contains(complaint.String(), test.want):
			t.Errorf("%q: %d, %s", test.args, code, &complaint)
		}
		if !done {
			logger().Debug("seen")
			if verbose := len(test.args) > 0; verbose != strings.Contains(log.String(), "seen") || verbose != (strings.Join(list, " ") == "a b") {
				t.Errorf("%q: list %q, log %q", test.args, list, &log)
			}
		}
	}
}
