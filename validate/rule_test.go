package validate_test

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

func TestRules(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	section := regexp.MustCompile(`^STOMP 1\.[012]`)
	seen := map[string]bool{}
	for r := range validate.Rules() {
		if !id.MatchString(r.ID()) || seen[r.ID()] {
			t.Errorf("rule %d has ID %q", uint16(r), r.ID())
		}
		seen[r.ID()] = true
		if found, ok := validate.LookupRule(r.ID()); !ok || found != r {
			t.Errorf("LookupRule(%q) = %v, %v", r.ID(), found, ok)
		}
		for _, v := range []frame.Version{frame.V10, frame.V11, frame.V12} {
			if strings.Contains(r.Section(), v.String()) != r.Versions().Has(v) {
				t.Errorf("%v holds in %v, but its section is %q", r, r.Versions(), r.Section())
			}
		}
		if !section.MatchString(r.Section()) || !r.Binds(validate.Client) && !r.Binds(validate.Server) || r.Binds(2) {
			t.Errorf("%v has section %q, or binds nobody, or a third", r, r.Section())
		}
		for _, text := range []string{r.Requirement(), r.Text()} {
			if !isPrintable(text) || strings.ContainsAny(text, ":{}") || strings.HasSuffix(text, ".") || len(text) > 120 || seen[text] && r != validate.ContentTypeMIME {
				t.Errorf("%v has text %q", r, text)
			}
			seen[text] = true
		}
		if strings.Contains(r.Text(), " should ") == r.Must() {
			t.Errorf("%v, MUST %v, has text %q", r, r.Must(), r.Text())
		}
		if want := "stomp: " + r.Text() + " (" + r.ID() + "; " + r.Section() + ")"; r.Error() != want {
			t.Errorf("%v: error is %q, want %q", r, r.Error(), want)
		}
	}
	for range validate.Rules() {
		break // stops when asked to
	}
}

