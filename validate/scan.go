package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A scan is the result of a pass over the headers of a frame, and the violations so
// far. The pass is short: it notes the known headers, and whether anything is
// unusual. Only then does a second pass inspect each header.
type scan[T text] struct {
	cmd     command
	from    Role
	version frame.Version // to judge by: see resolve
	literal bool          // names and values are not escaped on the wire

	have    headerSet      // known headers of the frame
	at      [numHeaders]*T // their values, the first of each
	high    uint64         // not 0 if there are bytes over 127
	odd     bool           // an empty name, or a repeated content-length
	body    int64          // bytes in the body, or -1 if unknown
	name    frame.Command  // the command as it came
	found   Violations     // not yet sorted
	over    *LimitError    // a limit of the session that the frame exceeds
	reports int            // how many more reports inspect may make
}

// begin prepares the scan of a frame. v is the version of the session.
func (s *scan[T]) begin(c frame.Command, v frame.Version, from Role, body int64) {
	s.cmd, s.name, s.from, s.version, s.body = lookupCommand(c), c, from, v, body
	switch { // as frame.Version.Escaping does
	case v == frame.V10, s.cmd == cmdConnect, s.cmd == cmdStomp, s.cmd == cmdConnected:
		s.literal = true
	case v == frame.Unnegotiated: // other frames may be escaped, if the client does not wait for CONNECTED
		s.literal = s.cmd == cmdError
	}
}

// asHandshake makes a session judge the frames of the handshake in the version that
// they name themselves, whenever they come.
func (s *scan[T]) asHandshake() {
	if (connects|accepts)&(1<<s.cmd) != 0 {
		s.version = frame.Unnegotiated
	}
}

// scanView scans borrowed headers, as scanList scans owned ones. One generic function
// could not read the fields of both Field and FieldView.
func scanView(s *scan[[]byte], v headers.ListView) {
	for i := range v {
		s.high |= nonASCII(v[i].Value)
		if h := lookupHeader(v[i].Name); !s.note(h, &v[i].Value) {
			noteRare(s, h, v[i].Name)
		}
	}
	if !endFirstPass(s) {
		return
	}
	for i := range v {
		inspect(s, &v[i].Name, &v[i].Value)
	}
}

// scanList scans owned headers.
func scanList(s *scan[string], l headers.List) {
	for i := range l {
		s.high |= nonASCII(l[i].Value)
		if h := lookupHeader(l[i].Name); !s.note(h, &l[i].Value) {
			noteRare(s, h, l[i].Name)
		}
	}
	if !endFirstPass(s) {
		return
	}
	for i := range l {
		inspect(s, &l[i].Name, &l[i].Value)
	}
}

// note notes the first header with a known name, and reports whether this is one.
func (s *scan[T]) note(h header, value *T) bool {
	if (s.have|otherHeader.bit())&h.bit() != 0 {
		return false
	}
	s.have |= h.bit()
	s.at[h] = value
	return true
}

// noteRare notes a header that is repeated or unknown.
func noteRare[T text](s *scan[T], h header, name T) {
	if h == otherHeader {
		s.high |= nonASCII(name)
	}
	s.odd = s.odd || h == hdrContentLength || len(name) == 0
}

// endFirstPass resolves the version, and reports whether a second pass is needed.
func endFirstPass[T text](s *scan[T]) bool {
	resolve(s)
	s.reports = maxHeaderReports
	return s.odd || s.high != 0 || s.literal
}

// resolve finds the version in which to judge a handshake frame if none is agreed:
// the one that the client offers or that the server names. It stays Unnegotiated if
// that is a version after 1.2.
func resolve[T text](s *scan[T]) {
	if s.version != frame.Unnegotiated {
		return
	}
	switch s.cmd {
	case cmdConnect, cmdStomp:
		s.version = frame.V10
		if s.has(hdrAcceptVersion) {
			offered := s.value(hdrAcceptVersion)
			if s.version = frame.ParseVersions(offered).Highest(); s.version == frame.Unnegotiated && !isVersionList(offered) {
				s.version = frame.V12
			}
		}
		if s.cmd == cmdStomp && s.version == frame.V10 {
			s.version = frame.V11 // the first that has the command
		}
	case cmdConnected:
		s.version = frame.V10
		if s.has(hdrVersion) {
			said, known := frame.ParseVersion(s.value(hdrVersion))
			if _, _, ok := protocolVersion(s.value(hdrVersion)); !known && !ok {
				said = frame.V12
			}
			s.version = said
		}
	}
}

// inspect judges the bytes of one header.
func inspect[T text](s *scan[T], nameAt, valueAt *T) {
	name, value := *nameAt, *valueAt
	report := func(r Rule) {
		if s.reports > 0 && s.add(r, otherHeader) {
			s.found[len(s.found)-1].Header = printable(name)
			s.reports--
		}
	}
	if len(name) == 0 {
		report(HeaderNameEmpty)
	}
	if s.literal {
		if contains(name, ':') {
			report(HeaderNameColon)
		}
		// STOMP 1.0 and 1.1 end lines with LF alone; CR is data there.
		cr := byte('\n')
		if s.version == frame.V12 {
			cr = '\r'
		}
		if contains(name, '\n') || contains(value, '\n') || contains(name, cr) || contains(value, cr) {
			report(HeaderEndOfLine)
		}
		if len(value) == 0 {
			report(HeaderValueEmpty)
		}
	}
	if nonASCII(name)|nonASCII(value) != 0 {
		report(HeaderASCII)
		if !validUTF8(name) || !validUTF8(value) {
			report(HeaderUTF8)
		}
	}
	if string(name) == headers.ContentLength && valueAt != s.at[hdrContentLength] {
		if !sameNumber(unpadded(s.value(hdrContentLength), s.version), unpadded(value, s.version)) {
			report(ContentLengthConflict)
		}
	}
}

// add notes a violation if the rule holds in the version, and reports whether it
// does.
func (s *scan[T]) add(r Rule, h header) bool {
	if !r.holds(s.version) {
		return false
	}
	s.put(r, h)
	return true
}

// put notes a violation.
func (s *scan[T]) put(r Rule, h header) {
	v := Violation{Rule: r, Command: s.label(), Header: headerNames[h]}
	if rules[r].value && s.has(h) {
		v.Hint = padding(s.value(h), s.version)
		if h == hdrID && v.Hint == "" && (r == AckKnown || r == NackKnown) {
			v.Hint = "its id must be the ack header of the MESSAGE, not its message-id"
		}
	}
	s.found = append(s.found, v)
}

// label returns the command for people to read.
func (s *scan[T]) label() frame.Command {
	if s.cmd == extension {
		return frame.Command(printable(string(s.name)))
	}
	return s.name
}

func (s *scan[T]) has(h header) bool { return s.have&h.bit() != 0 }

// value returns the value of a header that the frame has.
func (s *scan[T]) value(h header) T { return *s.at[h] }

// limit notes that the frame exceeds a limit of the session.
func (s *scan[T]) limit(name string, max int) {
	s.over = &LimitError{Limit: name, Max: max, Command: s.label()}
}

// limitOf notes the limit that prevented an insert into a set.
func limitOf[V any, T text](s *scan[T], name string, t *set[V]) {
	if t.used >= t.max {
		s.limit(name, t.max)
	} else {
		s.limit("ID", t.maxID)
	}
}

// result returns what is wrong with the frame as an error, or nil.
func (s *scan[T]) result() error {
	if s.found == nil && s.over == nil {
		return nil
	}
	s.found.sort()
	if s.over != nil {
		s.over.Violations = s.found
		return s.over
	}
	return s.found
}
