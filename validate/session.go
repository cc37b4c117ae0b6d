package validate

import (
	"math"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Session judges a conversation: it is fed with the frames of both
// directions in the order in which they took effect, by whoever sees them, and
// says of each what is wrong with it, alone and after those before. It knows
// no side, no clock and no I/O; heart-beats are not frames and not fed to it.
//
// A server feeds a frame when it has read it and when it is about to write it,
// a client likewise, an observer as it sees them. A MESSAGE may cross an
// UNSUBSCRIBE on its way, so that one which comes too late breaks only
// [MessageAfterUnsubscribe].
//
// # Before CONNECTED
//
// A client may send frames before the server has answered its CONNECT. They
// take effect as they do later. While the version is not known they are judged
// by the rules that all versions share, and a SUBSCRIBE without id is known by
// its destination, as in 1.0.
//
// # After a violation
//
// A session stays usable whatever it is fed.
//
//   - A frame that its sender may not send in this [Phase], or at all, changes
//     nothing. A frame after ERROR takes effect all the same, because RabbitMQ
//     and ActiveMQ send such frames. It breaks [FrameAfterError] in 1.2, and
//     [FrameAfterRefusal] where ERROR came in place of CONNECTED, unless the
//     client offers 1.0 alone.
//   - A frame that lacks a header, or breaks a rule about a value, does what it
//     can do without it: a SUBSCRIBE with an unknown ack mode subscribes in
//     mode auto (client-individual is recognized in 1.0, although it is a
//     violation), a wrong heart-beat header counts as none.
//   - What has a name that is taken leaves the old one as it is: subscriptions,
//     transactions, pending messages.
//   - What names something unknown does nothing: an ACK in an unknown
//     transaction leaves its message pending.
//   - A CONNECTED with a version that was not offered, or with none for a client
//     without 1.0, sets that version, since the server speaks it from now on.
//     The client has not said that it does: to its frames only the rules that
//     all versions share are applied. While the version is one that package
//     frame does not know, it stays Unnegotiated, and that holds for both.
//
// # Subscriptions, messages, transactions
//
// In 1.1 and 1.2 subscriptions have an id. In 1.0 one without an id is known by
// its destination; a MESSAGE whose destination fits none of those, as with
// wildcards, is not placed, and the rules that would need to know are then not
// applied. A second SUBSCRIBE of the same name changes the mode in 1.0, which
// does not forbid it.
//
// A message is pending when its subscription's mode is client or
// client-individual. ACK and NACK name it by the ack header of the MESSAGE in
// 1.2, by subscription and message-id in 1.1, by message-id in 1.0. They settle
// it, and with it all earlier ones of the subscription in mode client of 1.1
// and 1.2; in 1.0 acknowledgement is always for one message. What is settled,
// or was never pending, cannot be acknowledged: [AckKnown], [NackKnown]. Where
// the message may be one of a subscription in mode auto, which needs no
// acknowledgement, the rule is [AckAuto] instead: in 1.1 when the named
// subscription is one; in 1.0 and 1.2 when such a subscription has delivered
// (in 1.2 with an ack header). UNSUBSCRIBE settles nothing: what was pending may
// still be acknowledged, also after a SUBSCRIBE with the same id. The server may
// deliver it again, with the same names.
//
// # What a session forgets
//
// The last 32 removed subscriptions are remembered, with up to 2 KiB of names;
// fewer when pending messages of open ones need the room. A frame that crosses
// one of the [SessionLimits] is not remembered either. What may have been known
// is never called unknown: from then on a session no longer reports the rules
// that would say so, such as [AckKnown] or [MessageSubscriptionKnown]. While
// nothing was forgotten, an ACK of nothing and a second ACK break them.
//
// An ACK or NACK in a transaction takes effect when that is committed. Until
// then the message cannot be acknowledged again; after ABORT, or DISCONNECT,
// which aborts what is open, it is pending again in its place.
//
// A Session must not be used by two goroutines at once.
type Session struct {
	limits  SessionLimits
	version frame.Version
	phase   [2]Phase

	offered      frame.Versions // by CONNECT
	offeredOther bool           // and versions that package frame does not know
	accepted     bool           // CONNECTED was sent
	imposed      bool           // version is not one that was offered
	wish         headers.HeartBeats
	beats        [2]time.Duration

	storage
	subs         subscriptions
	pending      messages
	transactions set[transaction]
	receipts     set[receipt]
	answered     bool // a receipt was given; an ERROR about its frame may come later

	// What an unknown ACK may be for.
	autoDelivered bool // messages that need no ACK
	unplaced      bool // messages whose subscription is not known
}

// NewSession returns a session that has seen nothing. It holds memory only as
// identifiers come.
func NewSession(l SessionLimits) *Session {
	s := &Session{limits: l.withDefaults()}
	s.maxID, s.seed = s.limits.ID, mix(l.HashSeed^hashKey, hashKey)|1
	s.subs.names = set[subscription]{storage: &s.storage, nodeSize: subscriptionSize, max: math.MaxInt}
	s.pending.names = set[message]{storage: &s.storage, nodeSize: messageSize, max: s.limits.Unacknowledged}
	s.pending.ids = set[identified]{storage: &s.storage, nodeSize: nameSize, max: s.limits.Unacknowledged}
	s.transactions = set[transaction]{storage: &s.storage, nodeSize: nameSize, max: s.limits.Transactions}
	s.receipts = set[receipt]{storage: &s.storage, nodeSize: nameSize, max: s.limits.Receipts}
	return s
}

// Version returns the version agreed, Unnegotiated before CONNECTED.
func (s *Session) Version() frame.Version { return s.version }

// Phase returns how far a direction has come: what the role sends.
func (s *Session) Phase(from Role) Phase {
	if from > Server {
		return Idle
	}
	return s.phase[from]
}

// HeartBeat returns the interval at which the role has to send data, 0 when it
// need not or before CONNECTED (STOMP 1.2, "Heart-beating"). The other side
// should allow for a margin.
func (s *Session) HeartBeat(from Role) time.Duration {
	if from > Server {
		return 0
	}
	return s.beats[from]
}

// Pending returns how many messages wait for acknowledgement. At the end of a
// connection they are those that the server may deliver to somebody else
// (STOMP 1.2, "SUBSCRIBE ack Header").
func (s *Session) Pending() int { return s.pending.names.used - s.pending.held }

// Transactions returns how many transactions are open, none after DISCONNECT,
// which aborts them (STOMP 1.2, "BEGIN").
func (s *Session) Transactions() int { return s.transactions.used }

// Memory returns about how many bytes the session holds now, and no fewer, on a
// 64-bit machine: at most [SessionLimits.WorstCase]. It is for servers that bound
// what all their connections hold together.
func (s *Session) Memory() int { return s.held + sessionSize }

// Step judges the next frame by its head, as [CheckHead] does in the version of the
// session, and by what came before. It returns [Violations], a [*LimitError],
// or nil.
func (s *Session) Step(from Role, h frame.Head) error {
	if from > Server {
		return roleError(from)
	}
	var f scan[[]byte]
	length, _ := h.Length.Get()
	f.begin(h.Command, s.versionOf(from), from, length)
	f.asHandshake()
	scanView(&f, h.Headers)
	checkHead(&f)
	return step(s, &f)
}

// StepView is Step for a whole borrowed frame, judged as [CheckView] does.
func (s *Session) StepView(from Role, w frame.View) error {
	if from > Server {
		return roleError(from)
	}
	var f scan[[]byte]
	f.begin(w.Command, s.versionOf(from), from, int64(len(w.Body)))
	f.asHandshake()
	scanView(&f, w.Headers)
	checkHead(&f)
	checkBody(&f, w.Body)
	checkMissingLength(&f, w.Body)
	return step(s, &f)
}

// StepFrame is Step for a whole owned frame, judged as [CheckFrame] does.
func (s *Session) StepFrame(from Role, w *frame.Frame) error {
	if from > Server {
		return roleError(from)
	}
	var f scan[string]
	f.begin(w.Command, s.versionOf(from), from, int64(len(w.Body)))
	f.asHandshake()
	scanList(&f, w.Headers)
	checkHead(&f)
	checkBody(&f, w.Body)
	return step(s, &f)
}

// versionOf returns the version to judge the frames of a role by.
func (s *Session) versionOf(from Role) frame.Version {
	if s.imposed && from == Client {
		return frame.Unnegotiated
	}
	return s.version
}

// step takes a frame that has been judged by itself.
func step[T text](s *Session, f *scan[T]) error {
	if !sends(f.from, f.cmd) {
		return f.result() // CommandDirection has been reported
	}
	row := moves[f.from&1][s.phase[f.from&1]&3][f.cmd]
	switch row.breaks {
	case 0:
	case FrameAfterError: // servers in use go on, and what they then say counts
		if r := s.afterError(); r != 0 {
			f.put(r, otherHeader)
		}
	default:
		f.put(row.breaks, otherHeader)
		return f.result()
	}
	s.phase[Client] = max(s.phase[Client], row.client)
	s.phase[Server] = max(s.phase[Server], row.server)
	if s.version != frame.Unnegotiated || row.from == Client && row.in == Connecting {
		converse(s, f)
	} else {
		handshake(s, f)
	}
	return f.result()
}

// afterError returns the rule that a server breaks by a frame after ERROR, 0
// for none: ERROR has ended the session, or refused it.
func (s *Session) afterError() Rule {
	switch {
	case s.version == frame.V12:
		return FrameAfterError
	case !s.accepted && (s.offered != frame.VersionsOf(frame.V10) || s.offeredOther):
		return FrameAfterRefusal
	}
	return 0
}

// converse does what a frame does in a session, also when a client does not wait
// for its version.
func converse[T text](s *Session, f *scan[T]) {
	switch f.cmd {
	case cmdSend:
		inTransaction(s, f)
	case cmdSubscribe:
		subscribe(s, f)
	case cmdUnsubscribe:
		unsubscribe(s, f)
	case cmdBegin, cmdCommit, cmdAbort:
		if f.has(hdrTransaction) {
			transact(s, f)
		}
	case cmdAck, cmdNack:
		acknowledge(s, f)
	case cmdDisconnect:
		s.abortAll()
	case cmdMessage:
		deliver(s, f)
	case cmdReceipt, cmdError:
		answerReceipt(s, f)
	}
	if f.from == Client && f.has(hdrReceipt) {
		askReceipt(s, f)
	}
}
