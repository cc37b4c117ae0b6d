package parser

import (
	"bytes"
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// Options say how to read a stream. The zero Options are for the beginning of a
// session: strict, with default limits, and with no version agreed yet. Do not
// compare Options: later versions may have fields that cannot be compared.
type Options struct {
	// Version is the version at the start of the stream. Leave it Unnegotiated
	// at the start of a session, and call SetVersion after CONNECT or CONNECTED.
	Version frame.Version
	Limits  Limits
	Allow   Allow
}

// EventKind says what an [Event] is.
type EventKind uint8

const (
	// NeedMore: all of src was consumed, and nothing is complete.
	NeedMore EventKind = iota
	// HeartBeatEvent: a run of line endings between frames, and with
	// [AllowNULPadding] of NULs. A run ends with its chunk at the latest. A CR LF
	// that the end of a chunk cuts is a run of its own.
	HeartBeatEvent
	// HeadEvent: a complete head. Any BodyEvents and an EndEvent follow.
	HeadEvent
	// BodyEvent: a piece of the body, never empty.
	BodyEvent
	// EndEvent: the NUL that ends the frame.
	EndEvent
)

// String returns the name of the kind, such as "Head".
func (k EventKind) String() string {
	switch k {
	case NeedMore:
		return "NeedMore"
	case HeartBeatEvent:
		return "HeartBeat"
	case HeadEvent:
		return "Head"
	case BodyEvent:
		return "Body"
	case EndEvent:
		return "End"
	}
	return "EventKind(" + strconv.Itoa(int(k)) + ")"
}

// An Event is what [Parser.Next] found.
//
// Raw and Head are borrowed, and may point into src: they change when the caller
// reads into that buffer again. If src stays as it is, those of a HeadEvent are valid
// until the call after the EndEvent, those of other events until the next call. To
// use a head at the end of its frame, keep Head.Clone() or Head.String(). Raw and
// Head have no spare capacity: appending to one copies it.
type Event struct {
	Kind EventKind
	// Used are the leniencies without which the bytes of this event would be an
	// error.
	Used Allow
	// Count is the number of line endings in a HeartBeatEvent; 0 if it has only
	// NULs.
	Count int
	// Head is the head in a HeadEvent.
	Head frame.Head
	// Raw is the event as it is on the wire: a head from the command to the blank
	// line, a piece of a body, or the NUL at the end. It may include bytes of
	// earlier chunks, and is then longer than what Next consumed. The Raw of all
	// events, joined, is the input. A proxy forwards what AppendForward appends.
	Raw []byte
}

// AppendForward appends what a proxy should forward for the event to dst, and
// returns the extended slice. That is Raw, except for some line endings:
// heart-beats, and the blank line that ends a head, are written as LF, because
// ActiveMQ's connector stomp+nio misreads some heads that end in CR LF. NULs that
// [AllowNULPadding] skipped are left out. The frames are the same.
//
// A proxy that forwards what clients send must also refuse the commands of
// servers (frame.Command.FromServer), because brokers do not use the
// content-length of all their bodies.
func (e *Event) AppendForward(dst []byte) []byte {
	switch e.Kind {
	case HeartBeatEvent:
		for range e.Count {
			dst = append(dst, '\n')
		}
		return dst
	case HeadEvent:
		if head, ok := bytes.CutSuffix(e.Raw, []byte("\r\n")); ok {
			return append(append(dst, head...), '\n')
		}
	}
	return append(dst, e.Raw...)
}
