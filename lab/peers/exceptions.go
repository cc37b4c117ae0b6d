package peers

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// An Exception is why a peer does not split some streams where we do.
type Exception struct {
	Peer    string
	Reason  string
	Applies func(*Stream) bool
}

// Exceptions returns all of them.
func Exceptions() []Exception {
	return []Exception{
		{"stompit", "unescapes CONNECT, STOMP and CONNECTED once a version is set", func(s *Stream) bool {
			return s.Version != "1.0" && s.anyHeader(func(f *Frame, name, value []byte) bool {
				return s.literal(f) && (bytes.IndexByte(name, '\\') >= 0 || bytes.IndexByte(value, '\\') >= 0)
			})
		}},
		{"stompit", "has a limit of 1024 bytes for a line", func(s *Stream) bool { return s.longestLine() > 1023 }},
		{"stompit", "takes no header named hasOwnProperty", func(s *Stream) bool {
			return s.anyHeader(func(_ *Frame, name, _ []byte) bool { return string(name) == "hasOwnProperty" })
		}},
		{"stompit", "looks for the CR of a CR LF in the chunk of the LF alone", (*Stream).endsLinesWithCRLF},
		{"Net::Stomp", "takes LF alone for the end of a line", (*Stream).endsLinesWithCRLF},
		{"Net::Stomp", "finds no command in a head without headers", (*Stream).hasBareHead},
		{"Net::Stomp", "drops blanks around names, before it looks for content-length", (*Stream).hasBlankLengthName},
		{"ruby-stomp", "takes LF alone for the end of a line, unless told otherwise", (*Stream).endsLinesWithCRLF},
		{"ruby-stomp", "takes no head without headers", (*Stream).hasBareHead},
		{"ruby-stomp", "takes no empty value in 1.0, and drops blanks first", func(s *Stream) bool {
			return (s.Version == "1.0" || s.Version == "handshake") && s.anyHeader(func(_ *Frame, _, value []byte) bool {
				return len(bytes.TrimSpace(value)) == 0
			})
		}},
		{"ruby-stomp", "takes no invalid UTF-8 in a head", func(s *Stream) bool {
			return s.anyHeader(func(_ *Frame, name, value []byte) bool { return !utf8.Valid(name) || !utf8.Valid(value) })
		}},
		{"ruby-stomp", "looks for content-length anywhere in a head", func(s *Stream) bool {
			return s.anyHeader(func(_ *Frame, name, _ []byte) bool {
				return string(name) != headers.ContentLength && bytes.Contains(name, []byte(headers.ContentLength))
			})
		}},
		{"rabbitmq", "unescapes every head of every version", func(s *Stream) bool {
			return s.anyHeader(func(f *Frame, name, value []byte) bool {
				return s.literal(f) && (bytes.IndexByte(name, '\\') >= 0 || bytes.IndexByte(value, '\\') >= 0)
			})
		}},
		{"rabbitmq", "takes no bare CR in a head", func(s *Stream) bool {
			return s.anyHeader(func(_ *Frame, name, value []byte) bool {
				return bytes.IndexByte(name, '\r') >= 0 || bytes.IndexByte(value, '\r') >= 0
			})
		}},
		{"rabbitmq", "counts the bodies of SEND alone: others end at a NUL", func(s *Stream) bool { return s.hasNULInBodyBut("SEND") }},
		{"netty", "knows neither COMMIT nor ABORT", func(s *Stream) bool {
			return s.anyFrame(func(f *Frame) bool { return string(f.Command) == "COMMIT" || string(f.Command) == "ABORT" })
		}},
		{"netty", "has a limit of 1024 bytes for a line", func(s *Stream) bool { return s.longestLine() > 1024 }},
		{"activemq-codec", "counts the bodies of SEND and MESSAGE alone: others end at a NUL",
			func(s *Stream) bool { return s.hasNULInBodyBut("SEND", "MESSAGE") }},
		{"activemq-codec", "does not see a blank line of CR LF behind a line that ends in LF alone", (*Stream).hasMixedBlankLine},
		{"activemq-codec", "fails at CR LF and another end of line between frames", (*Stream).hasCRLFRun},
		{"activemq-wire", "counts the bodies of SEND and MESSAGE alone: others end at a NUL",
			func(s *Stream) bool { return s.hasNULInBodyBut("SEND", "MESSAGE") }},
	}
}

// Explain returns the exceptions that account for what a peer makes of a
// stream. It needs none when only headers differ.
func Explain(peer string, s *Stream) (why []Exception) {
	for _, e := range Exceptions() {
		if e.Peer == peer && e.Applies(s) {
			why = append(why, e)
		}
	}
	return why
}

// SplitsAlike reports whether a peer of which a grid says so finds our frames
// with our bodies, however their headers are read.
func SplitsAlike(says string) bool {
	for part := range strings.SplitSeq(says, "; octet by octet: ") {
		if part != Same && part != OtherHeaders {
			return false
		}
	}
	return true
}

func (s *Stream) anyFrame(is func(*Frame) bool) bool {
	for i := range s.Ours.Frames {
		if is(&s.Ours.Frames[i]) {
			return true
		}
	}
	return false
}

func (s *Stream) anyHeader(is func(f *Frame, name, value []byte) bool) bool {
	return s.anyFrame(func(f *Frame) bool {
		for _, h := range f.Headers {
			if is(f, h[0], h[1]) {
				return true
			}
		}
		return false
	})
}

// literal reports whether the head of a frame of the stream has no escapes.
func (s *Stream) literal(f *Frame) bool {
	v, _ := frame.ParseVersion(s.Version)
	return v.Escaping(frame.Command(f.Command)) == headers.Literal
}

func (s *Stream) endsLinesWithCRLF() bool { return bytes.Contains(s.Input, []byte("\r\n\r\n")) }

// hasMixedBlankLine reports whether a blank line is CR LF where the line before
// it ends in LF alone. It looks at bodies too.
func (s *Stream) hasMixedBlankLine() bool {
	return bytes.Count(s.Input, []byte("\n\r\n")) > bytes.Count(s.Input, []byte("\r\n\r\n"))
}

// hasCRLFRun reports whether a CR LF between frames has another end of line
// behind it.
func (s *Stream) hasCRLFRun() bool {
	for rest := s.Input; ; {
		gap := rest[:len(rest)-len(bytes.TrimLeft(rest, "\r\n"))]
		if i := bytes.IndexByte(gap, '\r'); i >= 0 && len(gap) > i+len("\r\n") {
			return true
		}
		_, after, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return false
		}
		rest = after
	}
}

func (s *Stream) hasBareHead() bool {
	return s.anyFrame(func(f *Frame) bool { return len(f.Headers) == 0 })
}

func (s *Stream) hasBlankLengthName() bool {
	return s.anyHeader(func(_ *Frame, name, _ []byte) bool {
		return string(name) != headers.ContentLength && string(bytes.TrimSpace(name)) == headers.ContentLength
	})
}

func (s *Stream) hasNULInBodyBut(commands ...string) bool {
	return s.anyFrame(func(f *Frame) bool {
		for _, c := range commands {
			if string(f.Command) == c {
				return false
			}
		}
		return bytes.IndexByte(f.Body, 0) >= 0
	})
}

// longestLine is the length of the longest line, LF included. Lines of bodies
// are looked at too.
func (s *Stream) longestLine() (n int) {
	for line := range bytes.Lines(s.Input) {
		n = max(n, len(line))
	}
	return n
}
