package validate

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// CheckHead checks the head of a frame: the command and its direction, the headers
// that the version requires, the values that have a syntax, and whether there may be
// a body of the length in h. It returns [Violations] or nil.
//
// v is the version of the session. If v is [frame.Unnegotiated], the frames of the
// handshake are checked in the version that they name: CONNECT and STOMP in the
// highest version that they offer, a CONNECT without accept-version in 1.0, and
// CONNECTED in its version. Pass a version to check more, such as whether your own
// CONNECT is correct for 1.2. With Unnegotiated, any other frame counts as the first
// one of its sender: see [ConnectFirst] and [ConnectedFirst]. It is checked by the
// rules that all versions share, and so is a handshake that names only versions
// after 1.2.
//
// The headers of a head are unescaped, so an unescaped colon is not visible: see
// [CheckRaw].
func CheckHead(h frame.Head, v frame.Version, from Role) error {
	if from > Server {
		return roleError(from)
	}
	var s scan[[]byte]
	length, _ := h.Length.Get()
	s.begin(h.Command, v, from, length)
	scanView(&s, h.Headers)
	checkOrder(&s)
	checkHead(&s)
	return s.result()
}

// CheckView checks a whole borrowed frame. It checks what [CheckHead] checks, and
// that there is a content-length with the length of the body.
func CheckView(w frame.View, v frame.Version, from Role) error {
	if from > Server {
		return roleError(from)
	}
	var s scan[[]byte]
	s.begin(w.Command, v, from, int64(len(w.Body)))
	scanView(&s, w.Headers)
	checkOrder(&s)
	checkHead(&s)
	checkBody(&s, w.Body)
	checkMissingLength(&s, w.Body)
	return s.result()
}

// CheckFrame checks a whole owned frame as [CheckView] does, but accepts a missing
// content-length, because the encoder adds it.
func CheckFrame(f *frame.Frame, v frame.Version, from Role) error {
	if from > Server {
		return roleError(from)
	}
	var s scan[string]
	s.begin(f.Command, v, from, int64(len(f.Body)))
	scanList(&s, f.Headers)
	checkOrder(&s)
	checkHead(&s)
	checkBody(&s, f.Body)
	return s.result()
}

// required has the headers that a frame needs, by version and command. It is made
// from the table of rules.
var required = func() (t [frame.V12 + 1][numCommands]headerSet) {
	for r := range Rules() {
		for v := range t {
			if rules[r].command != extension && r.holds(frame.Version(v)) {
				t[v][rules[r].command] |= rules[r].header.bit()
			}
		}
	}
	handshake := hdrAcceptVersion.bit() | hdrHost.bit()
	for _, v := range [...]frame.Version{frame.V11, frame.V12} {
		t[v][cmdConnect], t[v][cmdStomp] = handshake, handshake
	}
	return t
}()

// formal has the headers whose values have a syntax, by command.
var formal = func() (t [numCommands]headerSet) {
	for c := range t {
		t[c] = hdrContentLength.bit()
	}
	t[cmdSend] |= hdrContentType.bit()
	t[cmdMessage] |= hdrContentType.bit()
	t[cmdError] |= hdrContentType.bit()
	t[cmdConnect] |= hdrAcceptVersion.bit() | hdrHeartBeat.bit() | hdrReceipt.bit()
	t[cmdStomp] = t[cmdConnect]
	t[cmdConnected] |= hdrVersion.bit() | hdrHeartBeat.bit() | hdrServer.bit()
	t[cmdSubscribe] |= hdrAck.bit()
	return t
}()

// checkOrder reports a frame that may not come before a version is agreed. A
// Session uses its phases instead.
func checkOrder[T text](s *scan[T]) {
	if s.version != frame.Unnegotiated || (connects|accepts|fails)&(1<<s.cmd) != 0 {
		return
	}
	if s.from == Client {
		s.add(ConnectFirst, otherHeader)
	} else {
		s.add(ConnectedFirst, otherHeader)
	}
}

