package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Rights are rules that say which login may use which destination. Nil Rights
// allow everything. Otherwise, only what a rule allows is allowed.
type Rights struct{ rules []rule }

type rule struct {
	login        string // or anyLogin
	rights       Right
	destinations *regexp.Regexp
}

// anyLogin is the login of rules for all clients, including those without a
// login.
const anyLogin = "*"

// A Right is Send, Subscribe, or both.
type Right uint8

const (
	Send Right = 1 << iota
	Subscribe
)

func (r Right) String() string {
	if r == Send {
		return "send to"
	}
	return "subscribe to"
}

var errRule = errors.New(`want "LOGIN RIGHT DESTINATION", where RIGHT is send, subscribe or send,subscribe`)

// Add adds the rules of a file, one on each line. Empty lines and lines that
// begin with # are skipped. name is the name of the file, for errors.
func (r *Rights) Add(name string, file io.Reader) error {
	lines := bufio.NewScanner(file)
	n := 1
	for ; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		rule, err := parseRule(fields)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		r.rules = append(r.rules, rule)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s, line %d: %w", name, n, err)
	}
	return nil
}

// parseRule parses a rule. Its errors do not repeat the line, which may contain
// a passcode if the user names the wrong file.
func parseRule(fields []string) (rule, error) {
	if len(fields) != 3 {
		return rule{}, errRule
	}
	r := rule{login: fields[0]}
	if r.login != anyLogin && strings.Contains(r.login, "*") {
		return rule{}, errors.New("LOGIN is a name or *, there are no patterns of logins")
	}
	for name := range strings.SplitSeq(fields[1], ",") {
		switch name {
		case "send":
			r.rights |= Send
		case "subscribe":
			r.rights |= Subscribe
		default:
			return rule{}, errRule
		}
	}
	var err error
	r.destinations, err = parsePattern(fields[2])
	return r, err
}

// wildcards turns the wildcards of a quoted pattern into a regular expression.
var wildcards = strings.NewReplacer(`\*\*`, `(?s:.*)`, `\*`, `[^/]*`)

// parsePattern parses a pattern of destinations, in which * matches any text
// without a slash, and ** any text.
func parsePattern(s string) (*regexp.Regexp, error) {
	known := s == "**"
	for _, prefix := range []string{topicPrefix, queuePrefix, userPrefix} {
		known = known || strings.HasPrefix(s, prefix) && s != prefix
	}
	if !known {
		return nil, errors.New("DESTINATION begins with /topic/, /queue/ or /user/, and a name or wildcard follows; or it is **")
	}
	if name, ok := strings.CutPrefix(s, userPrefix); ok && !strings.Contains(name, "/") && !strings.Contains(name, "**") {
		return nil, errors.New("the DESTINATION of users is /user/NAME/..., also to subscribe to it")
	}
	if strings.ContainsRune(s, utf8.RuneError) { // would match any invalid byte
		return nil, errors.New("DESTINATION is not UTF-8, or has U+FFFD")
	}
	return regexp.Compile(`\A` + wildcards.Replace(regexp.QuoteMeta(s)) + `\z`)
}

// NameLogins reports whether some rules are for one login. Such rules are
// useless if anybody may log in under any name.
func (r *Rights) NameLogins() bool {
	return r != nil && slices.ContainsFunc(r.rules, func(r rule) bool { return r.login != anyLogin })
}

// allow reports whether a login has a right. For user destinations, destination
// is the address.
func (r *Rights) allow(login string, right Right, destination string) bool {
	return r == nil || slices.ContainsFunc(r.rules, func(r rule) bool {
		return (r.login == login || r.login == anyLogin) && r.rights&right != 0 && r.destinations.MatchString(destination)
	})
}