// The text of a violation names the command and the header, and the usual slip.
func TestViolationText(t *testing.T) {
	connect := func(name, value string) frame.Head {
		return head(frame.CONNECT, "accept-version", "1.2", "host", "h", name, value)
	}
	const blank = "; the value begins with a blank, which STOMP does not strip"
	for _, c := range []struct {
		rule    validate.Rule
		version frame.Version
		from    validate.Role
		head    frame.Head
		want    string
	}{
		{validate.CommandDirection, frame.V12, validate.Client, head(frame.MESSAGE), "MESSAGE must only be sent by servers"},
		{validate.CommandDirection, frame.V12, validate.Server, head(frame.BEGIN), "BEGIN must only be sent by clients"},
		{validate.BodyNotAllowed, frame.V12, validate.Client, head(frame.SUBSCRIBE, "id", "1", "destination", "d", "content-length", "1"), "SUBSCRIBE must not have a body"},
		{validate.BodyNotAllowed, frame.V12, validate.Server, head(frame.RECEIPT, "receipt-id", "1", "content-length", "1"), "RECEIPT must not have a body"},
		{validate.HeaderUTF8, frame.V12, validate.Client, head(frame.SEND, "destination", "d", "x-note", "\xff"), "the header x-note of SEND must be UTF-8"},
		{validate.HeaderUTF8, frame.V12, validate.Client, head("HI", "x-note", "\xff"), "the header x-note of HI must be UTF-8"},
		{validate.HeaderUTF8, frame.V12, validate.Client, head("HI\x1b", "a:b", "\xff"), `the header "a\cb" of "HI\x1b" must be UTF-8`},
		{validate.HeaderNameColon, frame.V10, validate.Client, head(frame.SEND, "destination", "d", "a:b", "c"),
			`the header "a\cb" of SEND must not have a colon in its name, which cannot be escaped there`},
		{validate.ContentTypeSyntax, frame.V12, validate.Client, head(frame.SEND, "destination", "d", "content-type", "json"),
			"the content-type header of SEND must be a MIME type such as text/plain"},
		{validate.ContentTypeSyntax, frame.V12, validate.Server, head(frame.ERROR, "message", "m", "content-type", " application/json"),
			"the content-type header of ERROR must be a MIME type such as text/plain" + blank},
		{validate.ContentTypeSyntax, frame.V12, validate.Client, head(frame.SEND, "destination", "d", "content-type", "application/json\t"),
			"the content-type header of SEND must be a MIME type such as text/plain; the value ends with a blank, which STOMP does not strip"},
		{validate.ContentTypeMIME, frame.V11, validate.Client, head(frame.SEND, "destination", "d", "content-type", "text/plain\r"),
			"the content-type header of SEND should be a MIME type such as text/plain; the value ends with a carriage return, which is part of a line ending only in STOMP 1.2"},
		{validate.HeartBeatSyntax, frame.V12, validate.Client, connect("heart-beat", " 0,0"),
			"the heart-beat header of CONNECT must be two numbers of milliseconds, with a comma and no blanks, such as 10000,10000" + blank},
		{validate.AcceptVersionList, frame.V12, validate.Client, head(frame.CONNECT, "accept-version", " 1.2", "host", "h"),
			"the accept-version header of CONNECT should list versions in rising order, with commas and no blanks, such as 1.1,1.2" + blank},
		{validate.SubscribeAckMode, frame.V12, validate.Client, head(frame.SUBSCRIBE, "id", "1", "destination", "d", "ack", " client"),
			"the ack header of SUBSCRIBE must be auto, client or, since STOMP 1.1, client-individual" + blank},
		{validate.ContentLengthSyntax, frame.V12, validate.Client, head(frame.SEND, "destination", "d", "content-length", ""), "the content-length header of SEND must be a number in decimal digits"},

		{validate.UnsubscribeKnown, frame.V12, validate.Client, head(frame.UNSUBSCRIBE, "id", "t"), "UNSUBSCRIBE names no open subscription"},
		{validate.UnsubscribeKnown, frame.V12, validate.Client, head(frame.UNSUBSCRIBE, "id", " s"), "UNSUBSCRIBE names no open subscription" + blank},
		{validate.UnsubscribeKnown, frame.V10, validate.Client, head(frame.UNSUBSCRIBE, "id", " s"), "UNSUBSCRIBE names no open subscription; the value begins with a blank"},
		{validate.AckKnown, frame.V12, validate.Client, head(frame.ACK, "id", "m"),
			"ACK names no message that waits for acknowledgment; its id must be the ack header of the MESSAGE, not its message-id"},
		{validate.NackKnown, frame.V12, validate.Client, head(frame.NACK, "id", " m"), "NACK names no message that waits for acknowledgment" + blank},
		{validate.AckKnown, frame.V11, validate.Client, head(frame.ACK, "subscription", "s", "message-id", "m"), "ACK names no message that waits for acknowledgment"},
		{validate.TransactionKnown, frame.V12, validate.Client, head(frame.SEND, "destination", "d", "transaction", "t"), "the transaction header of SEND must be one that BEGIN has opened"},
		{validate.TransactionKnown, frame.V12, validate.Client, head(frame.NACK, "id", "7", "transaction", "t"), "the transaction header of NACK must be one that BEGIN has opened"},
		{validate.ConnectOnce, frame.V12, validate.Client, connect("login", "l"), "CONNECT must not be sent again on the same connection"},
		{validate.ReceiptKnown, frame.V12, validate.Server, head(frame.RECEIPT, "receipt-id", "1 "), "RECEIPT answers no frame that waits for a receipt; the value ends with a blank, which STOMP does not strip"},
	} {
		s := session(t, validate.SessionLimits{}, c.version.String())
		mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client"))
		found := violations(validate.CheckHead(c.head, c.version, c.from))
		found = append(found, violations(s.Step(c.from, c.head))...)
		i := slices.IndexFunc(found, func(v validate.Violation) bool { return v.Rule == c.rule })
		if i < 0 {
			t.Errorf("%v does not break %v, but %v", c.head, c.rule, found)
			continue
		}
		if got := found[i].Text(); got != c.want {
			t.Errorf("%v in %v: text is\n%s\nwant\n%s", c.head, c.version, got, c.want)
		}
		if got := found[i].Error(); !strings.HasPrefix(got, "stomp: "+c.want+" ("+c.rule.ID()) || !strings.HasSuffix(got, "; "+c.rule.Section()+")") {
			t.Errorf("error is %q", got)
		}
	}
}

func violations(err error) (v validate.Violations) {
	errors.As(err, &v)
	return v
}

