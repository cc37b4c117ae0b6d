package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// handshake takes CONNECT, STOMP and CONNECTED (STOMP 1.2, "Connecting").
func handshake[T text](s *Session, f *scan[T]) {
	switch f.cmd {
	case cmdConnect, cmdStomp:
		s.wish = heartBeats(f)
		s.offered = frame.VersionsOf(frame.V10)
		if f.has(hdrAcceptVersion) {
			s.offered = frame.ParseVersions(f.value(hdrAcceptVersion))
			for element := range wire.Versions(f.value(hdrAcceptVersion)) {
				_, known := frame.ParseVersion(element)
				s.offeredOther = s.offeredOther || !known
			}
		}
		if f.has(hdrReceipt) {
			askReceipt(s, f) // a server may answer it nevertheless
		}
	case cmdConnected:
		if s.phase[Server] != Connected {
			return // after an ERROR
		}
		s.accepted = true
		if agree(s, f); s.version != frame.V10 {
			s.beats[Client], s.beats[Server] = headers.NegotiateHeartBeats(s.wish, heartBeats(f))
		}
	}
}

// agree sets the version that CONNECTED names (STOMP 1.2, "Protocol
// Negotiation").
func agree[T text](s *Session, f *scan[T]) {
	if !f.has(hdrVersion) {
		s.version = frame.V10
		if !s.offered.Has(frame.V10) {
			f.put(ConnectedVersionRequired, hdrVersion)
			s.imposed = true
		}
		return
	}
	var known bool
	s.version, known = frame.ParseVersion(f.value(hdrVersion))
	if !s.offered.Has(s.version) && (known || !s.offeredOther) {
		f.put(ConnectedVersionOffered, hdrVersion)
		s.imposed = true
	}
}

// heartBeats returns the value of the heart-beat header, or zero if it is missing or
// wrong.
func heartBeats[T text](f *scan[T]) headers.HeartBeats {
	if !f.has(hdrHeartBeat) {
		return headers.HeartBeats{}
	}
	h, _ := headers.ParseHeartBeats(f.value(hdrHeartBeat))
	return h
}
