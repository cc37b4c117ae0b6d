package main

import (
	"fmt"
	"log"
	"net"
	"path/filepath"
	"strconv"
	"time"
)

// A target is something that clients connect to: a broker, or a relay in front
// of one.
type target struct {
	name string
	tcp  string // address, empty for none
	ws   string // URL, empty for none
	// deadLetters is where the target puts a message after a NACK; a target
	// without one delivers it again.
	deadLetters string
	replyTo     string // begins queues for replies, where the target has no temporary ones
	ephemeral   bool   // it has no durable subscriptions
	process     *process
}

const (
	login    = "guest"
	passcode = "guest"
)

// startBroker starts examples/broker on the given addresses, 127.0.0.1:0 for
// ports of its own choice.
func (r *run) startBroker(tcp, web string, more ...string) (*target, error) {
	args := append([]string{"-tcp", tcp, "-ws", web, "-user", login + ":" + passcode}, more...)
	p, err := r.start("broker", nil, filepath.Join(r.folder, "broker"), args...)
	if err != nil {
		return nil, err
	}
	t := &target{name: "examples/broker", replyTo: "/queue/replies.", ephemeral: true, process: p}
	if t.tcp, err = p.line("listening tcp ", 10*time.Second); err == nil {
		t.ws, err = p.line("listening ws ", 10*time.Second)
	}
	if err != nil {
		p.stop()
		return nil, err
	}
	return t, nil
}

// startRabbitMQ runs the recipe of RabbitMQ.
func (r *run) startRabbitMQ() (*target, error) {
	ports := map[string]int{}
	var env []string
	for _, name := range []string{"STOMP_PORT", "WS_PORT", "DIST_PORT", "EPMD_PORT"} {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		ports[name] = port
		env = append(env, fmt.Sprintf("%s=%d", name, port))
	}
	p, err := r.start("rabbitmq", env, filepath.Join(r.source, "recipes", "rabbitmq"), filepath.Join(r.folder, "rabbitmq"))
	if err != nil {
		return nil, err
	}
	t := &target{
		name:    "RabbitMQ",
		tcp:     loopback(ports["STOMP_PORT"]),
		ws:      fmt.Sprintf("ws://%s/ws", loopback(ports["WS_PORT"])),
		process: p,
	}
	if err = p.listening(t.tcp, 2*time.Minute); err == nil {
		err = p.listening(loopback(ports["WS_PORT"]), time.Minute)
	}
	if err != nil {
		p.stop()
		return nil, err
	}
	return t, nil
}

// startActiveMQ runs the recipe of ActiveMQ.
func (r *run) startActiveMQ() (*target, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p, err := r.start("activemq", []string{fmt.Sprintf("STOMP_PORT=%d", port)},
		filepath.Join(r.source, "recipes", "activemq"), filepath.Join(r.folder, "activemq"))
	if err != nil {
		return nil, err
	}
	if err := p.listening(loopback(port), 2*time.Minute); err != nil {
		p.stop()
		return nil, err
	}
	return &target{name: "ActiveMQ", tcp: loopback(port), deadLetters: "/queue/ActiveMQ.DLQ", process: p}, nil
}

// realBrokers starts RabbitMQ and ActiveMQ, unless an earlier part has: they
// run until the end of the run.
func (r *run) realBrokers() (rabbit, active *target, err error) {
	if r.rabbit == nil {
		log.Print("start RabbitMQ")
		if r.rabbit, err = r.startRabbitMQ(); err != nil {
			return nil, nil, err
		}
	}
	if r.active == nil {
		log.Print("start ActiveMQ")
		if r.active, err = r.startActiveMQ(); err != nil {
			return nil, nil, err
		}
	}
	return r.rabbit, r.active, nil
}

// stopBrokers ends what realBrokers has started.
func (r *run) stopBrokers() {
	for _, t := range []*target{r.rabbit, r.active} {
		if t != nil {
			log.Print("stop ", t.name)
			t.process.stop()
		}
	}
}

// startRelay starts examples/relay in front of brokers, which are as good as each
// other.
func (r *run) startRelay(brokers ...*target) (*target, error) {
	args := []string{
		"-tcp", "127.0.0.1:0", "-ws", "127.0.0.1:0", "-metrics", "", "-heart-beat", "2s", "-user", login + ":" + passcode,
		"-broker-login", login, "-broker-passcode", passcode, "-broker-host", "/",
	}
	for _, b := range brokers {
		args = append(args, "-broker", b.tcp)
	}
	p, err := r.start("relay", nil, filepath.Join(r.folder, "relay"), args...)
	if err != nil {
		return nil, err
	}
	t := &target{name: "examples/relay to " + brokers[0].name, deadLetters: brokers[0].deadLetters, process: p}
	if t.tcp, err = p.line("listening tcp ", 10*time.Second); err == nil {
		t.ws, err = p.line("listening ws ", 10*time.Second)
	}
	if err != nil {
		p.stop()
		return nil, err
	}
	return t, nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
