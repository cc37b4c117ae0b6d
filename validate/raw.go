package validate

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
)

// CheckRaw checks what only the wire shows. raw is the head of a frame as it came,
// from the command to the blank line, such as parser.Event.Raw.
//
// In 1.1 and 1.2 a colon in a value is written as \c (STOMP 1.2, "Value Encoding").
// The parser accepts an unescaped colon too, because the first colon of a line ends
// the name, and the headers of a frame do not show the difference. CheckRaw reports
// it as [HeaderValueColon], except in frames that have no escapes.
func CheckRaw(raw []byte, v frame.Version, from Role) error {
	var s scan[[]byte]
	line, rest, _ := bytes.Cut(raw, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	name, known := frame.LookupCommand(line)
	if !known {
		name = frame.Command(line)
	}
	s.begin(name, v, from, -1)
	for !s.literal && len(rest) > 0 && len(s.found) < maxHeaderReports {
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		field, value, _ := bytes.Cut(line, []byte{':'})
		if bytes.IndexByte(value, ':') >= 0 && s.add(HeaderValueColon, otherHeader) {
			s.found[len(s.found)-1].Header = printable(field)
		}
	}
	return s.result()
}
