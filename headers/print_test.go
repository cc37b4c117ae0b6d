package headers_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/printed"
)

// field returns a field and what else must print like it.
func field(name, value string) []printed.Printer {
	f := headers.Field{Name: name, Value: value}
	e := headers.FieldView{Name: []byte(name), Value: []byte(value)}
	return []printed.Printer{f, &f, e, &e}
}

// list returns a list and what else must print like it.
func list(l headers.List) []printed.Printer {
	v, _ := borrow(l)
	return []printed.Printer{l, &l, v, &v}
}

func TestPrint(t *testing.T) {
	name64, name65 := strings.Repeat("n", 64), strings.Repeat("n", 65)
	tests := []struct {
		what, name, value string
		want              string
	}{
		{"plain", "destination", "/queue/a", `destination:"/queue/a"`},
		{"empty value", "a", "", `a:""`},
		{"empty name", "", "1", `"":"1"`},
		{"controls", "a", "\x00\t\n\r\x1b[31m\x7f", `a:"\x00\t\n\r\x1b[31m\x7f"`},
		{"quote and backslash", "a", `"\`, `a:"\"\\"`},
		{"UTF-8", "a", "\u00e9\u20ac\U0001f600", `a:"\u00e9\u20ac\U0001f600"`},
		{"no UTF-8", "a", "\xff\xc3", `a:"\xff\xc3"`},
		{"C1 control and right-to-left override", "a", "\u009b\u202e", `a:"\u009b\u202e"`},

		{"name with a blank", "a b", "1", `"a b":"1"`},
		{"name with a colon", "a:b", "1", `"a:b":"1"`},
		{"name with a quote", `a"b`, "1", `"a\"b":"1"`},
		{"name with a backslash", `a\b`, "1", `"a\\b":"1"`},
		{"name with a control", "a\x1fb", "1", `"a\x1fb":"1"`},
		{"name with a line feed", "a\nb", "1", `"a\nb":"1"`},
		{"name with DEL", "a\x7fb", "1", `"a\x7fb":"1"`},
		{"name that is not ASCII", "\u00e9", "1", `"\u00e9":"1"`},
		{"name of punctuation", "!#~{}", "1", `!#~{}:"1"`},
		{"name of 64 bytes", name64, "1", name64 + `:"1"`},
		{"name of 65 bytes", name65, "1", `"` + name64 + `"...:"1"`},

		{"value of 64 bytes", "a", name64, `a:"` + name64 + `"`},
		{"value of 65 bytes", "a", name65, `a:"` + name64 + `"...`},
		{"secret", "passcode", "secret", `passcode:***`},
		{"empty secret", "passcode", "", `passcode:***`},
		{"secret in another case", "PassCode", "secret", `PassCode:***`},
		{"secret that is long", "passcode", name65, `passcode:***`},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			for _, p := range field(tt.name, tt.value) {
				printed.Check(t, p, tt.want)
			}
			for _, p := range list(headers.Pairs(tt.name, tt.value)) {
				printed.Check(t, p, "{"+tt.want+"}")
			}
		})
	}
}