// checkHead applies the rules that a head alone can break.
func checkHead[T text](s *scan[T]) {
	if s.cmd != extension && (s.cmd >= cmdConnected) != (s.from == Server) {
		s.add(CommandDirection, otherHeader)
	}
	if s.cmd == cmdNack || s.cmd == cmdStomp {
		s.add(CommandInVersion, otherHeader)
		if s.cmd == cmdStomp {
			s.add(ConnectPreferred, otherHeader)
		}
	}
	if s.version <= frame.V12 {
		if missing := required[s.version][s.cmd] &^ s.have; missing != 0 {
			checkMissing(s, missing)
		}
	}
	if s.cmd == cmdUnsubscribe && s.have&(hdrDestination.bit()|hdrID.bit()) == 0 {
		s.add(UnsubscribeDestinationRequired, hdrDestination)
	}
	if formal := formal[s.cmd] & s.have; formal != 0 {
		checkValues(s, formal)
	}
	if s.body > 0 {
		if !s.mayHaveBody() {
			s.add(BodyNotAllowed, otherHeader)
		} else if s.describesBody() && !s.has(hdrContentType) {
			s.add(ContentTypeExpected, hdrContentType)
		}
	}
}

// mayHaveBody is frame.Command.MayHaveBody for the numbers of this package. While
// the version is unknown, it allows a body that any version allows.
func (s *scan[T]) mayHaveBody() bool {
	switch s.cmd {
	case cmdSend, cmdMessage, cmdError, extension:
		return true
	case cmdReceipt:
		return false
	}
	return s.version <= frame.V10
}

// describesBody reports whether the specification asks for content-length and
// content-type if the frame has a body.
func (s *scan[T]) describesBody() bool {
	return s.cmd == cmdSend || s.cmd == cmdMessage || s.cmd == cmdError
}

// checkMissing reports the missing headers.
func checkMissing[T text](s *scan[T], missing headerSet) {
	for r := range Rules() {
		info := &rules[r]
		if info.header.bit()&missing == 0 || info.header == otherHeader {
			continue
		}
		if info.command == s.cmd || info.command == extension && (s.cmd == cmdConnect || s.cmd == cmdStomp) {
			s.add(r, info.header)
		}
	}
}

// checkValues applies the rules about the syntax of values.
func checkValues[T text](s *scan[T], formal headerSet) {
	if h := hdrContentLength; formal&h.bit() != 0 {
		if !isNumber(unpadded(s.value(h), s.version)) {
			s.add(ContentLengthSyntax, h)
		}
	}
	if h := hdrContentType; formal&h.bit() != 0 && !isMIMEType(s.value(h)) {
		s.add(ContentTypeSyntax, h)
		s.add(ContentTypeMIME, h)
	}
	if formal &^= hdrContentLength.bit() | hdrContentType.bit(); formal != 0 {
		checkRareValues(s, formal)
	}
}

// checkRareValues is checkValues for headers that few frames have.
func checkRareValues[T text](s *scan[T], formal headerSet) {
	if h := hdrAcceptVersion; formal&h.bit() != 0 && !isVersionList(s.value(h)) {
		s.add(AcceptVersionList, h)
	}
	if h := hdrHeartBeat; formal&h.bit() != 0 {
		if _, err := headers.ParseHeartBeats(s.value(h)); err != nil {
			s.add(HeartBeatSyntax, h)
		}
	}
	if h := hdrReceipt; formal&h.bit() != 0 {
		s.add(ReceiptOnConnect, h)
	}
	if h := hdrVersion; formal&h.bit() != 0 {
		if _, _, ok := protocolVersion(s.value(h)); !ok {
			s.add(ConnectedVersionSyntax, h)
		}
	}
	if h := hdrServer; formal&h.bit() != 0 && !isServer(s.value(h)) {
		s.add(ConnectedServerSyntax, h)
	}
	if h := hdrAck; formal&h.bit() != 0 {
		mode, err := headers.ParseAckMode(unpadded(s.value(h), s.version))
		if err != nil || s.version == frame.V10 && mode == headers.AckClientIndividual {
			s.add(SubscribeAckMode, h)
		}
	}
}

// checkBody checks that content-length is the length of the body.
func checkBody[T text](s *scan[T], body []byte) {
	if !s.has(hdrContentLength) {
		return
	}
	length := unpadded(s.value(hdrContentLength), s.version)
	if n, err := headers.ParseContentLength(length); isNumber(length) && (err != nil || n != int64(len(body))) {
		s.add(ContentLengthMatchesBody, hdrContentLength)
	}
}

// checkMissingLength reports a body that should have a content-length and has none.
func checkMissingLength[T text](s *scan[T], body []byte) {
	if len(body) == 0 || s.has(hdrContentLength) {
		return
	}
	if bytes.IndexByte(body, 0) >= 0 {
		s.add(ContentLengthRequired, hdrContentLength)
	}
	if s.describesBody() {
		s.add(ContentLengthExpected, hdrContentLength)
	}
}
