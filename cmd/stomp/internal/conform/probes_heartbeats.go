package conform

import (
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

const inBeats = "STOMP 1.1 and 1.2, Heart-beating"

// beating connects with a heart-beat header and returns what was agreed. Zero
// numbers stand for themselves, others for the interval of the run.
func beating(s *script, v frame.Version, send, receive bool) (c *conn, fromClient, fromServer time.Duration) {
	want := headers.HeartBeats{}
	if send {
		want.Send = s.Beat
	}
	if receive {
		want.Receive = s.Beat
	}
	c, f := s.connectWith(v, "heart-beat:"+want.String())
	answer, err := headers.ParseHeartBeats(f.Headers.Value(headers.HeartBeat))
	if err != nil {
		answer = headers.HeartBeats{}
	}
	fromClient, fromServer = headers.NegotiateHeartBeats(want, answer)
	switch longest := 10 * s.Beat; {
	case send && fromClient == 0:
		s.skip("the server does not want heart-beats")
	case receive && fromServer == 0:
		s.skip("the server does not send heart-beats")
	case fromClient > longest || fromServer > longest:
		s.skip("the server answers heart-beat:%s, which is too long to wait for", answer)
	}
	return c, fromClient, fromServer
}

// hear waits for so many signs of life, of which none may be late.
func hear(c *conn, interval time.Duration, n int) Outcome {
	tolerance := interval + c.s.margin
	for i := range n {
		begun := time.Now()
		e, came := c.next(interval + tolerance)
		switch {
		case !came:
			return wrong("sign of life %d did not come within %v, agreed were %v", i+1, time.Since(begun).Round(time.Millisecond), interval)
		case e.end != nil:
			return outcome(Closed, "%s", ending(e.end))
		case e.frame != nil && e.frame.Command == frame.ERROR:
			return outcome(Errored, "ERROR %q", e.frame.Headers.Value(headers.Message))
		}
	}
	return ok
}

// tell sends something at least once in each interval, and then asks for a receipt.
func tell(c *conn, interval, during time.Duration, text string) Outcome {
	for end := time.Now().Add(during); time.Now().Before(end); {
		c.send(text)
		time.Sleep(interval * 6 / 10)
	}
	return c.ask("SEND\n$D\n$R\n\nx\x00")
}

// lives waits, and then asks for a receipt.
func lives(c *conn, during time.Duration) Outcome {
	for end := time.Now().Add(during); time.Now().Before(end); {
		if e, came := c.next(time.Until(end)); came && e.end != nil {
			return outcome(Closed, "%s", ending(e.end))
		}
	}
	return c.ask("SEND\n$D\n$R\n\nx\x00")
}

func heartBeatProbes() []*Probe {
	sends := passage{inBeats, "A sender sends data at least every n milliseconds, as was agreed"}
	alive := passage{inBeats, "Any data is a sign of life"}
	none := passage{inBeats, "0 means that a party cannot send heart-beats, or does not want any"}
	missing := passage{inBeats, "A missing heart-beat header is the same as heart-beat:0,0"}
	var ps []*Probe
	for _, v := range since(frame.V11) {
		ps = append(ps,
			ask(Must, named("heart-beats/from-server", v), sends, func(s *script) Outcome {
				c, _, interval := beating(s, v, false, true)
				return hear(c, interval, 3)
			}).in(v).slow(),
			ask(Must, named("heart-beats/from-client", v), alive, func(s *script) Outcome {
				c, interval, _ := beating(s, v, true, false)
				return tell(c, interval, 4*interval, "\n")
			}, Accepted).in(v).slow(),
		)
	}
	return append(ps,
		ask(Must, "heart-beats/both", sends, func(s *script) Outcome {
			c, fromClient, fromServer := beating(s, frame.V12, true, true)
			stop := make(chan struct{})
			done := make(chan struct{})
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					case <-time.After(fromClient * 6 / 10):
						c.raw("\n")
					}
				}
			}()
			o := hear(c, fromServer, 3)
			close(stop)
			<-done
			return o
		}).in(frame.V12).slow(),
		ask(Must, "heart-beats/frames-count", alive, func(s *script) Outcome {
			c, interval, _ := beating(s, frame.V12, true, false)
			return tell(c, interval, 4*interval, "BEGIN\ntransaction:t\n\n\x00ABORT\ntransaction:t\n\n\x00")
		}, Accepted).in(frame.V12).slow(),
		ask(Must, "heart-beats/crlf", passage{inBeats, "A heart-beat is an end of line, which in STOMP 1.2 may be CR LF"}, func(s *script) Outcome {
			c, interval, _ := beating(s, frame.V12, true, false)
			return tell(c, interval, 4*interval, "\r\n")
		}, Accepted).in(frame.V12).slow(),
		ask(Must, "heart-beats/none-from-client", none, func(s *script) Outcome {
			c, _, interval := beating(s, frame.V12, false, true)
			return lives(c, 4*interval)
		}, Accepted).in(frame.V12).slow(),
		ask(Must, "heart-beats/none-at-all", none, func(s *script) Outcome {
			c := s.connect(frame.V12, "heart-beat:0,0")
			return lives(c, 6*s.Beat)
		}, Accepted).in(frame.V12).slow(),
		ask(Must, "heart-beats/header-missing", missing, func(s *script) Outcome {
			return lives(s.connect(frame.V12), 6*s.Beat)
		}, Accepted).in(frame.V12).slow(),
		ask(Must, "heart-beats/in-pieces", alive, func(s *script) Outcome {
			c, interval, _ := beating(s, frame.V12, true, false)
			text := s.fill("SEND\n$D\nreceipt:piece\n\nslow\x00")
			pause := 5 * interval / time.Duration(len(text))
			for _, b := range []byte(text) {
				c.raw(string(b))
				time.Sleep(pause)
			}
			return c.receipt("piece")
		}, Accepted).in(frame.V12).slow(),
		ask(Must, "heart-beats/very-long", passage{inBeats, "The numbers are positive integers"}, func(s *script) Outcome {
			return s.connect(frame.V12, "heart-beat:86400000,86400000").ask("SEND\n$D\n$R\n\nx\x00")
		}, Accepted).in(frame.V12),
		ask(Choice, "heart-beats/silent-client", passage{inBeats, "A receiver that got no data may consider the connection as dead"}, func(s *script) Outcome {
			c, interval, _ := beating(s, frame.V12, true, false)
			for end := time.Now().Add(12 * interval); ; {
				e, came := c.next(time.Until(end))
				switch {
				case !came:
					return outcome(Open, "the connection was open after 12 intervals of %v", interval)
				case e.end != nil:
					return outcome(Closed, "the connection was ended")
				}
			}
		}, Closed, Open).in(frame.V12).slow(),
		ask(Choice, "heart-beats/answer", passage{inBeats, "What a server offers and asks for is its choice"}, func(s *script) Outcome {
			_, f := s.connectWith(frame.V12, "heart-beat:10000,10000")
			value, has := f.Headers.Get(headers.HeartBeat)
			if !has {
				return outcome("none", "heart-beat:10000,10000 is answered with no heart-beat header")
			}
			return outcome(OK, "heart-beat:10000,10000 is answered with heart-beat:%s", value)
		}, OK, "none").in(frame.V12),
	)
}
