package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// No vector that is a choice, nor any with an error, is agreed; nearly all
// others are.
func TestAgreed(t *testing.T) {
	agreed, all := 0, 0
	for v := range vectors.All[vectors.Decode]() {
		if v.Allow != nil || v.Limits != nil || v.After != nil || v.Decision == "finer" {
			continue
		}
		ok := Agreed([]byte(*v.Input), v.Options())
		if v.Class == vectors.Choice || v.Error != nil {
			if ok {
				t.Errorf("%s (%s) is agreed: %s", v.ID, v.Decision, v.Title)
			}
			continue
		}
		all++
		if ok {
			agreed++
		}
	}
	if agreed < all*9/10 {
		t.Errorf("%d of %d vectors are agreed", agreed, all)
	}
	if !Agreed([]byte("SEND\na:b\n\nx\x00"), parser.Options{Version: frame.V12, Allow: parser.AllowAll}) {
		t.Error("a plain frame is not agreed")
	}
	if Agreed([]byte("SEND\na:b\n\nx\x00"), parser.Options{Version: frame.V12, Limits: parser.Limits{Headers: parser.None}}) {
		t.Error("a frame over a limit is agreed")
	}
}

// switching decodes with an Assembler that changes its version after the first
// frame.
func switching(o parser.Options, then frame.Version) Decoder {
	return func(chunks [][]byte) (all []*frame.Frame, err error) {
		r := parser.NewReader(ChunkReader(chunks), o)
		for f, err := range r.Frames() {
			if err != nil {
				return all, err
			}
			all = append(all, f)
			r.SetVersion(then)
		}
		return all, nil
	}
}

func TestComparisonThen(t *testing.T) {
	input := []byte("CONNECT\na:b\n\n\x00SEND\na:\\c\n\n\x00")
	for _, v := range []frame.Version{frame.V10, frame.V11, frame.V12} {
		c := Comparison{Then: v}
		if err := c.Check(switching(c.Options, v), ByteByByte(input)); err != nil {
			t.Error(err)
		}
		if c.Check(switching(c.Options, frame.Unnegotiated), ByteByByte(input)) == nil {
			t.Errorf("%v: a decoder that does not switch is not noticed", v)
		}
	}
	if !(Comparison{Then: frame.V12}).agreed(input) || (Comparison{}).agreed(input) || (Comparison{Then: frame.V10}).agreed([]byte("CONNECT\na:b\n\n\x00NACK\na:b\n\n\x00")) {
		t.Error("Then is not heeded in what is agreed")
	}
}

// A map has one value for each name, and no order.
func TestComparisonNormalize(t *testing.T) {
	o := parser.Options{Version: frame.V12}
	asMap := func(chunks [][]byte) ([]*frame.Frame, error) {
		all, err := AssemblerDecoder(o)(chunks)
		for _, f := range all {
			m := map[string]string{}
			for _, h := range slices.Backward(f.Headers) {
				m[h.Name] = h.Value
			}
			f.Headers = nil
			for name, value := range m {
				f.Headers = append(f.Headers, headers.Field{Name: name, Value: value})
			}
		}
		return all, err
	}
	chunks := [][]byte{[]byte("SEND\nc:1\nb:2\na:3\nb:4\nd:5\ne:6\nf:7\ng:8\n\n\x00")}
	if CheckOracle(asMap, chunks, o) == nil {
		t.Error("a lost header is not noticed")
	}
	if err := (Comparison{Options: o, Normalize: HeadersAsMap}).Check(asMap, chunks); err != nil {
		t.Error(err)
	}
	f := &frame.Frame{Headers: headers.Pairs("b", "1", "a", "2", "b", "3")}
	if HeadersAsMap(f); fmt.Sprint(f.Headers) != fmt.Sprint(headers.Pairs("a", "2", "b", "1")) {
		t.Errorf("as a map: %v", f.Headers)
	}
}

