package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

func TestHeartbeats(t *testing.T) {
	beats := make(chan struct{})
	c := serve(t, client.Options{HeartBeat: headers.HeartBeats{Send: 5 * time.Millisecond, Receive: time.Hour}}, func(p *script.Peer) {
		p.Accept(frame.V12, headers.HeartBeat, "5,5")
		f := p.Expect(frame.SEND) // the client sends it when it has got some heart-beats
		if p.Heartbeats() == 0 {
			t.Error("the client has sent no heart-beat")
		}
		p.Confirm(f)
		p.Leave()
	})
	time.AfterFunc(100*time.Millisecond, func() { close(beats) })
	<-beats
	must(t, c.SendReceipt(patient(t), "/a", nil))
}

// Heart-beat numbers have no bound in the specification.
func TestHugeHeartBeats(t *testing.T) {
	const huge = "99999999999999999999"
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12, headers.HeartBeat, huge+","+huge)
		p.Confirm(p.Expect(frame.SEND))
		p.Leave()
	})
	must(t, c.SendReceipt(patient(t), "/a", nil))
}

// A server that has promised heart-beats and keeps silent is gone; one that
// sends anything is not.
func TestSilentServer(t *testing.T) {
	for _, network := range []string{"tcp", "ws"} {
		t.Run(network, func(t *testing.T) {
			part := func(p *script.Peer) {
				p.Accept(frame.V12, headers.HeartBeat, "20,0")
				for range 3 {
					p.Write("\n")
				}
				p.ExpectEnd()
			}
			url := "tcp://" + script.Listen(t, part)
			if network == "ws" {
				url = "ws://" + script.ListenWebSocket(t, false, part)
			}
			c := dial(t, url, client.Options{HeartBeat: headers.HeartBeats{Receive: 10 * time.Millisecond}})
			select {
			case <-c.Done():
			case <-time.After(script.Patience):
				t.Fatal("the client still waits")
			}
			var e *client.SilentError
			if err := c.Err(); !errors.As(err, &e) || e.After != 1020*time.Millisecond || !errors.Is(err, client.ErrConnectionLost) {
				t.Error(err)
			}
		})
	}
}

func TestReconnect(t *testing.T) {
	gone := make(chan struct{})
	subscribed := func(p *script.Peer) *frame.Frame {
		f := p.Expect(frame.SUBSCRIBE)
		if f.Headers.Value(headers.Destination) != "/queue/a" || f.Headers.Value(headers.Ack) != "client-individual" || f.Headers.Value("selector") != "x=1" {
			t.Errorf("got %v", f)
		}
		return f
	}
	address := script.Listen(t,
		func(p *script.Peer) {
			p.Accept(frame.V12)
			f := subscribed(p)
			p.Confirm(f)
			p.Deliver(f.Headers.Value(headers.ID), "m1")
			p.Deliver(f.Headers.Value(headers.ID), "m2")
			p.Expect(frame.BEGIN)
			p.Expect(frame.SEND) // its receipt is never given
		},
		func(p *script.Peer) { p.Expect(frame.CONNECT) }, // a broker that is not yet well
		func(p *script.Peer) {
			p.Accept(frame.V12)
			f := subscribed(p)
			close(gone)
			p.Deliver(f.Headers.Value(headers.ID), "m1 again")
			p.Expect(frame.ACK)
			p.Confirm(p.Expect(frame.SEND))
			p.Leave()
		})
	var log bytes.Buffer
	ctx := patient(t)
	c, err := client.Dial(ctx, "tcp://"+address, client.Options{
		Passcode: "s3cret", Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Reconnect: &client.Backoff{Min: time.Millisecond, Max: 10 * time.Millisecond},
	})
	must(t, err)
	s := subscribe(t, c, "/queue/a", client.SubscribeOptions{Ack: headers.AckClientIndividual, Headers: headers.Pairs("selector", "x=1")})
	m := next(t, s, "m1")
	tx, err := c.Begin(ctx)
	must(t, err)
	if err := c.SendReceipt(ctx, "/queue/b", nil); !errors.Is(err, client.ErrConnectionLost) || !errors.Is(err, io.EOF) {
		t.Error("in flight:", err)
	}
	<-gone
	if err := m.Ack(ctx); !errors.Is(err, client.ErrConnectionLost) {
		t.Error("ack:", err)
	}
	if err := tx.Send(ctx, "/queue/b", nil); !errors.Is(err, client.ErrConnectionLost) {
		t.Error("transaction:", err)
	}
	must(t, next(t, s, "m1 again").Ack(ctx)) // m2 is the broker's again
	must(t, c.SendReceipt(ctx, "/queue/b", nil))
	must(t, c.Close(ctx))
	if s := log.String(); !strings.Contains(s, "connected again") || !strings.Contains(s, "attempt=1") || strings.Contains(s, "s3cret") {
		t.Error(s)
	}
	if _, err := s.Next(ctx); err != client.ErrClosed {
		t.Error(err)
	}
	if err := c.Send(ctx, "/a", nil); err != client.ErrClosed {
		t.Error(err)
	}
}

