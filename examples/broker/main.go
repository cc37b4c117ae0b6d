// Broker is a STOMP broker that keeps everything in memory, over TCP and
// WebSocket, with a chat page to try it. See README.md; package server has what
// it does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/stompwire/stomp/examples/broker/server"
	"github.com/stompwire/stomp/examples/chat"
)

func main() {
	config := server.Config{Logins: map[string]string{}}
	tcp := flag.String("tcp", "127.0.0.1:61613", "`address` for TCP; empty for none")
	web := flag.String("ws", "127.0.0.1:15674", "`address` for WebSocket, at /ws, and the chat page, at /; empty for none")
	flag.Func("login", "`user:passcode` that may log in, repeatable; without, anybody may", func(s string) error {
		user, passcode, ok := strings.Cut(s, ":")
		if !ok || user == "" {
			return errors.New("not of the form user:passcode")
		}
		config.Logins[user] = passcode
		return nil
	})
	flag.Func("origin", "`host` (or pattern, *.example.org) whose pages may use the WebSocket, repeatable", func(s string) error {
		config.Origins = append(config.Origins, s)
		return nil
	})
	flag.DurationVar(&config.HeartBeat, "heart-beat", time.Second, "shortest `interval` of heart-beats to offer and to ask for; negative for none")
	flag.DurationVar(&config.ConnectTimeout, "connect-timeout", 10*time.Second, "`time` that a client may take to log in")
	flag.IntVar(&config.Connections, "max-connections", 16384, "connections at a time, a `number`")
	flag.Int64Var(&config.Limits.Body, "max-body", 16<<20, "`octets` in a body")
	flag.IntVar(&config.Outgoing, "max-outgoing", 16<<20, "`octets` that may wait for one slow client")
	flag.IntVar(&config.QueueMessages, "max-queue", 10_000, "messages in one queue, a `number`")
	flag.IntVar(&config.QueueOctets, "max-store", 256<<20, "`octets` of the messages in all queues")
	flag.IntVar(&config.Deliveries, "max-deliveries", 5, "deliveries that may end in NACK before a message is dropped, a `number`")
	flag.IntVar(&config.Prefetch, "prefetch", 100, "messages of a queue that a subscription may leave unacknowledged, a `number`")
	stopTimeout := flag.Duration("stop-timeout", 5*time.Second, "`time` that clients may take to leave when the broker stops")
	quiet := flag.Bool("quiet", false, "log nothing but what is fatal")
	verbose := flag.Bool("verbose", false, "log each connection")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatal("arguments are not understood: ", flag.Args())
	}
	level := slog.LevelInfo
	if *quiet {
		level = slog.LevelError
	} else if *verbose {
		level = slog.LevelDebug
	}
	config.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))

	s := server.New(config)
	failed := make(chan error, 2)
	// Standard output has one line for each address, for people and scripts.
	if *tcp != "" {
		l := listen(*tcp)
		fmt.Printf("listening tcp %v\n", l.Addr())
		go func() { failed <- s.ServeTCP(l) }()
	}
	mux := http.NewServeMux()
	mux.Handle("/ws", s)
	mux.Handle("/", chat.Handler())
	httpServer := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(config.Log.Handler(), slog.LevelWarn)}
	if *web != "" {
		l := listen(*web)
		fmt.Printf("listening ws ws://%v/ws\nlistening http http://%v/\n", l.Addr(), l.Addr())
		go func() { failed <- httpServer.Serve(l) }()
	}

	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop.Done():
	}
	cancel() // a second signal ends the program at once
	httpServer.Close()
	patience, cancel := context.WithTimeout(context.Background(), *stopTimeout)
	defer cancel()
	if err := s.Shutdown(patience); err != nil {
		config.Log.Warn("some clients did not leave in time", "error", err)
	}
}

func listen(address string) net.Listener {
	l, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return l
}
