package main

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
)

// A session knows the version of a stream, which is one direction of a session,
// from the flag or else from the stream itself:
//
//   - CONNECTED says which version the server chose, 1.0 where it says nothing;
//   - CONNECT and STOMP say which versions the client speaks, 1.0 where they say
//     nothing; the highest is taken, since what the server chose is not in the
//     client's stream;
//   - any other frame, but for an ERROR, says that the stream begins in the
//     middle of a session, and 1.2 is taken.
//
// An ERROR without CONNECTED before it is that of a server that refuses the
// session, and is literal. If frames follow nevertheless, the same rules go on.
// The first answer is final.
type session struct {
	version frame.Version
	why     string // the stream has this version, until that has been told
	tell    func(v frame.Version, why string)
}

// newSession returns the session of a stream. tell is called once, when there
// is a frame to go with what it tells, or never, when the flag says it all.
func newSession(v versionFlag, tell func(frame.Version, string)) *session {
	return &session{version: frame.Version(v), tell: tell}
}

// open reports whether the version is not yet known.
func (s *session) open() bool { return s.version == frame.Unnegotiated }

func (s *session) set(v frame.Version, why string) { s.version, s.why = v, why }

// A handshake is a frame.Head or a *frame.Frame.
type handshake interface {
	AcceptVersions() frame.Versions
	AgreedVersion() (frame.Version, bool)
}

// learn takes from a frame what it says of the version.
func (s *session) learn(c frame.Command, h handshake) {
	if s.open() {
		s.ask(c, h)
	}
	if s.why != "" {
		s.tell(s.version, s.why)
		s.why = ""
	}
}

func (s *session) ask(c frame.Command, h handshake) {
	switch c {
	case frame.CONNECTED:
		if v, ok := h.AgreedVersion(); ok {
			s.set(v, "the version of CONNECTED")
		} else {
			s.set(frame.V12, "CONNECTED has a version that is not known")
		}
	case frame.CONNECT, frame.STOMP:
		if v := h.AcceptVersions().Highest(); v != frame.Unnegotiated {
			s.set(v, "the highest version that "+string(c)+" accepts")
		} else {
			s.set(frame.V12, string(c)+" accepts no version that is known")
		}
	}
}

// join is called when the version is not known and a frame begins that is no
// handshake.
func (s *session) join() {
	s.set(frame.V12, "the stream begins in the middle of a session")
}

// beginsHandshake reports whether the bytes with which a frame begins make it
// one of a handshake, and whether that can be said yet.
func beginsHandshake(data []byte) (yes, known bool) {
	for _, c := range [...]frame.Command{frame.CONNECT, frame.STOMP, frame.CONNECTED, frame.ERROR} {
		rest, ok := bytes.CutPrefix(data, []byte(c))
		switch {
		case !ok:
			if bytes.HasPrefix([]byte(c), data) {
				return false, false
			}
		case len(rest) == 0:
			return false, false
		case rest[0] == '\n' || rest[0] == '\r':
			return true, true
		}
	}
	return false, true
}