// Calls wait while there is no connection, and Close ends all waiting.
func TestCloseWhileReconnecting(t *testing.T) {
	subscribed := make(chan struct{})
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		<-subscribed
	})
	ctx := patient(t)
	c, err := client.Dial(ctx, "tcp://"+address, client.Options{Reconnect: &client.Backoff{Min: time.Hour, Max: time.Hour}})
	must(t, err)
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	close(subscribed)
	for c.Version() != frame.Unnegotiated { // until the client knows
		time.Sleep(time.Millisecond)
	}
	waiting := make(chan error, 2)
	go func() { waiting <- c.Send(ctx, "/a", nil) }()
	go func() { _, err := s.Next(ctx); waiting <- err }()
	if err := s.Unsubscribe(ctx); err != nil {
		t.Error(err)
	}
	must(t, c.Close(ctx))
	for range 2 {
		if err := <-waiting; err != client.ErrClosed && err != client.ErrUnsubscribed {
			t.Error(err)
		}
	}
}

// quick is a Backoff without pauses to speak of.
func quick() *client.Backoff {
	return &client.Backoff{Min: time.Millisecond, Max: 2 * time.Millisecond}
}

// A client that gives up says why.
func TestReconnectGivesUp(t *testing.T) {
	refuse := func(p *script.Peer) {
		p.Expect(frame.CONNECT)
		p.Say(frame.ERROR, "ask the help desk", headers.Message, "account locked")
		p.ExpectEnd()
	}
	made := make(chan struct{})
	o := client.Options{Reconnect: quick()}
	o.Reconnect.Attempts = 2
	ctx := patient(t)
	c := serve(t, o, func(p *script.Peer) { p.Accept(frame.V12); p.Confirm(p.Expect(frame.SUBSCRIBE)); <-made }, refuse, refuse)
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	close(made)
	<-c.Done()
	_, next := s.Next(ctx)
	for _, err := range []error{c.Err(), next, c.Send(ctx, "/a", nil)} {
		var e *client.ServerError
		if !errors.As(err, &e) || !e.Connecting || !errors.Is(err, client.ErrConnectionLost) ||
			!strings.Contains(err.Error(), `gave up after 2 attempts to connect: connect: the server says "account locked": "ask the help desk"`) {
			t.Error(err)
		}
	}
}

// A connection that ends as soon as it is made is no success, whatever ends it.
func TestAttemptsCount(t *testing.T) {
	const all = 40
	for _, ending := range []string{"closed", "ERROR", "ERROR to SUBSCRIBE without receipt"} {
		t.Run(ending, func(t *testing.T) {
			var connections atomic.Int64
			part := func(p *script.Peer) {
				connections.Add(1)
				p.Accept(frame.V12)
				if ending == "ERROR to SUBSCRIBE without receipt" {
					p.Expect(frame.SUBSCRIBE)
				}
				time.Sleep(5 * time.Millisecond) // longer than the pauses
				if ending != "closed" {
					p.Say(frame.ERROR, "", headers.Message, "no")
					p.ExpectEnd()
				}
			}
			o := client.Options{Reconnect: quick()}
			o.Reconnect.Attempts = 3
			c := serve(t, o, slices.Repeat([]func(*script.Peer){part}, all)...)
			if ending == "ERROR to SUBSCRIBE without receipt" {
				subscribe(t, c, "/a", client.SubscribeOptions{NoReceipt: true})
			}
			<-c.Done()
			if n := connections.Load(); n != 4 {
				t.Errorf("%d connections, want 4", n)
			}
		})
	}
}

