// Relay is a gateway for many WebSocket and TCP clients in front of one or more
// STOMP brokers. It parses, checks and limits what clients send, logs in to the
// broker for them, and forwards frames unchanged. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/prom"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

const about = `Relay is a gateway for many WebSocket and TCP clients in front of a STOMP broker.
It checks and limits what they send, and forwards it unchanged.`

// flags are the settings of a call that are not in Config.
type flags struct {
	Config
	tcp, ws, metrics string
	heartBeat        time.Duration
	passcode         func() (string, error) // for the broker
}

// declare declares the flags.
func (f *flags) declare(fs *flag.FlagSet) {
	fs.StringVar(&f.tcp, "tcp", "", "`address` to listen on for TCP clients, host:port; empty for none")
	fs.StringVar(&f.ws, "ws", "127.0.0.1:15675", "`address` to listen on for WebSocket clients, host:port; empty for none")
	fs.StringVar(&f.Path, "path", "/ws", "`path` of the WebSocket")
	prom.Flag(fs, &f.metrics, "127.0.0.1:9464")
	command.List(fs, &f.Brokers, "broker", "`address` of a broker, host:port; repeatable, clients are spread over them (default 127.0.0.1:61613)")
	f.passcode = command.Passcode(fs, &f.BrokerLogin, "broker-")
	fs.StringVar(&f.BrokerHost, "broker-host", "", "virtual `host` to send to the broker, instead of the client's")
	f.Users.Flags(fs)
	command.List(fs, &f.Origins, "origin", "`host` of web pages that may use the WebSocket, or a pattern such as *.example.org; repeatable; also the relay's own name")
	command.Allow(fs, &f.Allow)
	command.Names(fs, "tolerate", "rules of the specification that clients may break, such as content-type-syntax", func(name string) error {
		rule, ok := validate.LookupRule(name)
		if !ok {
			return fmt.Errorf("unknown rule %q", name)
		}
		for _, r := range intolerable {
			if rule == r {
				return fmt.Errorf("%s cannot be tolerated: the broker could read the frame in another way", name)
			}
		}
		f.Tolerate = append(f.Tolerate, rule)
		return nil
	})

	fs.DurationVar(&f.heartBeat, "heart-beat", 10*time.Second, "shortest heart-beat `interval` to offer and to ask for; 0 for none")
	fs.DurationVar(&f.ConnectTimeout, "connect-timeout", 10*time.Second, "longest `time` for a client to log in")
	fs.DurationVar(&f.BrokerTimeout, "broker-timeout", 5*time.Second, "longest `time` to connect to the broker and get its answer")
	fs.DurationVar(&f.FrameTimeout, "frame-timeout", time.Minute, "longest `time` for a client to send one frame")
	fs.DurationVar(&f.WriteTimeout, "write-timeout", 30*time.Second, "longest `time` for a peer to read nothing while data waits for it")
	fs.DurationVar(&f.StopTimeout, "stop-timeout", 5*time.Second, "longest `time` to wait for clients to leave when the program stops")

	fs.Int64Var(&f.MaxConnections, "max-connections", 10000, "`number` of connections at a time")
	fs.Int64Var(&f.Memory, "max-memory", 1<<30, "`bytes` of memory for clients; connections, heads, buffers, session state")
	command.Limits(fs, &f.Limits, "", "; from a client", command.DefaultLimits)
	command.Limits(fs, &f.BrokerLimits, "broker-", "; from the broker; 0 for enough to return whatever clients may send", parser.Limits{})
	fs.IntVar(&f.Session.Subscriptions, "max-subscriptions", 256, "`number` of subscriptions of a client")
	fs.IntVar(&f.Session.Transactions, "max-transactions", 64, "`number` of open transactions of a client")
	fs.IntVar(&f.Session.Receipts, "max-receipts", 1024, "`number` of outstanding receipts of a client")
	fs.IntVar(&f.Session.Unacknowledged, "max-unacknowledged", 1024, "`number` of unacknowledged messages to remember for a client")
	fs.IntVar(&f.Session.ID, "max-id", 256, "longest identifier, in `bytes`; of a subscription, transaction or receipt")
}

// complete sets and checks what depends on several flags.
func (f *flags) complete() (err error) {
	if f.BrokerPasscode, err = f.passcode(); err != nil {
		return err
	}
	if len(f.Brokers) == 0 {
		f.Brokers = []string{"127.0.0.1:61613"}
	}
	for i := range f.Brokers {
		if f.Brokers[i], err = command.Address(f.Brokers[i]); err != nil {
			return err
		}
	}
	if f.ws == "" && f.tcp == "" {
		return errors.New("neither -ws nor -tcp")
	}
	if !strings.HasPrefix(f.Path, "/") {
		return fmt.Errorf("-path %q: want one that begins with a slash", f.Path)
	}
	for _, l := range []struct {
		name           string
		client, broker int64
	}{
		{"body", f.Limits.Body, f.BrokerLimits.Body},
		{"head", int64(f.Limits.Head), int64(f.BrokerLimits.Head)},
		{"line", int64(f.Limits.HeaderLine), int64(f.BrokerLimits.HeaderLine)},
		{"headers", int64(f.Limits.Headers), int64(f.BrokerLimits.Headers)},
	} {
		if l.broker != 0 && l.broker < l.client {
			return fmt.Errorf("-broker-max-%s is less than -max-%s: what clients may send could not come back", l.name, l.name)
		}
	}
	f.HeartBeat = headers.HeartBeats{Send: f.heartBeat, Receive: f.heartBeat}
	return nil
}

// run is the whole command except for the process. It returns when ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := &flags{Config: Config{Users: login.Users{}}}
	fs := flag.NewFlagSet("relay", flag.ContinueOnError)
	f.declare(fs)
	logger := command.Log(fs, stderr)
	if code, done := command.Parse(fs, args, stdout, stderr, about); done {
		return code
	}
	if err := f.complete(); err != nil {
		fmt.Fprintf(stderr, "relay: %v\n", err)
		return command.BadCall
	}
	if err := serve(ctx, f, logger(), stdout); err != nil {
		fmt.Fprintf(stderr, "relay: %v\n", err)
		return command.Failed
	}
	return command.Fine
}

// serve opens the listeners and serves until ctx ends. It prints one line for
// each address to standard output.
func serve(ctx context.Context, f *flags, log *slog.Logger, stdout io.Writer) error {
	r := NewRelay(f.Config, log)
	var closers []func() error
	defer func() {
		for _, c := range closers {
			c()
		}
		r.Shutdown()
	}()
	listen := func(address, before, after string, serve func(net.Listener)) error {
		if address == "" {
			return nil
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "listening %s%v%s\n", before, l.Addr(), after)
		closers = append(closers, l.Close)
		go serve(l)
		return nil
	}
	web := func(h http.Handler) func(net.Listener) {
		s := transport.NewWebServer(h, slog.NewLogLogger(log.Handler(), slog.LevelDebug))
		closers = append(closers, s.Close)
		return func(l net.Listener) { s.Serve(l) }
	}
	err := listen(f.tcp, "tcp ", "", r.ServeTCP)
	if err == nil {
		err = listen(f.ws, "ws ws://", f.Path, web(r))
	}
	if err == nil {
		err = listen(f.metrics, "metrics http://", "/metrics", web(r.metrics.handler()))
	}
	if err != nil {
		return err
	}
	<-ctx.Done()
	log.Info("stopping", "patience", f.StopTimeout)
	return nil
}