// Survey finds each kind of difference, with the shortest input.
func TestSurvey(t *testing.T) {
	o := parser.Options{Version: frame.V12}
	ours := AssemblerDecoder(o)
	buggy := func(chunks [][]byte) ([]*frame.Frame, error) {
		input := joined(chunks)
		all, err := ours(chunks)
		switch {
		case bytes.Contains(input, []byte("BEGIN")):
			panic("no transactions")
		case bytes.Contains(input, []byte("ACK")):
			all[0].Command = frame.NACK
		case bytes.Contains(input, []byte(`\c`)):
			all[0].Headers[0].Value = `\c`
		case bytes.Contains(input, []byte("body")):
			all[0].Body = nil
		case bytes.Contains(input, []byte("refused")):
			return nil, errors.New("refused")
		case bytes.Contains(input, []byte("lost")):
			return nil, nil
		case bytes.Contains(input, []byte("twice")):
			return append(all, all...), nil
		case bytes.Contains(input, []byte("other")):
			return all, &parser.Error{Kind: parser.BareCR}
		case err != nil:
			return all, nil
		}
		return all, nil
	}
	inputs := []string{
		"SEND\na:b\n\n\x00",
		"BEGIN\n\n\x00", "ACK\n\n\x00", "\nACK\n\n\x00", "SEND\na:\\c\n\n\x00", "SEND\na:\\c\n\nlong\x00", "SEND\na:\\cxx\n\n\x00",
		"SEND\n\nbody\x00", "SEND\n\nrefused\x00", "SEND\n\nlost\x00", "SEND\n\ntwice\x00",
		"SEND\ncontent-length:1\ncontent-length:2\n\nab\x00", "SEND\nother\n",
	}
	var got []string
	for _, d := range (Comparison{Options: o}).Survey(buggy, func(yield func([]byte) bool) {
		for _, input := range inputs {
			if !yield([]byte(input)) {
				return
			}
		}
	}) {
		got = append(got, fmt.Sprintf("%t %d %s %q", d.Bug, d.Count, d.Kind, d.Input))
		if !strings.HasPrefix(d.Err.Error(), fmt.Sprintf("%q", d.Input)) {
			t.Errorf("the error of %q is %v", d.Input, d.Err)
		}
	}
	want := []string{
		`true 3 headers "SEND\na:\\c\n\n\x00"`,
		`true 1 additional frame "SEND\n\ntwice\x00"`,
		`true 1 body "SEND\n\nbody\x00"`,
		`true 1 command "ACK\n\n\x00"`,
		`true 1 missing frame "SEND\n\nlost\x00"`,
		`true 1 panic "BEGIN\n\n\x00"`,
		`true 1 unexpected error "SEND\n\nrefused\x00"`,
		`false 1 another error, missing_colon "SEND\nother\n"`,
		`false 1 command "\nACK\n\n\x00"`,
		`false 1 missing error, conflicting_length "SEND\ncontent-length:1\ncontent-length:2\n\nab\x00"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What this module reads is no difference, whatever the stream.
func TestSurveyOfOurs(t *testing.T) {
	for _, v := range versions {
		o := parser.Options{Version: v}
		if d := (Comparison{Options: o}).Survey(ReaderDecoder(o), Examples(Streams(v), 200)); len(d) > 0 {
			t.Errorf("%v: %+v", v, d)
		}
	}
}

func TestExamples(t *testing.T) {
	first := slices.Collect(Examples(Streams(frame.V12), 20))
	second := slices.Collect(Examples(Streams(frame.V12), 30))
	if len(first) != 20 || !slices.EqualFunc(first, second[:20], bytes.Equal) {
		t.Error("other examples in another run")
	}
	for range Examples(Streams(frame.V12), 20) {
		break
	}
}

func TestChunkReader(t *testing.T) {
	chunks := [][]byte{[]byte("ab"), nil, nil, []byte("cde"), nil}
	r := ChunkReader(chunks)
	buf := make([]byte, 2)
	var got []string
	for {
		n, err := r.Read(buf)
		if err == io.EOF {
			break
		}
		got = append(got, string(buf[:n]))
	}
	if want := []string{"ab", "", "cd", "e", ""}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	if err := iotest.TestReader(ChunkReader([][]byte{[]byte("ab"), []byte("cde")}), []byte("abcde")); err != nil {
		t.Error(err)
	}
}