// By default a login that is refused three times in a row is not tried again,
// and Retry decides otherwise.
func TestRetry(t *testing.T) {
	var connections atomic.Int64
	first := func(p *script.Peer) { connections.Add(1); p.Accept(frame.V12) }
	refuse := func(p *script.Peer) {
		connections.Add(1)
		p.Expect(frame.CONNECT)
		p.Say(frame.ERROR, "", headers.Message, "Bad CONNECT")
		p.ExpectEnd()
	}
	hangUp := func(p *script.Peer) { connections.Add(1); p.Expect(frame.CONNECT) }
	play := []func(*script.Peer){first, refuse, refuse, hangUp, refuse, refuse, refuse, refuse, refuse}
	for _, tt := range []struct {
		retry func(error) bool
		want  int64
	}{
		{nil, 7},
		{func(err error) bool { return connections.Load() < 2 }, 2},
		{func(err error) bool { return connections.Load() < 9 }, 9},
		{func(err error) bool { return !errors.Is(err, io.EOF) }, 1}, // which ended the first connection
	} {
		connections.Store(0)
		o := client.Options{Reconnect: quick()}
		o.Reconnect.Retry = tt.retry
		c := dial(t, "tcp://"+script.Listen(t, play...), o)
		<-c.Done()
		if n := connections.Load(); n != tt.want {
			t.Errorf("%d connections, want %d; %v", n, tt.want, c.Err())
		}
	}
}

// An ERROR with a retry-after header does not count as a refusal.
func TestRetryAfter(t *testing.T) {
	refuse := func(p *script.Peer) {
		p.Expect(frame.CONNECT)
		p.Say(frame.ERROR, "", headers.Message, "no broker can be reached", "retry-after", "1")
		p.ExpectEnd()
	}
	play := []func(*script.Peer){
		func(p *script.Peer) { p.Accept(frame.V12) },
		refuse, refuse, refuse, refuse,
		func(p *script.Peer) { p.Accept(frame.V12); p.Confirm(p.Expect(frame.SEND)); p.Leave() },
	}
	c := dial(t, script.Listen(t, play...), client.Options{Reconnect: quick()})
	for err := error(client.ErrConnectionLost); err != nil; {
		if err = c.SendReceipt(patient(t), "/a", nil); err != nil && c.Err() != nil {
			t.Fatal(err)
		}
	}
}

// Subscriptions are made again in the order in which they were made.
func TestOrderOfSubscriptions(t *testing.T) {
	const many = 20
	made, again, all := make(chan struct{}), make(chan struct{}), make(chan struct{})
	part := func(wait, done chan struct{}) func(p *script.Peer) {
		return func(p *script.Peer) {
			p.Accept(frame.V12)
			for i := range many {
				f := p.Expect(frame.SUBSCRIBE)
				if want := fmt.Sprint("/", i); f.Headers.Value(headers.Destination) != want {
					t.Errorf("got %v, want destination %s", f, want)
				}
				p.Confirm(f)
			}
			close(done)
			if wait != nil {
				<-wait
				return
			}
			p.Leave()
		}
	}
	c := serve(t, client.Options{Reconnect: quick()}, part(made, make(chan struct{})), part(again, again), part(nil, all))
	for i := range many {
		id := ""
		if i%3 == 0 {
			id = fmt.Sprint("mine-", many-i)
		}
		subscribe(t, c, fmt.Sprint("/", i), client.SubscribeOptions{ID: id})
	}
	close(made)
	<-all
}