func TestPrintList(t *testing.T) {
	many := func(n int) (l headers.List) {
		for range n {
			l.Add("a", "1")
		}
		return l
	}
	tests := []struct {
		name string
		list headers.List
		want string
	}{
		{"nil", nil, "{}"},
		{"empty", headers.List{}, "{}"},
		{"several", headers.Pairs("login", "guest", "passcode", "secret", "host", "/"), `{login:"guest" passcode:*** host:"/"}`},
		{"repeated", headers.Pairs("a", "1", "a", "2"), `{a:"1" a:"2"}`},
		{"16 entries", many(16), `{` + strings.Repeat(`a:"1" `, 15) + `a:"1"}`},
		{"17 entries", many(17), `{` + strings.Repeat(`a:"1" `, 15) + `a:"1" and 1 more}`},
		{"1016 entries", many(1016), `{` + strings.Repeat(`a:"1" `, 15) + `a:"1" and 1000 more}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, p := range list(tt.list) {
				printed.Check(t, p, tt.want)
			}
			v, _ := borrow(tt.list)
			if got, want := string(tt.list.AppendPrinted([]byte("x"))), "x"+tt.want; got != want {
				t.Errorf("List.AppendPrinted: %s, want %s", got, want)
			}
			if got, want := string(v.AppendPrinted([]byte("x"))), "x"+tt.want; got != want {
				t.Errorf("View.AppendPrinted: %s, want %s", got, want)
			}
		})
	}
}

// Nil pointers print without a panic.
func TestPrintNilPointers(t *testing.T) {
	for _, p := range []any{(*headers.Field)(nil), (*headers.FieldView)(nil), (*headers.List)(nil), (*headers.ListView)(nil)} {
		printed.CheckNil(t, p)
	}
}

// Where a text is cut, no character is.
func TestAppendQuotedCutsBetweenCharacters(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		name, in, want string
	}{
		{"64 bytes", x(64), `"` + x(64) + `"`},
		{"65 bytes", x(65), `"` + x(64) + `"...`},
		{"64 bytes ending in a character", x(60) + "\U0001f600", `"` + x(60) + `\U0001f600"`},
		{"character before the cut", x(60) + "\U0001f600y", `"` + x(60) + `\U0001f600"...`},
		{"character after the cut", x(64) + "\U0001f600", `"` + x(64) + `"...`},
		{"one byte before the cut", x(63) + "\U0001f600", `"` + x(63) + `"...`},
		{"two bytes before the cut", x(62) + "\U0001f600", `"` + x(62) + `"...`},
		{"three bytes before the cut", x(61) + "\U0001f600", `"` + x(61) + `"...`},
		{"of two bytes", x(63) + "\u00e9", `"` + x(63) + `"...`},
		{"of three bytes", x(62) + "\u20ac", `"` + x(62) + `"...`},
		{"continuation bytes after a letter", x(61) + strings.Repeat("\x80", 5), `"` + x(61) + `\x80\x80\x80"...`},
		{"continuation bytes alone", x(60) + strings.Repeat("\x80", 6), `"` + x(60) + `\x80\x80\x80\x80"...`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(headers.AppendQuoted([]byte("p"), tt.in)); got != "p"+tt.want {
				t.Errorf("of string: %s, want p%s", got, tt.want)
			}
			if got := string(headers.AppendQuoted([]byte("p"), []byte(tt.in))); got != "p"+tt.want {
				t.Errorf("of bytes: %s, want p%s", got, tt.want)
			}
		})
	}
}

func TestIsSecret(t *testing.T) {
	tests := []struct {
		name string
		want bool
	}{
		{"passcode", true}, {"password", true}, {"authorization", true}, {"x-authorization", true}, {"x-auth-token", true},
		{"access-token", true}, {"access_token", true}, {"token", true}, {"cookie", true},
		{"x-api-token", true}, {"sessiontoken", true}, {"client_secret", true}, {"jwt", true}, {"bearer", true}, {"set-cookie", true},
		{"pwd", true}, {"db-passwd", true}, {"my-passcode", true}, {"aws.credentials", true}, {"ApiKey", true},
		{"x-csrf-token", true}, {"api-key", true}, {"x-api-key", true}, {"secret", true}, {"x-password", true}, {"proxy-authorization", true},
		{"Passcode", true}, {"PASSCODE", true}, {"Authorization", true}, {"X-Authorization", true},
		{"passcode ", true}, {" \tpasscode", true}, {strings.Repeat(" ", 1000) + "Passcode" + strings.Repeat("\t", 1000), true},

		{"", false}, {"login", false}, {"passcod", false}, {"passcodes", false}, {"tokens", false},
		{"x-authorization-", false}, {"receipt", false}, {"message-id", false}, {strings.Repeat("passcode", 100) + "s", false},
	}
	for _, tt := range tests {
		if got := headers.IsSecret(tt.name); got != tt.want {
			t.Errorf("IsSecret(%q) = %v, want %v", tt.name, got, tt.want)
		}
		if got := headers.IsSecret([]byte(tt.name)); got != tt.want {
			t.Errorf("IsSecret of bytes %q = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Bounds that follow from the constants of the printed form: 64 bytes of a
// text, at most four characters for each, quotes and dots; 16 entries.
const (
	maxText  = 64*4 + len(`""...`)
	maxField = maxText + len(":") + maxText
	maxList  = 16*(maxField+len(" ")) + len("{} and 9223372036854775807 more")
)

// Whatever names and values hold, the printed form is bounded printable ASCII
// without the secret.
func TestPrintedIsSafe(t *testing.T) {
	const secret = "S3CRET\x1b"
	hostile := rapid.OneOf(
		rapid.String(),
		rapid.StringOfN(rapid.RuneFrom([]rune("\x00\n\r\t\x1b\x7f\"\\:\u202e\u0085\U0001f600")), 0, 100, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 300), func(b []byte) string { return string(b) }),
	)
	name := rapid.OneOf(hostile, rapid.SampledFrom([]string{"passcode", "PASSCODE", "Authorization", "token", "destination"}))
	rapid.Check(t, func(t *rapid.T) {
		var l headers.List
		for range rapid.IntRange(0, 40).Draw(t, "entries") {
			f := headers.Field{Name: name.Draw(t, "name"), Value: hostile.Draw(t, "value")}
			if headers.IsSecret(f.Name) {
				f.Value += secret
			}
			l = append(l, f)
		}
		for _, p := range list(l) {
			printed.CheckSafe(t, p, maxList, "S3CRET")
		}
	})
}

// The bounds are reached, so they are no looser than they have to be.
func TestPrintedBounds(t *testing.T) {
	var l headers.List
	for range 1 << 20 {
		l = append(l, headers.Field{Name: longest, Value: longest})
	}
	if got := len(l[0].String()); got != maxField {
		t.Errorf("field of %d bytes prints as %d, want %d", 2*len(longest), got, maxField)
	}
	if got, want := len(l.String()), 16*maxField+15+len("{ and 1048560 more}"); got != want || got > maxList {
		t.Errorf("list of %d fields prints as %d bytes, want %d", len(l), got, want)
	}
}

var longest = strings.Repeat("\xff", 1<<20)
