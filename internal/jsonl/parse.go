package jsonl

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Line is what one line says: a frame, or what stands between frames where
// Frame is nil.
type Line struct {
	Frame *frame.Frame
	// EOLs is the number of ends of line between frames. NULs between frames
	// are not kept: no leniency writes them.
	EOLs int64
	// Origin says which side of which connection the line is of, "" when it
	// does not say.
	Origin string
}

// ErrError is the error of [Parse] for a line that says that the stream it came
// from was broken.
var ErrError = errors.New("this line reports an error, it is no frame")

// Parse reads one line, with or without its LF. Keys that say where a frame
// came from (offset, size, allowed, time and so on) may have any value. A key
// that is not known or repeated, bytes that are not UTF-8, half a surrogate
// pair, and anything after the object are errors: nothing is guessed, dropped or
// replaced.
func Parse(line []byte) (Line, error) {
	if !utf8.Valid(line) {
		return Line{}, errors.New("not UTF-8")
	}
	if err := checkSurrogates(line); err != nil {
		return Line{}, err
	}
	p := object{d: json.NewDecoder(bytes.NewReader(line)), seen: map[string]bool{}}
	p.d.UseNumber()
	if err := p.read(); err != nil {
		return Line{}, err
	}
	return p.line()
}

// object is an object that is being read.
type object struct {
	d       *json.Decoder
	seen    map[string]bool
	unknown error // of the first key that is not known
	frame   frame.Frame
	eols    int64
	origin  [2]string // connection, from
}

func (p *object) read() error {
	if err := p.delim('{'); err != nil {
		return errors.New("not a JSON object")
	}
	for p.d.More() {
		t, err := p.d.Token()
		if err != nil {
			return syntax(err)
		}
		key := t.(string) // the decoder admits nothing else here
		if p.seen[key] {
			return fmt.Errorf("key %q twice", key)
		}
		p.seen[key] = true
		if err := p.value(key); err != nil {
			return err
		}
	}
	if err := p.delim('}'); err != nil {
		return err
	}
	if _, err := p.d.Token(); err != io.EOF {
		return errors.New("more after the object: one object a line")
	}
	return nil
}

// value reads the value of a key.
func (p *object) value(key string) (err error) {
	switch key {
	case "command", "command_base64":
		var s string
		s, err = p.text(key)
		p.frame.Command = frame.Command(s)
	case "headers", "headers_base64":
		err = p.headers(key)
	case "body", "body_base64":
		var s string
		s, err = p.text(key)
		p.frame.Body = []byte(s)
	case "heartbeats":
		p.eols, err = p.count(key)
	case "nuls":
		_, err = p.count(key)
	case "eol":
		p.eols, err = 1, p.isTrue(key)
	case "from", "connection":
		var v json.RawMessage
		err = syntax(p.d.Decode(&v))
		if key == "connection" {
			p.origin[0] = string(v)
		} else {
			p.origin[1] = string(v)
		}
	default:
		switch key {
		case "offset", "size", "allowed", "error", "skipped", "time", "ms", "client", "server", "over", "middle", "missing", "cut", "note", "packet":
		default:
			if p.unknown == nil {
				p.unknown = fmt.Errorf("unknown key %q", key)
			}
		}
		var ignored json.RawMessage
		err = syntax(p.d.Decode(&ignored))
	}
	return err
}

// line judges the object as a whole.
func (p *object) line() (Line, error) {
	switch {
	case p.seen["error"] || p.seen["skipped"]:
		return Line{}, ErrError
	case p.unknown != nil:
		return Line{}, p.unknown
	}
	for _, key := range [...]string{"command", "headers", "body"} {
		if p.seen[key] && p.seen[key+"_base64"] {
			return Line{}, fmt.Errorf("both %q and %q", key, key+"_base64")
		}
	}
	var kinds []string // a key of each kind of line that this may be
	for _, keys := range [...][]string{
		{"heartbeats", "nuls"}, {"eol"},
		{"command", "command_base64", "headers", "headers_base64", "body", "body_base64"},
	} {
		if i := slices.IndexFunc(keys, func(key string) bool { return p.seen[key] }); i >= 0 {
			kinds = append(kinds, keys[i])
		}
	}
	switch {
	case len(kinds) > 1:
		return Line{}, fmt.Errorf("both %q and %q", kinds[0], kinds[1])
	case p.seen["command"] || p.seen["command_base64"]:
		return Line{Frame: &p.frame, Origin: p.place()}, nil
	case p.seen["heartbeats"] || p.seen["nuls"] || p.seen["eol"]:
		return Line{EOLs: p.eols, Origin: p.place()}, nil
	case p.seen["connection"] && (p.seen["client"] && p.seen["server"] || p.seen["note"]):
		return Line{}, nil // a connection begins, or a side does something else
	}
	return Line{}, errors.New(`none of "command", "eol", "heartbeats" and "nuls"`)
}

// place returns the origin of the line.
func (p *object) place() string {
	if !p.seen["from"] {
		return ""
	}
	return "connection " + p.origin[0] + ", " + p.origin[1]
}

