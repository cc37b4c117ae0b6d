package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// explain says what a user can do about an error, or how it may have come
// about. known is what follows from offset at, where the last event ended, as
// far as it is known.
func (s *stream) explain(e *parser.Error, at int64, known []byte) string {
	switch e.Kind {
	case parser.LineTooLong:
		return "-max-line raises the limit"
	case parser.TooManyHeaders:
		return "-max-headers raises the limit"
	case parser.HeadTooLarge:
		return "-max-head raises the limit"
	case parser.BodyTooLarge:
		return "-max-body raises the limit"
	case parser.StrayNUL:
		// The PROXY protocol begins with what looks like two heart-beats.
		if name, advice := capture.Name(append([]byte("\r\n\r\n")[:min(at, 4)], known...)); name != "" && (at == 0 || at == 4) {
			return "this is " + name + ": " + advice
		}
	case parser.UnknownCommand:
		line, _, _ := bytes.Cut(known, []byte{'\n'})
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if upper := strings.ToUpper(string(bytes.TrimSpace(line))); frame.Command(upper).Known() && upper != string(line) {
			return "the command is " + upper + ", in capitals and without blanks"
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r < 'A' || r > 'Z' }) {
			name, advice := capture.Name(known)
			if name != "" && at == 0 {
				if strings.Contains(e.Detail, name) && e.Detail[0] != '"' { // it is named there
					return advice
				}
				return "this is " + name + ": " + advice
			}
			if bytes.HasPrefix(known, []byte("{")) {
				return "if this is what decode -o json has printed, stomp encode makes a stream of it"
			}
			if s.hint { // not even a command of an extension
				return "-resync looks for the next frame"
			}
			return ""
		}
	}
	var parts []string
	if n, counted := s.current.length.Get(); counted && at > e.Frame {
		parts = append(parts, s.count(n, e, at, known))
	}
	if e.Kind == parser.UnexpectedEOF {
		return strings.Join(parts, "")
	}
	if name := s.admits(e, at, known); name != "" {
		parts = append(parts, "-allow "+name+" reads on")
	}
	return strings.Join(parts, "; ")
}

// count compares the content-length of the frame in progress with its body.
func (s *stream) count(length int64, e *parser.Error, at int64, known []byte) string {
	body := e.Frame + int64(len(s.current.head))
	nul := s.current.nul
	if i := bytes.IndexByte(known, 0); nul < 0 && i >= 0 {
		nul = at + int64(i) - body
	}
	text := "content-length says " + plural(length, "byte")
	if e.Kind == parser.UnexpectedEOF {
		text += fmt.Sprintf(", %d came", e.Offset-body)
	}
	if nul >= 0 {
		text += fmt.Sprintf(", the first NUL comes after %d", nul)
	}
	return text
}

// admits returns the name of the leniency that reads on over an error, "" when
// no single one does. It tries them.
func (s *stream) admits(e *parser.Error, at int64, known []byte) string {
	for _, name := range parser.AllowAll.Names() {
		o := s.options
		o.Version = s.version
		if bit, _ := parser.ParseAllow(name); o.Allow&bit == 0 {
			o.Allow |= bit
		} else {
			continue
		}
		p := parser.New(o)
		begin := at
		var err error
		if at > e.Frame { // in a body
			begin = e.Frame
			err = feed(p, s.current.head)
			// Of the body only its length is known, and nothing else matters.
			for missing := at - begin - int64(len(s.current.head)); missing > 0 && err == nil; {
				blanks := bytes.Repeat([]byte{' '}, int(min(missing, readSize)))
				err = feed(p, blanks)
				missing -= int64(len(blanks))
			}
		}
		if err == nil {
			err = feed(p, known)
		}
		if err == nil {
			err = p.Finish() // which tells what the parser has waited with
		}
		var again *parser.Error
		if !errors.As(err, &again) || again.Offset > e.Offset-begin {
			return name
		}
	}
	return ""
}

// feed gives a parser all of src.
func feed(p *parser.Parser, src []byte) error {
	for len(src) > 0 {
		_, n, err := p.Next(src)
		if err != nil {
			return err
		}
		src = src[n:]
	}
	return nil
}
