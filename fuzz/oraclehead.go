package fuzz

import (
	"bytes"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A line is a line of a head, as far as the input has it.
type line struct {
	start   int    // offset of the frame
	at      int    // offset of the line
	headers int    // number of headers before it; -1 for the command line
	known   []byte // its bytes up to the one at which it is judged, which is included and usually the LF

	command frame.Command // of the frame, "" in the command line
	length  string        // digits of the first content-length, or ""
}

// head reads the head that begins at start. It returns the frame so far, and where its
// body begins.
func (g grammar) head(s []byte, start int) (found Located, body int, err, end *parser.Error) {
	found = Located{Offset: int64(start)}
	l := line{start: start, at: start, headers: -1}
	for {
		known, judged := g.judged(s, l)
		l.known = known
		if e := first(g.problems(l)); e != nil {
			e.Frame = int64(start)
			if !judged { // only Finish judges a line that may continue
				return found, 0, nil, e
			}
			return found, 0, e, nil
		}
		if !judged {
			return found, 0, nil, &parser.Error{
				Kind: parser.UnexpectedEOF, Offset: int64(len(s)), Frame: int64(start), Command: shownCommand(l.command),
			}
		}

		text, used := g.text(l.known)
		found.Used |= used
		l.at += len(l.known)
		switch {
		case l.headers < 0:
			l.command = frame.Command(text)
			found.Frame.Command = l.command
			if !l.command.Known() {
				found.Used |= parser.AllowUnknownCommand
			}
		case len(text) == 0:
			found.take(nil, l.at)
			return found, l.at, nil, nil
		default:
			g.header(text, &l, &found)
		}
		l.headers++
	}
}

// judged returns the bytes with which the line at l.at is judged, and whether the input
// has all of them. They end with the LF, or with an earlier byte that is an error in
// any case: a NUL, a byte over a limit, the 13th byte of a command line.
func (g grammar) judged(s []byte, l line) ([]byte, bool) {
	rest := s[l.at:]
	last := len(rest)
	upTo := func(i int) {
		if i >= 0 {
			last = min(last, i)
		}
	}
	upTo(bytes.IndexByte(rest, '\n'))
	if !g.allows(parser.AllowNULInHead) {
		upTo(bytes.IndexByte(rest, 0))
	}
	if len(rest) > g.lineMax && rest[g.lineMax] != '\n' {
		upTo(g.lineMax)
	}
	upTo(g.headMax - (l.at - l.start))
	if l.headers < 0 && !g.unknown {
		upTo(len(frame.UNSUBSCRIBE) + len("\r\n") - 1)
	}
	if l.headers == g.headersMax && len(rest) > 0 {
		if g.crlf && rest[0] == '\r' {
			upTo(1)
		} else {
			upTo(0)
		}
	}
	if last == len(rest) {
		return rest, false
	}
	return rest[:last+1], true
}

// text returns a judged line without its line ending, and the leniencies about CR and
// NUL that it needed.
func (g grammar) text(known []byte) (text []byte, used parser.Allow) {
	text = known[:len(known)-1]
	if g.crlf && bytes.HasSuffix(text, []byte("\r")) {
		text = text[:len(text)-1]
		if !g.strayCR {
			used |= parser.AllowCRLF
		}
	}
	if g.strayCR && bytes.IndexByte(text, '\r') >= 0 {
		used |= parser.AllowBareCR
	}
	if bytes.IndexByte(text, 0) >= 0 {
		used |= parser.AllowNULInHead
	}
	return text, used
}

// header adds a header line, which has no problems, to the frame.
func (g grammar) header(text []byte, l *line, found *Located) {
	name, value, _ := bytes.Cut(text, []byte(":"))
	unescapedName, usedName := g.unescape(name, l.command)
	unescapedValue, usedValue := g.unescape(value, l.command)
	found.Frame.Headers.Add(unescapedName, unescapedValue)
	found.Used |= usedName | usedValue

	if string(name) != headers.ContentLength {
		return
	}
	digits := strings.TrimPrefix(strings.Trim(string(value), " \t"), "+")
	if digits != string(value) {
		found.Used |= parser.AllowLooseLength
	}
	digits = strings.TrimLeft(digits, "0") + "."
	switch l.length {
	case "":
		l.length = digits
		n := int64(0)
		for _, c := range digits[:len(digits)-1] {
			n = n*10 + int64(c-'0')
		}
		found.Length = frame.Counted(n)
	case digits:
	default:
		found.Used |= parser.AllowRepeatedLength
	}
}

// letters returns the letters that may follow a backslash, each before the byte that it
// stands for, or "" if a backslash is an ordinary byte (D1 to D4).
func (g grammar) letters(c frame.Command) string {
	switch {
	case g.version == frame.Unnegotiated, g.version == frame.V10,
		c == frame.CONNECT, c == frame.STOMP, c == frame.CONNECTED:
		return ""
	case g.version == frame.V12 || g.allows(parser.AllowEscapedCR):
		return "n\nc:\\\\r\r"
	}
	return "n\nc:\\\\"
}

// unescaped returns the byte that a letter stands for.
func unescaped(letters string, letter byte) (byte, bool) {
	for i := 0; i < len(letters); i += 2 {
		if letters[i] == letter {
			return letters[i+1], true
		}
	}
	return 0, false
}

func (g grammar) unescape(s []byte, c frame.Command) (text string, used parser.Allow) {
	letters := g.letters(c)
	if letters == "" {
		return string(s), 0
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		stands, ok := byte(0), false
		if i+1 < len(s) {
			stands, ok = unescaped(letters, s[i+1])
		}
		if !ok {
			b = append(b, '\\')
			used |= parser.AllowUndefinedEscapes
			continue
		}
		b = append(b, stands)
		i++
		if s[i] == 'r' && g.version == frame.V11 {
			used |= parser.AllowEscapedCR
		}
	}
	return string(b), used
}

// problems returns what is wrong in the known part of a line, in the order in which
// errors at the same offset are reported.
func (g grammar) problems(l line) []*parser.Error {
	var all []*parser.Error
	// i is an index in the line.
	add := func(kind parser.ErrorKind, i int, limit int64) {
		all = append(all, &parser.Error{Kind: kind, Offset: int64(l.at + i), Limit: limit, Command: shownCommand(l.command)})
	}

	if i := g.headMax - (l.at - l.start); i < len(l.known) {
		add(parser.HeadTooLarge, i, int64(g.headMax))
	}
	if len(l.known) > g.lineMax && l.known[g.lineMax] != '\n' {
		add(parser.LineTooLong, g.lineMax, int64(g.lineMax))
	}
	if l.headers == g.headersMax && !g.mayBeBlank(l.known) {
		add(parser.TooManyHeaders, 0, int64(g.headersMax))
	}
	if i := bytes.IndexByte(l.known, 0); i >= 0 && !g.allows(parser.AllowNULInHead) {
		add(parser.NULInHead, i, 0)
	}
	if l.headers < 0 {
		g.commandProblems(l.known, add)
		for _, e := range all {
			if e.Kind == parser.NotNegotiated {
				e.Command = shownCommand(frame.Command(bytes.TrimRight(l.known, "\r\n")))
			}
		}
		return all
	}
	if i := g.strayCRIn(l.known); i >= 0 {
		add(parser.BareCR, i, 0)
	}
	if !g.mayBeBlank(l.known) {
		g.headerProblems(l, add)
	}
	// An error in a value names the header, an error in a name does not.
	name, _, _ := bytes.Cut(l.known, []byte(":"))
	for _, e := range all {
		if e.Offset > int64(l.at+len(name)) {
			e.Header = string(headers.AppendName(nil, name))
		}
	}
	return all
}

// first returns the error with the smallest offset (D20), the first one if there are
// several, or nil.
func first(all []*parser.Error) *parser.Error {
	if len(all) == 0 {
		return nil
	}
	return slices.MinFunc(all, func(a, b *parser.Error) int { return int(a.Offset - b.Offset) })
}

// mayBeBlank reports whether the known part of a line is the blank line, or may become
// it.
func (g grammar) mayBeBlank(known []byte) bool {
	switch string(known) {
	case "", "\n":
		return true
	case "\r", "\r\n":
		return g.crlf
	}
	return false
}

// strayCRIn returns the index of the first CR that is an error because another byte than
// LF follows it, or -1 (D6).
func (g grammar) strayCRIn(known []byte) int {
	if !g.strayCR || g.allows(parser.AllowBareCR) {
		return -1
	}
	for i := 0; i+1 < len(known); i++ {
		if known[i] == '\r' && known[i+1] != '\n' {
			return i
		}
	}
	return -1
}

// commandProblems finds what is wrong in a command line (D12; "Finer points of the
// parser", order at one byte).
func (g grammar) commandProblems(known []byte, add func(parser.ErrorKind, int, int64)) {
	if g.unknown {
		// Any bytes but a CR.
		i := bytes.IndexByte(known, '\r')
		switch {
		case i < 0, g.crlf && (i+1 == len(known) || known[i+1] == '\n'):
		case g.strayCR && !g.allows(parser.AllowBareCR):
			add(parser.BareCR, i, 0)
		default:
			add(parser.UnknownCommand, i, 0)
		}
		return
	}
	// The bytes that are the beginning of a command.
	n := 0
	for n < len(known) && begins(known[:n+1]) {
		n++
	}
	after := known[n:]
	command := frame.Command(known[:n])
	switch {
	case len(after) == 0:
		// May become a command.
	case !command.Known():
		add(parser.UnknownCommand, n, 0)
	case after[0] == '\n', g.crlf && string(after) == "\r\n":
		if g.version == frame.Unnegotiated && !command.Handshake() {
			add(parser.NotNegotiated, 0, 0)
		}
	case g.crlf && string(after) == "\r":
		// May become CR LF.
	case after[0] == '\r' && g.strayCR && !g.allows(parser.AllowBareCR):
		add(parser.BareCR, n, 0)
	default:
		add(parser.UnknownCommand, n, 0)
	}
}

// begins reports whether a command of the specifications begins with s.
func begins(s []byte) bool {
	for c := range frame.Commands() {
		if strings.HasPrefix(string(c), string(s)) {
			return true
		}
	}
	return false
}

// headerProblems finds what is wrong in a line that is not the blank line.
func (g grammar) headerProblems(l line, add func(parser.ErrorKind, int, int64)) {
	// text is the line without its line ending. A CR that may begin a line
	// ending is not part of it.
	text, ended := l.known, false
	if text[len(text)-1] == '\n' {
		text, ended = text[:len(text)-1], true
	}
	if g.crlf {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	colon := bytes.IndexByte(text, ':')
	if colon >= 0 && string(text[:colon]) == headers.ContentLength {
		g.lengthProblems(l, colon+1, text[colon+1:], ended, add)
	}
	if i := g.badEscape(l); i >= 0 {
		add(parser.BadEscape, i, 0)
	}
	if colon == 0 {
		add(parser.EmptyName, 0, 0)
	}
	if colon < 0 && ended {
		add(parser.MissingColon, len(l.known)-1, 0)
	}
}

// badEscape returns the index of the first backslash that does not begin an escape, or
// -1. It ignores a backslash whose next byte is not known. The colon after a name and
// the line ending after a value are not letters of an escape.
func (g grammar) badEscape(l line) int {
	letters := g.letters(l.command)
	if letters == "" || g.allows(parser.AllowUndefinedEscapes) {
		return -1
	}
	for i := 0; i+1 < len(l.known); i++ {
		if l.known[i] != '\\' {
			continue
		}
		if _, ok := unescaped(letters, l.known[i+1]); !ok {
			return i
		}
		i++
	}
	return -1
}

// lengthProblems finds what is wrong in the value of a content-length. The value begins
// at index at of the line (D9, D17).
func (g grammar) lengthProblems(l line, at int, value []byte, ended bool, add func(parser.ErrorKind, int, int64)) {
	// Blanks, plus, digits, blanks: all but the digits may be empty.
	i := 0
	blanks := func() {
		for g.allows(parser.AllowLooseLength) && i < len(value) && (value[i] == ' ' || value[i] == '\t') {
			i++
		}
	}
	blanks()
	if g.allows(parser.AllowLooseLength) && i < len(value) && value[i] == '+' {
		i++
	}
	digits, n, over := i, int64(0), false
	for ; i < len(value) && '0' <= value[i] && value[i] <= '9'; i++ {
		d := int64(value[i] - '0')
		if l.length == "" && !over && (n > g.bodyMax/10 || n*10 > g.bodyMax-d) {
			over = true
			add(parser.BodyTooLarge, at+i, g.bodyMax)
		}
		if !over && l.length == "" {
			n = n*10 + d
		}
	}
	none := i == digits
	number := strings.TrimLeft(string(value[digits:i]), "0") + "."
	if !none {
		blanks()
	}
	switch {
	case i < len(value), ended && none:
		add(parser.BadLength, at+i, 0)
	case ended && l.length != "" && l.length != number && !g.allows(parser.AllowRepeatedLength):
		add(parser.ConflictingLength, at, 0)
	}
}

// shownCommand returns a command as errors show it: one of the specifications, or "".
func shownCommand(c frame.Command) frame.Command {
	if c.Known() {
		return c
	}
	return ""
}
