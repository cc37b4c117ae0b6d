package conform

import (
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// ackCases are about acknowledgment and transactions.
func ackCases() []*Probe {
	var ps []*Probe
	settles := func(v frame.Version, op, id, transaction string) func(*script) Outcome {
		return func(s *script) Outcome {
			k := s.serve(v)
			mode := "client"
			if v > frame.V10 {
				mode = "client-individual"
			}
			sub := s.subscribed(k, mode)
			k.raw(k.delivery(sub, id, "", "b"))
			if m, o := s.received(); m == nil {
				s.block("no message: %v", o)
			}
			if transaction != "" {
				answer := s.tell(Command{Op: "begin", Transaction: transaction})
				f, o := k.following(frame.BEGIN)
				if f == nil {
					return o
				}
				if a := <-answer; a.Error != "" {
					s.block("the client cannot begin a transaction: %s", a.Error)
				}
				transaction = f.Headers.Value(headers.Transaction)
			}
			s.tell(Command{Op: op, N: 0, Transaction: map[bool]string{true: "tx"}[transaction != ""]})
			f, o := k.following(frame.Command(strings.ToUpper(op)))
			if f == nil {
				return o
			}
			if o := faultless(f, v); o.Kind != OK {
				return o
			}
			want := strings.NewReplacer(`\c`, ":", `\\`, `\`).Replace(id)
			switch v {
			case frame.V12:
				if o := carries(f, headers.ID, want); o.Kind != OK {
					return o
				}
				if o := k.wrote(headers.ID, want); o.Kind != OK {
					return o
				}
			case frame.V11:
				if o := carries(f, headers.Subscription, sub); o.Kind != OK {
					return o
				}
				fallthrough
			default:
				if o := carries(f, headers.MessageID, want); o.Kind != OK {
					return o
				}
				if o := k.wrote(headers.MessageID, want); o.Kind != OK {
					return o
				}
			}
			if transaction != "" {
				return carries(f, headers.Transaction, transaction)
			}
			return ok
		}
	}
	for _, v := range versions {
		ps = append(ps, ask(Must, named("acks/ack", v), rule(validate.AckKnown), settles(v, "ack", "m-1", "")).in(v))
		if v > frame.V10 {
			ps = append(ps,
				ask(Must, named("acks/nack", v), rule(validate.NackKnown), settles(v, "nack", "m-1", "")).in(v),
				ask(Must, named("acks/escaped-id", v), passage{inEncoding, "Escapes are written for what they stand for when headers are written"}, settles(v, "ack", `ID\chost-1\c2\\3`, "")).in(v),
			)
		}
		ps = append(ps,
			ask(Must, named("transactions/commit", v), rule(validate.CommitTransactionKnown), transacts(v, "commit")).in(v),
			ask(Must, named("transactions/abort", v), rule(validate.AbortTransactionKnown), transacts(v, "abort")).in(v),
		)
	}
	return append(ps, ask(Must, "acks/in-transaction", rule(validate.TransactionKnown), settles(frame.V12, "ack", "m-1", "tx")).in(frame.V12))
}

// transacts has the client send in a transaction and end that.
func transacts(v frame.Version, op string) func(*script) Outcome {
	return func(s *script) Outcome {
		k := s.serve(v)
		answer := s.tell(Command{Op: "begin", Transaction: "tx"})
		f, o := k.following(frame.BEGIN)
		if f == nil {
			return o
		}
		if o := faultless(f, v); o.Kind != OK {
			return o
		}
		name := f.Headers.Value(headers.Transaction)
		if a := <-answer; a.Error != "" {
			return outcome(Errored, "the client says: %s", a.Error)
		}
		answer = s.tell(Command{Op: "send", Destination: "/queue/conform", Body: []byte("b"), Transaction: "tx"})
		if f, o = k.following(frame.SEND); f == nil {
			return o
		}
		if o := carries(f, headers.Transaction, name); o.Kind != OK {
			return o
		}
		<-answer
		s.tell(Command{Op: op, Transaction: "tx"})
		if f, o = k.following(frame.Command(strings.ToUpper(op))); f == nil {
			return o
		}
		if o := faultless(f, v); o.Kind != OK {
			return o
		}
		return carries(f, headers.Transaction, name)
	}
}

// beatCases are about heart-beats.
func beatCases() []*Probe {
	interval := func(s *script) int { return max(500, int(s.Beat.Milliseconds())) }
	var ps []*Probe
	for _, v := range since(frame.V11) {
		ps = append(ps, ask(Must, named("heart-beats/sent", v), passage{inBeats, "A sender sends data at least every n milliseconds, as was agreed"}, func(s *script) Outcome {
			n := interval(s)
			c, f, answer := s.connecting(v, [2]int{n, 0})
			offer, err := headers.ParseHeartBeats(f.Headers.Value(headers.HeartBeat))
			if err != nil || offer.Send == 0 {
				s.skip("the client offers heart-beat:%s", f.Headers.Value(headers.HeartBeat))
			}
			ours := headers.HeartBeats{Receive: time.Duration(n) * time.Millisecond}
			c.raw(s.welcome(v, "heart-beat:"+ours.String()+"\n"))
			s.connected(answer)
			fromClient, _ := headers.NegotiateHeartBeats(offer, ours)
			return hear(c, fromClient, 3)
		}).in(v))
	}
	return append(ps,
		ask(Must, "heart-beats/none-wanted", passage{inBeats, "0 means that a party cannot send heart-beats, or does not want any"}, func(s *script) Outcome {
			n := interval(s)
			s.serveWith(frame.V12, [2]int{n, n}, "heart-beat:0,0\n")
			if a := <-s.tell(Command{Op: "idle", Timeout: 6 * n}); a.Error != "" {
				return outcome(Errored, "the client says: %s", a.Error)
			}
			return ok
		}).in(frame.V12),
		ask(Must, "heart-beats/header-missing", passage{inBeats, "A missing heart-beat header is the same as heart-beat:0,0"}, func(s *script) Outcome {
			n := interval(s)
			s.serveWith(frame.V12, [2]int{n, n}, "")
			if a := <-s.tell(Command{Op: "idle", Timeout: 6 * n}); a.Error != "" {
				return outcome(Errored, "the client says: %s", a.Error)
			}
			return ok
		}).in(frame.V12),
		ask(Must, "heart-beats/received", passage{inBeats, "Any data is a sign of life"}, func(s *script) Outcome {
			n := interval(s)
			c := s.serveWith(frame.V12, [2]int{0, n}, "heart-beat:"+headers.HeartBeats{Send: time.Duration(n) * time.Millisecond}.String()+"\n")
			idle := s.tell(Command{Op: "idle", Timeout: 6 * n})
			for {
				select {
				case a := <-idle:
					if a.Error != "" {
						return outcome(Errored, "the client says: %s", a.Error)
					}
					return ok
				case <-time.After(time.Duration(n) * time.Millisecond / 2):
					c.raw("\n")
				}
			}
		}).in(frame.V12),
		ask(Choice, "heart-beats/silent-server", passage{inBeats, "A receiver that got no data may consider the connection as dead"}, func(s *script) Outcome {
			n := interval(s)
			s.serveWith(frame.V12, [2]int{0, n}, "heart-beat:"+headers.HeartBeats{Send: time.Duration(n) * time.Millisecond}.String()+"\n")
			if a := <-s.tell(Command{Op: "idle", Timeout: 6 * n}); a.Error != "" {
				return outcome("noticed", "%s", a.Error)
			}
			return outcome("not-noticed", "the client still thinks that it is connected")
		}, "noticed", "not-noticed").in(frame.V12),
	)
}

// endCases are about how a session ends.
func endCases() []*Probe {
	reports := func(v frame.Version, text string) func(*script) Outcome {
		return func(s *script) Outcome {
			k := s.serve(v)
			s.subscribed(k, "auto")
			k.raw(text)
			k.link.hangUp()
			_, o := s.received()
			return o
		}
	}
	told := passage{inError, "ERROR says that something went wrong, and ends the connection"}
	leaves := func(v frame.Version, check func(*script, *conn, *frame.Frame, <-chan Answer) Outcome) func(*script) Outcome {
		return func(s *script) Outcome {
			k := s.serve(v)
			answer := s.tell(Command{Op: "disconnect"})
			e, o := k.until(of(frame.DISCONNECT))
			if o.Kind != OK {
				return o
			}
			if o := faultless(e.frame, v); o.Kind != OK {
				return o
			}
			return check(s, k, e.frame, answer)
		}
	}
	return []*Probe{
		ask(Must, "ends/error", told, reports(frame.V12, "ERROR\nmessage:gone wrong\ncontent-type:text/plain\ncontent-length:5\n\nwhy\ny\x00"), Errored).in(frame.V12),
		ask(Must, "ends/error-without-length", told, reports(frame.V12, "ERROR\nmessage:gone wrong\n\nline one\n\tline two\n\x00\n"), Errored).in(frame.V12),
		ask(Must, "ends/closed", passage{"STOMP 1.1 and 1.2, Connection Lingering", "A server may close a connection, and the client may miss its last frame"}, reports(frame.V12, ""), Errored).in(frame.V12),
		ask(Should, "ends/disconnect-sent", passage{"STOMP 1.0, 1.1 and 1.2, DISCONNECT", "For a graceful shutdown a client sends DISCONNECT"},
			leaves(frame.V12, func(*script, *conn, *frame.Frame, <-chan Answer) Outcome { return ok })).in(frame.V12),
		ask(Should, "ends/disconnect-receipt", rule(validate.DisconnectReceipt), leaves(frame.V12, func(s *script, k *conn, f *frame.Frame, _ <-chan Answer) Outcome {
			if _, has := f.Headers.Get(headers.Receipt); !has {
				return wrong("the DISCONNECT has no receipt header")
			}
			return ok
		})).in(frame.V12),
		ask(Must, "ends/nothing-after-disconnect", rule(validate.DisconnectLast), leaves(frame.V12, func(s *script, k *conn, f *frame.Frame, answer <-chan Answer) Outcome {
			k.confirm(f)
			_, frames := k.end()
			for _, f := range frames {
				return wrong("%s was sent after DISCONNECT", f.Command)
			}
			return ok
		})).in(frame.V12),
	}
}
