package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// breaks reports whether a frame breaks a rule, borrowed and owned alike.
func breaks(t *testing.T, h frame.Head, v frame.Version, from validate.Role, r validate.Rule) bool {
	t.Helper()
	borrowed := slices.Contains(ids(t, validate.CheckHead(h, v, from)), r.ID())
	if owned := slices.Contains(ids(t, validate.CheckFrame(h.Clone(), v, from)), r.ID()); owned != borrowed {
		t.Errorf("%v: %s is broken by the borrowed frame: %v, by the owned one: %v", h, r.ID(), borrowed, owned)
	}
	return borrowed
}

// Values that have a syntax, each at the edges of it.
func TestValueSyntax(t *testing.T) {
	for _, c := range []struct {
		header string
		from   validate.Role
		head   func(value string) frame.Head
		rule   validate.Rule
		good   []string
		bad    []string
	}{
		{"content-type", validate.Client, func(v string) frame.Head { return head(frame.SEND, "destination", "d", "content-type", v) }, validate.ContentTypeSyntax,
			[]string{
				"a/b", "text/plain", "a/b;c=d", "a/b ; c=d", "a/b\t;\tc=d", "a/b;c=d;e=f", "a/b;", "a/b; ", "a/b;;", "a/b ;; ;c=d",
				"0!#$%&'*+-.^_`|~9/azAZ", "a/b;c=0!#$%&'*+-.^_`|~9",
				`a/b;c=""`, `a/b;c="d"`, `a/b;c="d e"`, "a/b;c=\"d\te\"", `a/b;c="\""`, `a/b;c="\\"`, `a/b;c="\\";d=e`, `a/b;c="~ /;="`, "a/b;c=\"\u00e9\"", "{a/b}", "a/b;c={d}",
			},
			[]string{
				"", "a", "a/", "/b", "/", "a//b", "a/b/c", "a/b c", "a/b ", "a /b", "a/ b", " a/b", "a/b,c/d", "a/b@", "a/b[", "a/b(", "a/b:", "a/b\x7f",
				"a/b;c", "a/b;c=", "a/b;=d", "a/b;c =d", "a/b;c= d", "a/b;c=d e", "a/b;c=d=e", "a/b;c=d ", "a/b c=d",
				`a/b;c="`, `a/b;c="d`, `a/b;c="\"`, `a/b;c="\`, `a/b;c="d"e`, "a/b;c=\"\x1f\"", "a/b;c=\"\x7f\"", "a/b;c=\"\n\"", "a/b;c=\u00e9",
			}},
		{"server", validate.Server, func(v string) frame.Head { return head(frame.CONNECTED, "version", "1.2", "server", v) }, validate.ConnectedServerSyntax,
			[]string{"a", "a/1", "a/1.2", "a b", "a/1 b", "a ", "a/1 ", "a  /", "a b/c d", "a,b", "a/1/2", "a//1", "a/1,2", "a\tb"},
			[]string{"", "/", "a/", "/1", "a/ b", " a", "/ a"}},
		{"version", validate.Server, func(v string) frame.Head { return head(frame.CONNECTED, "version", v) }, validate.ConnectedVersionSyntax,
			[]string{"1.2", "0.0", "9.9", "10.25", "1234.5678", "12345678901234567890.1", "1.12345678901234567890"},
			[]string{"", ".", "1", "1.", ".2", "1.2.", "1.2.3", "1,2", "12345678901234567890", "/.2", ":.2", "1./", "1.:", " 1.2", "1.2 ", "+1.2", "1x2"}},
		{"accept-version", validate.Client, func(v string) frame.Head { return head(frame.CONNECT, "accept-version", v, "host", "h") }, validate.AcceptVersionList,
			[]string{"1.2", "1.0,1.1,1.2", "1.1,1.2", "1.2,2.0", "0.0,1.2", "1.2,1.10", "1.9,2.0,2.1", "0.9,1.2", "1.2,99999999999999999999.0"},
			[]string{"", ",", "1.2,", ",1.2", "1.2,1.2", "1.2,1.1", "2.0,1.2", "2.1,1.9", "1.1 1.2", "1.1, 1.2", "1.2,x", "1.1,1.2,1.2", "1.2,1.02", "1.02,1.2"}},
		{"heart-beat", validate.Client, func(v string) frame.Head {
			return head(frame.CONNECT, "accept-version", "1.2", "host", "h", "heart-beat", v)
		}, validate.HeartBeatSyntax,
			[]string{"0,0", "00,1000", "9223372036855,18446744073709551616"},
			[]string{"", "0", "0,", ",0", "0,0,0", "0, 0", "-1,0"}},
	} {
		for i, values := range [][]string{c.good, c.bad} {
			for _, value := range values {
				if bad := breaks(t, c.head(value), frame.V12, c.from, c.rule); bad != (i == 1) {
					t.Errorf("%s %q breaks %s: %v", c.header, value, c.rule.ID(), bad)
				}
			}
		}
	}
}

// A byte over 127 is seen at every place of names and values of every length,
// and those up to 127 are not taken for one.
func TestOctetsOver127(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for _, plain := range []string{strings.Repeat("a", n), strings.Repeat("\x7f", n), strings.Repeat("\x01", n)} {
			for _, named := range []bool{false, true} {
				frameWith := func(s string) frame.Head {
					if named {
						return head(frame.SEND, "destination", "d", s, "v")
					}
					return head(frame.SEND, "destination", "d", "n", s)
				}
				for _, v := range []frame.Version{frame.V10, frame.V12} {
					rule := validate.HeaderASCII
					if v == frame.V12 {
						rule = validate.HeaderUTF8
					}
					if breaks(t, frameWith(plain), v, validate.Client, rule) {
						t.Errorf("%d bytes %q, in the name: %v, %v: %s", n, plain[:1], named, v, rule.ID())
					}
					for i := range n {
						for _, c := range []string{"\x80", "\xff"} {
							if s := plain[:i] + c + plain[i+1:]; !breaks(t, frameWith(s), v, validate.Client, rule) {
								t.Errorf("%d bytes, %q at %d, in the name: %v, %v: no %s", n, c, i, named, v, rule.ID())
							}
						}
					}
				}
			}
		}
	}
}
