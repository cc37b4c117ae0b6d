package headers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// constants returns the string constants of a file of this package, by name,
// in order.
func constants(t *testing.T, file string) (names []string, values map[string]string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	values = make(map[string]string)
	for _, decl := range f.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			continue
		}
		for _, s := range d.Specs {
			spec := s.(*ast.ValueSpec)
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatalf("%s: %v", spec.Names[0], err)
			}
			names = append(names, spec.Names[0].Name)
			values[spec.Names[0].Name] = value
		}
	}
	return names, values
}

// The names of the specifications are these and no others, and the Go name is
// the header's in camel case.
func TestNames(t *testing.T) {
	want := strings.Fields(`accept-version ack content-length content-type destination heart-beat host id login
		message message-id passcode receipt receipt-id selector server session subscription transaction version`)
	names, values := constants(t, "names.go")
	var got []string
	for _, name := range names {
		got = append(got, values[name])
		if camel := camelCase(values[name]); camel != name {
			t.Errorf("the Go name of %s is %s, want %s", values[name], name, camel)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func camelCase(name string) string {
	s := ""
	for word := range strings.SplitSeq(name, "-") {
		if word == "id" {
			s += "ID"
		} else {
			s += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return s
}

// The names of broker extensions carry the broker's name, can stand in a
// header of any version without escapes, and are named once.
func TestExtensionNames(t *testing.T) {
	for file, broker := range map[string]string{"rabbitmq.go": "RabbitMQ", "activemq.go": "ActiveMQ", "artemis.go": "Artemis"} {
		names, values := constants(t, file)
		if len(names) < 10 {
			t.Errorf("%s has %d names", file, len(names))
		}
		seen := make(map[string]string)
		for _, name := range names {
			if !strings.HasPrefix(name, broker) {
				t.Errorf("%s: %s does not begin with %s", file, name, broker)
			}
			value := values[name]
			if other, ok := seen[value]; ok {
				t.Errorf("%s: %s and %s are both %q", file, other, name, value)
			}
			seen[value] = name
			if strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") != "" || value == "" {
				t.Errorf("%s: %s is %q", file, name, value)
			}
		}
	}
}