func TestNoRule(t *testing.T) {
	last := slices.Max(slices.Collect(validate.Rules()))
	for _, r := range []validate.Rule{0, last + 1, 9999} {
		want := "rule-" + strconv.Itoa(int(r))
		if r.ID() != want || r.Text() != "no such rule" || r.Requirement() != "There is no such rule" || r.Must() || r.Binds(validate.Client) || r.Versions() != 0 {
			t.Errorf("rule %d is %v, %q", uint16(r), r, r.Text())
		}
	}
	for _, id := range []string{"", "rule-0", "subscribe-id", "Subscribe-Id-Required"} {
		if r, ok := validate.LookupRule(id); ok || r != 0 {
			t.Errorf("LookupRule(%q) = %v, %v", id, r, ok)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{validate.Client.String(), "client"},
		{validate.Server.String(), "server"},
		{validate.Role(7).String(), "Role(7)"},
		{validate.Idle.String(), "idle"},
		{validate.Closed.String(), "closed"},
		{validate.Phase(9).String(), "Phase(9)"},
	} {
		if c.got != c.want {
			t.Errorf("String is %q, want %q", c.got, c.want)
		}
	}
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

func TestViolations(t *testing.T) {
	err := validate.CheckHead(head(frame.SEND, "", "x", "content-length", "passw0rd"), frame.V12, validate.Client)
	got, ok := err.(validate.Violations)
	want := validate.Violations{
		{Rule: validate.HeaderNameEmpty, Command: frame.SEND, Header: `""`},
		{Rule: validate.ContentLengthSyntax, Command: frame.SEND, Header: "content-length"},
		{Rule: validate.SendDestinationRequired, Command: frame.SEND, Header: "destination"},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Fatalf("violations (-want +got):\n%s", diff)
	}
	text := `stomp: SEND must not have a header with an empty name (header-name-empty, header ""; STOMP 1.0, 1.1 and 1.2, Augmented BNF); ` +
		`the content-length header of SEND must be a number in decimal digits (content-length-syntax, header content-length; STOMP 1.0, SEND; STOMP 1.1 and 1.2, Header content-length); ` +
		`SEND must have a destination header (send-destination-required, header destination; STOMP 1.0, 1.1 and 1.2, SEND)`
	if err.Error() != text {
		t.Errorf("text is\n%s\nwant\n%s", err, text)
	}
	var first validate.Violation
	if !errors.As(err, &first) || first != want[0] {
		t.Errorf("errors.As finds %v", first)
	}
	for _, r := range []validate.Rule{validate.HeaderNameEmpty, validate.ContentLengthSyntax, validate.SendDestinationRequired} {
		if !errors.Is(err, r) {
			t.Errorf("errors.Is does not find %v", r)
		}
	}
	if errors.Is(err, validate.AckKnown) {
		t.Errorf("errors.Is finds a rule that was not broken")
	}
	if want := `stomp: SEND must not have a header with an empty name (header-name-empty, header ""; STOMP 1.0, 1.1 and 1.2, Augmented BNF)`; first.Error() != want {
		t.Errorf("text is %q, want %q", first.Error(), want)
	}
}

func TestEnforce(t *testing.T) {
	should := validate.Violation{Rule: validate.ConnectPreferred, Command: frame.STOMP}
	host := validate.Violation{Rule: validate.ConnectHostRequired, Command: frame.STOMP, Header: "host"}
	version := validate.Violation{Rule: validate.ConnectAcceptVersionRequired, Command: frame.STOMP, Header: "accept-version"}
	list := validate.Violations{should, version, host}
	limit := &validate.LimitError{Limit: "Receipts", Max: 1, Command: frame.SEND}
	other := errors.New("other")
	for _, c := range []struct {
		err    error
		except []validate.Rule
		want   error
	}{
		{nil, nil, nil},
		{nil, []validate.Rule{validate.ConnectHostRequired}, nil},
		{list, nil, list[1:]},
		{list, []validate.Rule{validate.ConnectHostRequired}, list[1:2]},
		{list, []validate.Rule{validate.ConnectHostRequired, validate.ConnectAcceptVersionRequired}, nil},
		{list[:1], nil, nil},
		{validate.Violations{}, nil, nil},
		{should, nil, nil},
		{host, nil, host},
		{host, []validate.Rule{validate.ConnectHostRequired}, nil},
		{limit, nil, limit},
		{&validate.LimitError{Limit: "Receipts", Max: 1, Command: frame.SEND, Violations: list}, []validate.Rule{validate.ConnectHostRequired},
			&validate.LimitError{Limit: "Receipts", Max: 1, Command: frame.SEND, Violations: list[1:2]}},
		{other, nil, other},
	} {
		got := validate.Enforce(c.err, c.except...)
		if (got == nil) != (c.want == nil) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("Enforce(%v, %v) is %v, want %v", c.err, c.except, got, c.want)
		}
	}
	if len(list) != 3 || list[0] != should {
		t.Errorf("the list has become %v", list)
	}
	if text := (validate.Violations{}).Error(); text != "stomp: no violation" {
		t.Errorf("text of nothing is %q", text)
	}
}

// What a peer chooses does not reach an error, but for names, and those only
// in printable ASCII and cut.
func TestErrorsAreSafe(t *testing.T) {
	const secret = "s3cr3t\x1b[31m"
	hostile := []string{"", "\x1b]0;x\x07", strings.Repeat("n", 5000), "caf\xe9", "a:b\n", "\u202e"}
	for _, v := range []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12} {
		for _, c := range []frame.Command{frame.CONNECT, frame.CONNECTED, frame.SUBSCRIBE, frame.SEND, frame.ERROR, frame.ACK, "X\x1b[2J", frame.Command(strings.Repeat("Y", 5000))} {
			f := &frame.Frame{Command: c, Body: []byte(secret)}
			for range 20 {
				for _, name := range hostile {
					f.Headers.Add(name, secret+"\xff:\n")
				}
			}
			for _, name := range []string{"accept-version", "version", "heart-beat", "server", "ack", "content-type", "content-length", "receipt", "passcode", "host"} {
				f.Headers.Add(name, secret)
			}
			s := validate.NewSession(validate.SessionLimits{ID: 3})
			for _, err := range []error{
				validate.CheckFrame(f, v, validate.Client), validate.CheckFrame(f, v, validate.Server), s.StepFrame(validate.Server, f),
				validate.CheckRaw([]byte(string(c)+"\n"+strings.Repeat("\x1b\xff:"+secret+":\n", 500)), v, validate.Client),
			} {
				if err == nil {
					continue
				}
				if text := err.Error(); !isPrintable(text) || strings.Contains(text, "s3cr3t") || len(text) > 8000 {
					t.Errorf("%v %.10q: text is %.200q, %d bytes", v, c, text, len(text))
				}
				var list validate.Violations
				if errors.As(err, &list); len(list) > 50 {
					t.Errorf("%v %.10q: %d violations", v, c, len(list))
				}
				for _, violation := range list {
					if !isPrintable(violation.Header) || len(violation.Header) > 300 || !isPrintable(string(violation.Command)) || len(violation.Command) > 300 {
						t.Errorf("%v %.10q: violation is %.300v", v, c, violation)
					}
				}
				for _, h := range validate.ErrorFrame(err, frame.Head{}).Headers {
					if !isPrintable(h.Value) || strings.Contains(h.Value, "s3cr3t") {
						t.Errorf("ERROR has %v", h)
					}
				}
				if body := string(validate.ErrorFrame(err, frame.Head{}).Body); !isPrintable(strings.ReplaceAll(body, "\n", "")) || strings.Contains(body, "s3cr3t") {
					t.Errorf("ERROR has body %q", body)
				}
			}
		}
	}
}

