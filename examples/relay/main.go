// Relay is a gateway for many WebSocket and TCP clients in front of a STOMP
// broker, or several of them. It parses what clients send, checks and limits it,
// logs in to the broker in their place, and passes everything on as it came.
// README.md has more.
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
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

// Exit codes.
const (
	exitFine = 0
	exitFail = 1
	exitCall = 2
)

// flags are what the call says beyond Config.
type flags struct {
	Config
	listen, listenTCP, metrics string
	heartBeat                  time.Duration
}

// parse reads the call.
func parse(args []string, stderr io.Writer) (*flags, error) {
	f := &flags{Config: Config{Users: Users{}, Limits: parser.Limits{}}}
	fs := flag.NewFlagSet("relay", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&f.listen, "listen", "ws://127.0.0.1:15675/ws", "`URL` to serve WebSocket clients at; \"\" for none")
	fs.StringVar(&f.listenTCP, "listen-tcp", "", "`address` to serve TCP clients at, host:port; \"\" for none")
	fs.StringVar(&f.metrics, "metrics", "127.0.0.1:9464", "`address` to serve /metrics at; \"\" for none")
	fs.Func("broker", "`address` of a broker, host:port; may be given more than once, clients are spread over them (default 127.0.0.1:61613)", func(s string) error {
		if _, _, err := net.SplitHostPort(s); err != nil {
			return errors.New("want host:port")
		}
		f.Brokers = append(f.Brokers, s)
		return nil
	})
	fs.StringVar(&f.BrokerLogin, "broker-login", "", "`user` to log in to the broker as, in place of what the client says")
	fs.StringVar(&f.BrokerPasscode, "broker-passcode", "", "`password` for that; others on this machine can see it, the environment variable BROKER_PASSCODE they cannot")
	fs.StringVar(&f.BrokerHost, "broker-host", "", "virtual `host` of the broker, in place of what the client says")
	fs.Func("login", "`user:passcode` of a client that is let in; may be given more than once; without any the relay lets in everybody", func(s string) error {
		user, passcode, ok := strings.Cut(s, ":")
		if !ok {
			return errors.New("want user:passcode")
		}
		f.Users[user] = passcode
		return nil
	})
	fs.Func("origin", "`pattern` of hosts whose web pages may connect, such as *.example.com; may be given more than once; the relay's own host always may", func(s string) error {
		f.Origins = append(f.Origins, s)
		return nil
	})
	fs.Func("allow", "leniencies for what is read, as `names` with commas between them: "+strings.Join(parser.AllowAll.Names(), ", ")+"; what they admit the broker reads as it likes", func(s string) error {
		for name := range strings.SplitSeq(s, ",") {
			bit, ok := parser.ParseAllow(name)
			if !ok {
				return fmt.Errorf("%q is no leniency", name)
			}
			f.Allow |= bit
		}
		return nil
	})
	fs.Int64Var(&f.Limits.Body, "max-body", parser.DefaultBody, "largest body that a client may send, `octets`")
	fs.IntVar(&f.Limits.Head, "max-head", parser.DefaultHead, "largest head, `octets`")
	fs.IntVar(&f.Limits.Headers, "max-headers", parser.DefaultHeaders, "most headers in a frame, `N`")
	fs.IntVar(&f.Limits.HeaderLine, "max-line", parser.DefaultHeaderLine, "longest line of a head, `octets`")
	fs.Int64Var(&f.MaxConnections, "max-connections", 10000, "most clients at a time, `N`")
	fs.DurationVar(&f.heartBeat, "heartbeat", 10*time.Second, "`interval` of heart-beats that is offered and asked for, on each leg; 0 for none")
	fs.DurationVar(&f.LoginTimeout, "login-timeout", 10*time.Second, "how long a client may take to send CONNECT")
	fs.DurationVar(&f.BrokerTimeout, "broker-timeout", 5*time.Second, "how long a broker may take to be reached, and to answer CONNECT")
	fs.DurationVar(&f.WriteTimeout, "write-timeout", 30*time.Second, "how long a client or broker may read nothing while there is something for it")
	fs.DurationVar(&f.Drain, "drain", 5*time.Second, "how long clients may stay when the relay is stopped")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if f.BrokerPasscode == "" {
		f.BrokerPasscode = os.Getenv("BROKER_PASSCODE")
	}
	if len(f.Brokers) == 0 {
		f.Brokers = []string{"127.0.0.1:61613"}
	}
	if f.listen == "" && f.listenTCP == "" {
		return nil, errors.New("neither -listen nor -listen-tcp")
	}
	for name, n := range map[string]int64{"-max-body": f.Limits.Body, "-max-head": int64(f.Limits.Head), "-max-headers": int64(f.Limits.Headers),
		"-max-line": int64(f.Limits.HeaderLine), "-max-connections": f.MaxConnections} {
		if n < 1 {
			return nil, errors.New(name + " is " + strconv.FormatInt(n, 10) + ", want at least 1")
		}
	}
	f.HeartBeat = headers.HeartBeats{Send: f.heartBeat, Receive: f.heartBeat}
	return f, nil
}

// run is the whole command, but for the process. It ends with ctx.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	f, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitFine
	case err != nil:
		fmt.Fprintf(stderr, "relay: %v\n", err)
		return exitCall
	}
	if err := serve(ctx, f, slog.New(slog.NewTextHandler(stderr, nil))); err != nil {
		fmt.Fprintf(stderr, "relay: %v\n", err)
		return exitFail
	}
	return exitFine
}

// serve opens the listeners and serves until ctx ends.
func serve(ctx context.Context, f *flags, log *slog.Logger) error {
	var address string
	if f.listen != "" {
		u, err := url.Parse(f.listen)
		if err != nil || u.Scheme != "ws" || u.Host == "" {
			return errors.New("-listen is no ws:// URL")
		}
		address, f.Path = u.Host, max(u.Path, "/")
	}
	r := NewRelay(f.Config, log)
	var closers []func() error
	defer func() {
		for _, c := range closers {
			c()
		}
		r.Shutdown()
	}()
	listen := func(what, address string, serve func(net.Listener)) error {
		if address == "" {
			return nil
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		log.Info("listening", "for", what, "address", l.Addr().String())
		closers = append(closers, l.Close)
		go serve(l)
		return nil
	}
	web := func(h http.Handler) func(net.Listener) {
		s := &http.Server{Handler: h, ReadHeaderTimeout: f.LoginTimeout, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
		closers = append(closers, s.Close)
		return func(l net.Listener) { s.Serve(l) }
	}
	if err := listen("WebSocket", address, web(r)); err != nil {
		return err
	}
	if err := listen("TCP", f.listenTCP, r.ServeTCP); err != nil {
		return err
	}
	if err := listen("metrics", f.metrics, web(r.metrics.handler())); err != nil {
		return err
	}
	<-ctx.Done()
	log.Info("stopping", "drain", f.Drain)
	return nil
}
