package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// The URLs are tried in turn. After a connection is lost, the next one comes
// first.
func TestAlternatives(t *testing.T) {
	served := make(chan string, 3)
	part := func(name string, stay bool) func(*script.Peer) {
		return func(p *script.Peer) {
			f := p.Accept(frame.V12)
			served <- name + " as " + f.Headers.Value(headers.Login)
			if stay {
				p.Leave()
			}
		}
	}
	down := script.ClosedPort(t)
	a := script.Listen(t, part("a", false), part("a", true))
	b := script.Listen(t, part("b", false))
	c := dial(t, down, client.Options{Alternatives: []string{"tcp://joe@" + a, "tcp://ann@" + b}, Reconnect: quick()})
	for _, want := range []string{"a as joe", "b as ann", "a as joe"} {
		if got := <-served; got != want {
			t.Errorf("connected to %s, want %s", got, want)
		}
	}
	for c.Version() == frame.Unnegotiated {
		time.Sleep(time.Millisecond)
	}
	_, err := client.Dial(patient(t), down, client.Options{Alternatives: []string{script.ClosedPort(t)}})
	if err == nil || strings.Count(err.Error(), "refused") != 2 {
		t.Error(err)
	}
	if _, err := client.Dial(patient(t), down, client.Options{Alternatives: []string{"http://x"}}); err == nil || !strings.Contains(err.Error(), `"http"`) {
		t.Error(err)
	}
}

// Dial tries again if Backoff.Dial is set: until it succeeds, the attempts are
// used up, the login is refused, or the context ends.
func TestDialAgain(t *testing.T) {
	hangUp := func(p *script.Peer) { p.Expect(frame.CONNECT) }
	refuse := func(p *script.Peer) {
		p.Expect(frame.CONNECT)
		p.Say(frame.ERROR, "", headers.Message, "bad login")
		p.ExpectEnd()
	}
	accept := func(p *script.Peer) { p.Accept(frame.V12); p.Leave() }
	for _, tt := range []struct {
		name  string
		again bool
		parts []func(*script.Peer)
		want  string // of the error
	}{
		{"not asked to", false, []func(*script.Peer){hangUp}, "closed the connection"},
		{"succeeds", true, []func(*script.Peer){hangUp, hangUp, accept}, ""},
		{"used up", true, []func(*script.Peer){hangUp, hangUp, hangUp, hangUp}, "gave up after 4 attempts"},
		{"refused", true, []func(*script.Peer){refuse, refuse, refuse}, "gave up after 3 attempts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := client.Options{Reconnect: quick()}
			o.Reconnect.Attempts, o.Reconnect.Dial = 4, tt.again
			c, err := client.Dial(patient(t), script.Listen(t, tt.parts...), o)
			if tt.want == "" {
				must(t, err)
				must(t, c.Close(patient(t)))
			} else if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := client.Dial(ctx, script.ClosedPort(t), client.Options{Reconnect: &client.Backoff{Min: time.Hour, Max: time.Hour, Dial: true}})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

// Each attempt asks for credentials, and no error shows them.
func TestCredentials(t *testing.T) {
	made := make(chan struct{})
	address := script.Listen(t,
		func(p *script.Peer) {
			if f := p.Accept(frame.V12); f.Headers.Value(headers.Login) != "joe" || f.Headers.Value(headers.Passcode) != "token-1" {
				t.Errorf("got %v", f)
			}
			<-made
		},
		func(p *script.Peer) {
			f := p.Expect(frame.CONNECT)
			p.Say(frame.ERROR, "", headers.Message, "bad "+f.Headers.Value(headers.Passcode))
			p.ExpectEnd()
		})
	n := 0
	failed := errors.New("no token to be had")
	o := client.Options{Login: "eve", Passcode: "old", Reconnect: quick(), Credentials: func(context.Context) (string, string, error) {
		if n++; n == 2 {
			return "", "", failed
		}
		return "joe", fmt.Sprint("token-", n), nil
	}}
	var errs []error
	o.Reconnect.Retry = func(err error) bool { errs = append(errs, err); return len(errs) < 3 }
	c := dial(t, address, o)
	close(made)
	<-c.Done()
	if len(errs) != 3 || !errors.Is(errs[1], failed) || !strings.Contains(errs[2].Error(), `"bad ***"`) {
		t.Error(errs)
	}
}
