package parser

import (
	"bytes"
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// Options say how a stream is read. The zero Options are strict, with default
// limits, at the beginning of a handshake.
type Options struct {
	// Version is the version in force at the start. Leave it Unnegotiated at
	// the start of a session and call SetVersion when CONNECT or CONNECTED has
	// been seen.
	Version frame.Version
	Limits  Limits
	Allow   Allow
}

// EventKind says what an [Event] is.
type EventKind uint8

const (
	// NeedMore: all of src was taken and nothing is complete.
	NeedMore EventKind = iota
	// HeartBeatEvent: a run of end of lines between frames, and of NULs with
	// [AllowNULPadding]. One of NULs alone has a Count of 0. It ends where the
	// chunk ends, so that a flood of them makes one event a chunk, and one
	// more for a CR LF that two chunks share.
	HeartBeatEvent
	// HeadEvent: a complete head. BodyEvents and an EndEvent follow.
	HeadEvent
	// BodyEvent: a piece of the body, never empty.
	BodyEvent
	// EndEvent: the NUL that ends the frame.
	EndEvent
)

// String returns the name of the kind.
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
// Raw and the bytes of Head are borrowed. Those of a Head event are valid
// until the call after the frame's End event; what of them lies in src, as
// does nearly every other Raw, as long as the caller leaves src as it is. (A
// CR LF that two chunks share lies in the parser and does not change.) They have
// no spare capacity: appending to one copies it.
type Event struct {
	Kind EventKind
	// Used has the leniencies without which the bytes of this event would
	// have been an error. All those of a head are in its Head event, those of
	// a body in the Body events that need them.
	Used Allow
	// Count is the number of end of lines in a HeartBeatEvent.
	Count int
	// Head is the head in a Head event.
	Head frame.Head
	// Raw is the bytes of the event as they are on the wire: of a head from
	// the command to the blank line, of a body the piece itself, of an end the
	// NUL. It may begin with bytes of earlier chunks, and then be longer than
	// what Next took. Joined, the Raw of all events are the input. A proxy
	// forwards what AppendForward appends.
	Raw []byte
}

// AppendForward appends to dst what a proxy forwards in place of the event:
// Raw, but for line endings. A heart-beat and the blank line that ends a head
// become LF, because ActiveMQ's connector stomp+nio looks for the end of some
// heads in the body when their blank line is CR LF. What was skipped by
// [AllowNULPadding] is left out. Every reader that reads Raw as this parser
// does reads the same frames in what was appended.
//
// A proxy that forwards what clients send must also refuse the commands of
// servers (frame.Command.FromServer): brokers do not count the bodies of all
// of them (decision D22).
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
