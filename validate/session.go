package validate

import (
	"math"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Session checks a conversation. Its Step methods take the frames of both
// directions in the order in which they take effect, and return what is wrong with
// each frame, by itself and after the frames before it. Heart-beats are not frames.
//
// A server or client steps each frame after reading it, or before writing it; an
// observer, when it sees the frame. A MESSAGE and an UNSUBSCRIBE may cross: a MESSAGE
// that comes too late breaks only [MessageAfterUnsubscribe]. A frame that is stepped
// counts as sent, even if it is never written. So before you step a frame of your own,
// check it with [CheckFrame] and encode it.
//
// # Before CONNECTED
//
// A client may send frames before the server answers its CONNECT. They take effect
// as usual. While the version is unknown, they are checked by the rules that all
// versions share, and a SUBSCRIBE without id is known by its destination, as in 1.0.
//
// # After a violation
//
// A Session stays usable after a violation.
//
//   - A frame that its sender may not send in this [Phase], or at all, has no
//     effect. A frame after ERROR does take effect, because RabbitMQ and ActiveMQ
//     send such frames. It breaks [FrameAfterError] in 1.2, and [FrameAfterRefusal]
//     if ERROR came in place of CONNECTED, unless the client offers only 1.0.
//   - A frame that lacks a header, or has a wrong value, takes effect without it.
//     A SUBSCRIBE with an unknown ack mode subscribes in mode auto;
//     client-individual is recognized in 1.0, although it is a violation. A wrong
//     heart-beat header counts as missing.
//   - A subscription, transaction or message whose name is in use is not added.
//   - A frame that names something unknown has no effect. An ACK in an unknown
//     transaction leaves its message pending.
//   - A CONNECTED with a version that was not offered sets that version, because
//     the server uses it from then on. So does one without version for a client
//     that does not offer 1.0. The frames of the client are then checked only by the
//     rules that all versions share. If package frame does not know the version,
//     it stays Unnegotiated, and this holds for both sides.
//
// # Subscriptions, messages, transactions
//
// In 1.1 and 1.2 a subscription has an id. In 1.0 a subscription without id is known
// by its destination. If the destination of a MESSAGE matches none of them, as with
// wildcards, its subscription is unknown, and the rules that depend on it are not
// applied. In 1.0 a second SUBSCRIBE with the same name changes the ack mode, because
// 1.0 does not forbid it.
//
// A message is pending if the ack mode of its subscription is client or
// client-individual. ACK and NACK name it by the ack header of the MESSAGE in 1.2, by
// subscription and message-id in 1.1, and by message-id in 1.0. They settle that
// message; in mode client of 1.1 and 1.2 also all earlier ones of the subscription.
// An ACK or NACK of a message that is not pending breaks [AckKnown] or [NackKnown].
//
// If the message may belong to a subscription in mode auto, which needs no
// acknowledgment, that breaks [AckAuto] instead. In 1.1 this is so if the named
// subscription is or was in mode auto. In 1.0 and 1.2 it is so once such a
// subscription has had a message, in 1.2 one with an ack header.
//
// UNSUBSCRIBE settles nothing. Pending messages may still be acknowledged, even after
// a SUBSCRIBE with the same id, and the server may deliver them again under the same
// names.
//
// An ACK or NACK in a transaction takes effect when that is committed. Until then
// the message cannot be acknowledged again. After ABORT, or DISCONNECT, which aborts
// open transactions, it is pending again in its old place.
//
// # What a session forgets
//
// A Session remembers the last 32 removed subscriptions, with up to 2 KiB of names,
// or fewer if pending messages of open subscriptions need the room. If a frame exceeds
// one of the [SessionLimits], the Session does not remember what it adds. Once it has
// forgotten something, it no longer reports that a name of this kind is unknown, as
// [AckKnown] and [MessageSubscriptionKnown] do.
//
// # Goroutines
//
// A Session must not be used by two goroutines at once. If one goroutine reads from a
// peer and others write to it, use one mutex for the session and the queue of frames to
// write, so that frames are stepped in the order in which they are written.
type Session struct {
	limits  SessionLimits
	version frame.Version
	phase   [2]Phase

	offered      frame.Versions // by CONNECT
	offeredOther bool           // CONNECT also offered unknown versions
	accepted     bool           // CONNECTED was sent
	imposed      bool           // the client did not offer the version
	wish         headers.HeartBeats
	beats        [2]time.Duration

	storage
	subs         subscriptions
	pending      messages
	transactions set[transaction]
	receipts     set[receipt]
	answered     bool // there was a RECEIPT; an ERROR about its frame may come later

	// An unknown ACK may be for one of these.
	autoDelivered bool // messages that need no ACK were delivered
	unplaced      bool // messages whose subscription is unknown were delivered
}

// NewSession returns a Session for a new connection. Its memory grows as identifiers
// come.
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

// Version returns the agreed version, or frame.Unnegotiated before CONNECTED.
func (s *Session) Version() frame.Version { return s.version }

// Phase returns the phase of the direction in which a role sends.
func (s *Session) Phase(from Role) Phase {
	if from > Server {
		return Idle
	}
	return s.phase[from]
}

// HeartBeat returns the interval at which a role must send data (STOMP 1.2,
// "Heart-beating"). It returns 0 if the role need not, or before CONNECTED. The role
// should send a little earlier, and the other role should wait longer, for example twice
// the interval.
func (s *Session) HeartBeat(from Role) time.Duration {
	if from > Server {
		return 0
	}
	return s.beats[from]
}

// Unacknowledged returns how many messages are pending. At the end of a connection
// the server may deliver them to another client (STOMP 1.2, "SUBSCRIBE ack Header").
// The session does not say which messages these are: a broker keeps a list of its own,
// in the order of delivery. The number falls by as many messages as a Step of ACK or
// NACK settles.
func (s *Session) Unacknowledged() int { return s.pending.names.used - s.pending.held }

// Receipts returns how many receipts were asked for and have not come. It counts
// receipts with the same value once (STOMP 1.2, "Header receipt").
func (s *Session) Receipts() int { return s.receipts.used }

// Transactions returns how many transactions are open. DISCONNECT aborts all (STOMP
// 1.2, "BEGIN").
func (s *Session) Transactions() int { return s.transactions.used }

// Memory returns an upper bound of the memory that the session holds now, in bytes on
// a 64-bit machine. It is at most [SessionLimits.WorstCase]. Servers can use it to
// bound the memory of all their connections together.
func (s *Session) Memory() int { return s.held + sessionSize }

// Step checks the next frame by its head, as [CheckHead] does in the version of the
// session, and against the frames before. It returns [Violations], a [*LimitError]
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

// StepView is Step for a whole borrowed frame, which it checks as [CheckView] does.
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

// StepFrame is Step for a whole owned frame, which it checks as [CheckFrame] does.
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

// versionOf returns the version in which to judge the frames of a role.
func (s *Session) versionOf(from Role) frame.Version {
	if s.imposed && from == Client {
		return frame.Unnegotiated
	}
	return s.version
}

// step processes a frame that has been judged alone.
func step[T text](s *Session, f *scan[T]) error {
	if !sends(f.from, f.cmd) {
		return f.result() // CommandDirection is already reported
	}
	row := moves[f.from&1][s.phase[f.from&1]&3][f.cmd]
	switch row.breaks {
	case 0:
	case FrameAfterError: // real servers continue, and their frames count
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

// afterError returns the rule that a server's frame after ERROR breaks, or 0. ERROR
// has ended the session, or refused it.
func (s *Session) afterError() Rule {
	switch {
	case s.version == frame.V12:
		return FrameAfterError
	case !s.accepted && (s.offered != frame.VersionsOf(frame.V10) || s.offeredOther):
		return FrameAfterRefusal
	}
	return 0
}

// converse applies a frame to the session. The client may not have waited for the
// version.
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
