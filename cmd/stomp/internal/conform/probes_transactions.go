package conform

import (
	"github.com/stompwire/stomp/frame"
)

const inBegin = "STOMP 1.0, 1.1 and 1.2, BEGIN"

// watched subscribes to the script's queue on a connection of its own, and
// returns it beside the one that sends.
func watched(s *script, v frame.Version) (reader, writer *conn) {
	s.needDelivery(v)
	reader, writer = s.connect(v), s.connect(v)
	reader.subscribe("s", s.own(), "")
	return reader, writer
}

// delivers compares what a connection gets until nothing more comes.
func delivers(c *conn, want string) Outcome {
	frames, o := c.quiet()
	if o.Kind != OK {
		return o
	}
	if got := bodies(frames); got != want {
		return wrong("delivered was %q, want %q", got, want)
	}
	return ok
}

func transactionProbes() []*Probe {
	var ps []*Probe
	atomic := passage{inBegin, "What is sent in a transaction is processed when it is committed"}
	aborted := passage{"STOMP 1.0, 1.1 and 1.2, ABORT", "ABORT rolls a transaction back"}
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("transactions/commit", v), atomic, func(s *script) Outcome {
				r, w := watched(s, v)
				w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\n1\x00SEND\n$D\ntransaction:t\n\n2\x00COMMIT\ntransaction:t\n$R\n\n\x00")
				return delivers(r, "1,2")
			}).in(v),
			ask(Must, named("transactions/abort", v), aborted, func(s *script) Outcome {
				r, w := watched(s, v)
				w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\naborted\x00ABORT\ntransaction:t\n$R\n\n\x00")
				w.must("SEND\n$D\n$R\n\nafter\x00")
				return delivers(r, "after")
			}).in(v),
		)
	}
	either := func(do func(s *script, r, w *conn) Outcome) func(*script) Outcome {
		return func(s *script) Outcome {
			r, w := watched(s, s.versions.Highest())
			return do(s, r, w)
		}
	}
	ends := passage{inBegin, "A transaction that has not been committed is aborted when the connection ends"}
	own := passage{inBegin, "Transactions belong to their connection"}
	return append(ps,
		ask(Must, "transactions/not-before-commit", atomic, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n$R\n\n\x00")
			w.send("SEND\n$D\ntransaction:t\n\nin\x00SEND\n$D\n\nout\x00")
			return delivers(r, "out")
		})),
		ask(Must, "transactions/disconnect-aborts", ends, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\nin\x00SEND\n$D\n$R\n\nout\x00")
			w.leave()
			return delivers(r, "out")
		})),
		ask(Must, "transactions/lost-connection-aborts", ends, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\nin\x00SEND\n$D\n$R\n\nout\x00")
			w.close()
			return delivers(r, "out")
		})),
		ask(Must, "transactions/two", atomic, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:a\n\n\x00BEGIN\ntransaction:b\n\n\x00" +
				"SEND\n$D\ntransaction:a\n\nof a\x00SEND\n$D\ntransaction:b\n\nof b\x00" +
				"COMMIT\ntransaction:b\n\n\x00ABORT\ntransaction:a\n$R\n\n\x00")
			return delivers(r, "of b")
		})),
		ask(Must, "transactions/name-again", own, either(func(s *script, r, w *conn) Outcome {
			for range 2 {
				if o := w.ask("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\nx\x00COMMIT\ntransaction:t\n$R\n\n\x00"); !w.took(o) {
					return o
				}
			}
			return delivers(r, "x,x")
		})),
		ask(Must, "transactions/name-of-another", own, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\nof w\x00SEND\n$D\n$R\n\nout\x00")
			other := s.connect(w.version)
			if o := other.ask("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\nof other\x00COMMIT\ntransaction:t\n$R\n\n\x00"); !other.took(o) {
				return o
			}
			return delivers(r, "out,of other")
		})),
		ask(Must, "transactions/not-of-another", own, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n$R\n\n\x00")
			return s.connect(w.version).ask("COMMIT\ntransaction:t\n$R\n\n\x00")
		}), unprocessed...),
		ask(Must, "transactions/empty", passage{"STOMP 1.0, 1.1 and 1.2, COMMIT", "COMMIT commits a transaction in progress"},
			inHighest("BEGIN\ntransaction:t\n\n\x00COMMIT\ntransaction:t\n$R\n\n\x00"), Accepted),
		ask(Must, "transactions/all-of-three", atomic, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\n\n1\x00SEND\n$D\ntransaction:t\n\n2\x00SEND\n$D\ntransaction:t\n\n3\x00COMMIT\ntransaction:t\n$R\n\n\x00")
			frames, o := r.quiet()
			if o.Kind != OK {
				return o
			}
			if len(frames) != 3 {
				return wrong("delivered was %q", bodies(frames))
			}
			return ok
		})),
		ask(Must, "transactions/message-whole", passage{"STOMP 1.1 and 1.2, SEND", "User-defined headers are passed through, and the body as it was sent"}, either(func(s *script, r, w *conn) Outcome {
			w.must("BEGIN\ntransaction:t\n\n\x00SEND\n$D\ntransaction:t\nx-own:v\ncontent-length:3\n\na\x00b\x00COMMIT\ntransaction:t\n$R\n\n\x00")
			f, o := r.message()
			if f == nil {
				return o
			}
			if string(f.Body) != "a\x00b" {
				return wrong("the body is %s", printable(f.Body))
			}
			return carries(f, "x-own", "v")
		})),
	)
}
