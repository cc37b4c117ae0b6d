// Broker is an in-memory STOMP broker over TCP and WebSocket, with a chat page
// to try it. See README.md and package server.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/stompwire/stomp/examples/broker/server"
	"github.com/stompwire/stomp/examples/chat"
	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/prom"
	"github.com/stompwire/stomp/examples/internal/transport"
)

const about = `Broker is a STOMP broker that keeps everything in memory, over TCP and WebSocket,
with a chat page to try it.`

func main() {
	log.SetFlags(0)
	log.SetPrefix("broker: ")
	config := server.Config{Logins: map[string]string{}}
	fs := flag.NewFlagSet("broker", flag.ContinueOnError)
	tcp := fs.String("tcp", "127.0.0.1:61613", "`address` to listen on for TCP clients, host:port; empty for none")
	web := fs.String("ws", "127.0.0.1:15674", "`address` to listen on for WebSocket clients, host:port; empty for none; the WebSocket is at /ws, the chat page at /")
	metrics := ""
	prom.Flag(fs, &metrics, "")
	login.Users(config.Logins).Flags(fs)
	fs.Func("rights", "`file` of rights, LOGIN RIGHT DESTINATION on each line, such as \"anna send,subscribe /queue/orders.*\"; RIGHT is send, subscribe or both; in DESTINATION * is any text without a slash and ** any text; LOGIN * is everybody; what no line allows is refused; without a file everything is allowed", func(name string) error {
		if config.Rights == nil {
			config.Rights = new(server.Rights)
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return config.Rights.Add(name, f)
	})
	command.List(fs, &config.Origins, "origin", "`host` of web pages that may use the WebSocket, or a pattern such as *.example.org; repeatable; also the broker's own name")
	fs.DurationVar(&config.HeartBeat, "heart-beat", time.Second, "shortest heart-beat `interval` to offer and to ask for; 0 for none")
	fs.DurationVar(&config.ConnectTimeout, "connect-timeout", 10*time.Second, "longest `time` for a client to log in")
	fs.DurationVar(&config.FrameTimeout, "frame-timeout", time.Minute, "longest `time` for a client to send one frame")
	fs.DurationVar(&config.WriteTimeout, "write-timeout", 30*time.Second, "longest `time` for a peer to read nothing while data waits for it")
	stopTimeout := fs.Duration("stop-timeout", 5*time.Second, "longest `time` to wait for clients to leave when the program stops")
	fs.IntVar(&config.Connections, "max-connections", 16384, "`number` of connections at a time")
	fs.Int64Var(&config.Memory, "max-memory", 1<<30, "`bytes` of memory for clients; messages, subscriptions, connections, frames in progress")
	fs.Int64Var(&config.Limits.Body, "max-body", 16<<20, "largest body of a frame, in `bytes`")
	fs.IntVar(&config.Outgoing, "max-outgoing", 16<<20, "`bytes` that may wait for one slow client")
	fs.IntVar(&config.QueueMessages, "max-queue", 10_000, "`number` of messages in one queue")
	fs.IntVar(&config.Deliveries, "max-deliveries", 5, "`number` of failed deliveries after which a message becomes a dead letter")
	fs.IntVar(&config.Prefetch, "prefetch", 100, "`number` of unacknowledged messages of a queue that a subscription may have")
	logger := command.Log(fs, os.Stderr)
	if code, done := command.Parse(fs, os.Args[1:], os.Stdout, os.Stderr, about); done {
		os.Exit(code)
	}
	if config.HeartBeat == 0 {
		config.HeartBeat = -1
	}
	if len(config.Logins) == 0 && config.Rights.NameLogins() {
		log.Print("-rights names logins, but without -users and -user anybody may log in under any name")
		os.Exit(command.BadCall)
	}
	config.Log = logger()

	s := server.New(config)
	failed := make(chan error, 3)
	// Standard output has one line for each address. Scripts rely on them.
	if *tcp != "" {
		l := listen(*tcp)
		fmt.Printf("listening tcp %v\n", l.Addr())
		go func() { failed <- s.ServeTCP(l) }()
	}
	mux := http.NewServeMux()
	mux.Handle("/ws", s)
	mux.Handle("/", chat.Handler())
	errors := slog.NewLogLogger(config.Log.Handler(), slog.LevelWarn)
	httpServer, metricsServer := transport.NewWebServer(mux, errors), transport.NewWebServer(prom.Handler(collector{s}), errors)
	if *web != "" {
		l := listen(*web)
		fmt.Printf("listening ws ws://%v/ws\nlistening http http://%v/\n", l.Addr(), l.Addr())
		go func() { failed <- httpServer.Serve(l) }()
	}
	if metrics != "" {
		l := listen(metrics)
		fmt.Printf("listening metrics http://%v/metrics\n", l.Addr())
		go func() { failed <- metricsServer.Serve(l) }()
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
	metricsServer.Close()
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