// What is left out of a long list is counted.
func TestManyViolations(t *testing.T) {
	f := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("destination", "d")}
	for i := range 40 {
		f.Headers.Add("n"+strconv.Itoa(i), "\xff")
	}
	err := validate.CheckFrame(f, frame.V12, validate.Client)
	if list := err.(validate.Violations); len(list) != 32 {
		t.Errorf("%d violations, want 32", len(list))
	}
	if !strings.HasSuffix(err.Error(), "; and 24 more") {
		t.Errorf("text ends in %q", err.Error()[len(err.Error())-40:])
	}
}

func TestRaw(t *testing.T) {
	for _, c := range []struct {
		raw     string
		version frame.Version
		want    []string
	}{
		{"SEND\ndestination:/queue/a:b\nx:y\n\n", frame.V12, []string{"destination"}},
		{"SEND\r\ndestination:/queue/a\\cb\r\nx:y:\r\n:\x01:\r\n\r\n", frame.V12, []string{"x", `""`}},
		{"SEND\ndestination:/queue/a\\cb\nno colon\n\n", frame.V11, nil},
		{"SEND\ndestination:/queue/a:b\n\n", frame.V10, nil},
		{"CONNECTED\nsession:ID:1\n\n", frame.V12, nil}, // Head reports it
		{"ERROR\nmessage:a:b\n\n", frame.Unnegotiated, nil},
		{"ERROR\nmessage:a:b\n\n", frame.V11, []string{"message"}},
		{"X\nmessage:a:b", frame.V11, []string{"message"}},
		{"SEND\na::b\nc:d\n\n", frame.V12, []string{"a"}},
		{"SEND\n" + strings.Repeat("a:b:c\n", 40) + "\n", frame.V12, slices.Repeat([]string{"a"}, 32)}, // no more are reported
		{"", frame.V12, nil},
	} {
		err := validate.CheckRaw([]byte(c.raw), c.version, validate.Server)
		var got []string
		list, _ := err.(validate.Violations)
		for _, v := range list {
			if v.Rule != validate.HeaderValueColon {
				t.Errorf("%q: rule is %v", c.raw, v.Rule)
			}
			got = append(got, v.Header)
		}
		if !slices.Equal(got, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%q: headers are %q, want %q", c.raw, got, c.want)
		}
	}
}