// A subscription that the broker refuses after a reconnect ends with the
// broker's error, and the others go on: whether the ERROR names the SUBSCRIBE or
// not, and whatever it comes behind.
func TestRefusedSubscription(t *testing.T) {
	for _, names := range []bool{true, false} {
		for _, lag := range []time.Duration{0, 20 * time.Millisecond} {
			for _, bad := range []string{"/1", "/0 /2", "/0 /1 /2 /3 /4"} {
				t.Run(fmt.Sprint(names, " ", lag, " ", bad), func(t *testing.T) {
					refuses := strings.Fields(bad)
					made := make(chan struct{})
					var connections atomic.Int64
					part := func(p *script.Peer) {
						n := connections.Add(1)
						p.Accept(frame.V12)
						for {
							f, err := p.Read()
							if err != nil {
								return
							}
							switch f.Command {
							case frame.SUBSCRIBE:
								if n > 1 && slices.Contains(refuses, f.Headers.Value(headers.Destination)) {
									time.Sleep(lag)
									list := headers.Pairs(headers.Message, "no "+f.Headers.Value(headers.Destination))
									if names {
										list.Add(headers.ReceiptID, f.Headers.Value(headers.Receipt))
									}
									p.Send(&frame.Frame{Command: frame.ERROR, Headers: list})
									return
								}
								p.Confirm(f)
								p.Deliver(f.Headers.Value(headers.ID), fmt.Sprint(n, f.Headers.Value(headers.Destination)))
								if n == 1 && f.Headers.Value(headers.Destination) == "/4" {
									<-made
									return
								}
							case frame.SEND, frame.DISCONNECT:
								p.Confirm(f)
							}
						}
					}
					ctx := patient(t)
					o := client.Options{Reconnect: quick()}
					o.Reconnect.Attempts = 4
					c := serve(t, o, slices.Repeat([]func(*script.Peer){part}, 100)...)
					var all []*client.Subscription
					for i := range 5 {
						s := subscribe(t, c, fmt.Sprint("/", i), client.SubscribeOptions{Buffer: 200})
						all = append(all, s)
					}
					close(made)
					for i, s := range all {
						destination := fmt.Sprint("/", i)
						last := ""
						var err error
						for m, e := range s.Messages(ctx) {
							if err = e; err == nil {
								last = string(m.Body)
							}
							if strings.HasPrefix(last, fmt.Sprint(connections.Load(), "/")) && !slices.Contains(refuses, destination) {
								break
							}
						}
						var e *client.ServerError
						if slices.Contains(refuses, destination) {
							if !errors.As(err, &e) || e.Message != "no "+destination || errors.Is(err, client.ErrConnectionLost) {
								t.Errorf("%s ended with %v", destination, err)
							}
							if err := s.Unsubscribe(ctx); !errors.As(err, &e) {
								t.Error(err)
							}
						} else if err != nil {
							t.Errorf("%s: %v", destination, err)
						}
					}
					for c.SendReceipt(ctx, "/a", nil) != nil && c.Err() == nil {
					}
					if c.Err() != nil {
						t.Error(c.Err())
					}
					// One connection for each ERROR, or two if it does not say what
					// it is about, and one to notice that.
					if n, most := connections.Load(), int64(2+2*len(refuses)+1); n > most {
						t.Errorf("%d connections, want at most %d", n, most)
					}
				})
			}
		}
	}
}

// An ERROR that comes by chance while one subscription is not confirmed does not
// end that subscription.
func TestUnrelatedError(t *testing.T) {
	part := func(last bool) func(*script.Peer) {
		return func(p *script.Peer) {
			p.Accept(frame.V12)
			f := p.Expect(frame.SUBSCRIBE)
			if !last {
				p.Say(frame.ERROR, "", headers.Message, "the broker shuts down")
				return
			}
			p.Confirm(f)
			p.Deliver(f.Headers.Value(headers.ID), "m")
			p.Leave()
		}
	}
	made := make(chan struct{})
	c := serve(t, client.Options{Reconnect: quick()},
		func(p *script.Peer) { p.Accept(frame.V12); p.Confirm(p.Expect(frame.SUBSCRIBE)); <-made },
		part(false), part(true))
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	close(made)
	next(t, s, "m")
}

// What a version of the protocol does not have ends the subscription that wants
// it, when the broker comes back as an older one.
func TestOlderBroker(t *testing.T) {
	made := make(chan struct{})
	ctx := patient(t)
	c := serve(t, client.Options{Reconnect: quick()},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Confirm(p.Expect(frame.SUBSCRIBE))
			p.Confirm(p.Expect(frame.SUBSCRIBE))
			<-made
		},
		func(p *script.Peer) {
			p.Accept(frame.V10)
			f := p.Expect(frame.SUBSCRIBE)
			p.Confirm(f)
			p.Deliver(f.Headers.Value(headers.ID), "m")
			p.Leave()
		})
	individual := subscribe(t, c, "/a", client.SubscribeOptions{Ack: headers.AckClientIndividual})
	auto := subscribe(t, c, "/b", client.SubscribeOptions{})
	close(made)
	if _, err := individual.Next(ctx); !errors.Is(err, validate.SubscribeAckMode) {
		t.Error(err)
	}
	next(t, auto, "m")
}