// headers reads a list of pairs, or an object as people write it.
func (p *object) headers(key string) error {
	t, err := p.d.Token()
	switch {
	case err != nil:
		return syntax(err)
	case t == json.Delim('{') && key == "headers":
		return p.headerObject()
	case t != json.Delim('['):
		return notPairs(key)
	}
	for p.d.More() {
		if p.delim('[') != nil {
			return notPairs(key)
		}
		name, err := p.headerText(key)
		if err != nil {
			return err
		}
		value, err := p.headerText(key)
		if err != nil {
			return err
		}
		if p.delim(']') != nil {
			return notPairs(key)
		}
		p.frame.Headers = append(p.frame.Headers, headers.Field{Name: name, Value: value})
	}
	return p.delim(']')
}

func notPairs(key string) error {
	return fmt.Errorf("%q is neither a list of pairs of strings nor an object", key)
}

// headerObject reads the rest of an object with headers. A number is taken as it
// is written.
func (p *object) headerObject() error {
	seen := map[string]bool{}
	for p.d.More() {
		t, err := p.d.Token()
		if err != nil {
			return syntax(err)
		}
		name := t.(string) // the decoder admits nothing else here
		if seen[name] {
			return fmt.Errorf("header %q twice: only a list of pairs may repeat a header", name)
		}
		seen[name] = true
		t, err = p.d.Token()
		var value string
		switch v := t.(type) {
		case string:
			value = v
		case json.Number:
			value = v.String()
		default:
			if err != nil {
				return syntax(err)
			}
			return fmt.Errorf("the value of header %q is neither a string nor a number", name)
		}
		p.frame.Headers = append(p.frame.Headers, headers.Field{Name: name, Value: value})
	}
	return p.delim('}')
}

// headerText reads a name or value: a string, or what is not UTF-8 as
// {"base64":"..."}.
func (p *object) headerText(key string) (string, error) {
	t, err := p.d.Token()
	switch t := t.(type) {
	case string:
		return decoded(key, t)
	case json.Delim:
		if t != '{' {
			break
		}
		if k, _ := p.d.Token(); k != "base64" {
			break
		}
		s, err := p.text("headers_base64")
		if err != nil {
			return "", err
		}
		return s, p.delim('}')
	}
	if err != nil {
		return "", syntax(err)
	}
	return "", notPairs(key)
}

// text reads a string, out of base64 where the key says so.
func (p *object) text(key string) (string, error) {
	t, err := p.d.Token()
	if err != nil {
		return "", syntax(err)
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("%q: not a string where one should be", key)
	}
	return decoded(key, s)
}

// decoded returns what a string stands for: base64 where the key says so.
func decoded(key, s string) (string, error) {
	if !strings.HasSuffix(key, "_base64") {
		return s, nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return "", fmt.Errorf("%q: not base64", key)
	}
	return string(b), nil
}

func (p *object) count(key string) (count int64, err error) {
	t, err := p.d.Token()
	if err != nil {
		return 0, syntax(err)
	}
	n, ok := t.(json.Number)
	if ok {
		count, err = strconv.ParseInt(n.String(), 10, 64)
	}
	if !ok || err != nil || count < 0 {
		return 0, fmt.Errorf("%q is not a count", key)
	}
	return count, nil
}

// isTrue reads what has to be true.
func (p *object) isTrue(key string) error {
	t, err := p.d.Token()
	if err != nil {
		return syntax(err)
	}
	if t != true {
		return fmt.Errorf("%q is not true", key)
	}
	return nil
}

// delim reads a bracket.
func (p *object) delim(want json.Delim) error {
	t, err := p.d.Token()
	if err != nil {
		return syntax(err)
	}
	if t != want {
		return fmt.Errorf("%v where %v should be", t, want)
	}
	return nil
}

// syntax gives the decoder's errors words that fit a single line of input.
func syntax(err error) error {
	var s *json.SyntaxError
	switch {
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		return errors.New("the line ends inside the object")
	case errors.As(err, &s):
		return fmt.Errorf("not JSON: %w", s)
	}
	return err
}

// checkSurrogates refuses \u escapes of half a surrogate pair, which stand for
// no character and which encoding/json replaces without a word.
func checkSurrogates(line []byte) error {
	for i := 0; i < len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		i++
		u, ok := unit(line, i)
		if !ok {
			continue
		}
		i += 4
		if u < 0xd800 || u > 0xdfff {
			continue
		}
		low, ok := unit(line, i+2)
		if u > 0xdbff || !ok || line[i+1] != '\\' || low < 0xdc00 || low > 0xdfff {
			return errors.New(`half a surrogate pair in a \u escape`)
		}
		i += 6
	}
	return nil
}

// unit reads the u and the four digits of a \u escape at index i.
func unit(line []byte, i int) (uint64, bool) {
	if i+5 > len(line) || line[i] != 'u' {
		return 0, false
	}
	u, err := strconv.ParseUint(string(line[i+1:i+5]), 16, 16)
	return u, err == nil
}
