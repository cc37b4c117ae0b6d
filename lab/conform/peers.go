package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// A peer is a broker or a client.
type peer struct {
	name   string
	client bool
	ours   bool // it holds every MUST, or its list of known differences says why not
	// start starts it, and returns the arguments of "stomp conform".
	start func(*run) (args []string, stop func(), err error)
}

func (r *run) peers() []peer {
	brokers := []peer{
		{name: "examples/broker, TCP", ours: true, start: func(r *run) ([]string, func(), error) { return r.example(false) }},
		{name: "examples/broker, WebSocket", ours: true, start: func(r *run) ([]string, func(), error) { return r.example(true) }},
		{name: "RabbitMQ, TCP", start: func(r *run) ([]string, func(), error) { return r.rabbit(false) }},
		{name: "RabbitMQ, WebSocket", start: func(r *run) ([]string, func(), error) { return r.rabbit(true) }},
		{name: "ActiveMQ", start: (*run).active},
		{name: "examples/relay to RabbitMQ", ours: true, start: func(r *run) ([]string, func(), error) {
			return r.relay(r.rabbitMQ, "conform/relay-rabbitmq.txt")
		}},
		{name: "examples/relay to ActiveMQ", ours: true, start: func(r *run) ([]string, func(), error) {
			return r.relay(r.activeMQ, "conform/relay-activemq.txt")
		}},
		{name: "go-stomp's server", start: func(r *run) ([]string, func(), error) {
			address := freeAddress()
			stop, err := r.daemon("gostompserver", address, nil, filepath.Join(r.folder, "gostompserver"), address)
			return []string{"tcp://" + address}, stop, err
		}},
		{name: "stomp-broker-js", start: func(r *run) ([]string, func(), error) {
			address := freeAddress()
			_, port, _ := net.SplitHostPort(address)
			stop, err := r.daemon("brokerjs", address, nil, "node", "conform/brokerjs.mjs", r.tools, port)
			return []string{"ws://" + address + "/ws"}, stop, err
		}},
		{name: "stompserver", start: func(r *run) ([]string, func(), error) {
			address := freeAddress()
			_, port, _ := net.SplitHostPort(address)
			folder := filepath.Join(r.folder, "stompserver")
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return nil, nil, err
			}
			stop, err := r.daemon("stompserver", address, nil, "ruby", "-W0", "conform/stompserver.rb", folder, port)
			return []string{"tcp://" + address}, stop, err
		}},
	}
	client := func(name, listen string, program ...string) peer {
		return peer{name: name, client: true, start: func(*run) ([]string, func(), error) {
			return append([]string{"-listen", listen, "--"}, program...), func() {}, nil
		}}
	}
	ours := func(name, listen string, program ...string) peer {
		p := client(name, listen, program...)
		p.ours = true
		return p
	}
	drivers := "interop/drivers/"
	const tcp, web = "127.0.0.1:0", "ws://127.0.0.1:0/ws"
	return append(brokers,
		ours("examples/client", tcp, filepath.Join(r.folder, "client")),
		client("stompjs, WebSocket", web, "node", drivers+"stompjs.mjs", r.tools),
		client("stompjs, TCP", tcp, "node", drivers+"stompjs.mjs", r.tools),
		client("stompit", tcp, "node", drivers+"stompit.mjs", r.tools),
		client("stomp.py", tcp, "/usr/bin/python3", drivers+"stomppy.py"),
		client("ruby-stomp", tcp, "ruby", "-W0", "-EUTF-8", drivers+"rubystomp.rb"),
		client("Net::Stomp", tcp, "perl", drivers+"netstomp.pl"),
		client("php-stomp", tcp, "php8.2", drivers+"phpstomp.php"),
		client("go-stomp", tcp, filepath.Join(r.folder, "gostomp")),
	)
}

// login is what the recipes of RabbitMQ and ActiveMQ let in.
var login = []string{"-login", "guest", "-passcode", "guest"}

func (r *run) example(web bool) ([]string, func(), error) {
	tcp, ws := freeAddress(), freeAddress()
	stop, err := r.daemon("broker", ws, nil, filepath.Join(r.folder, "broker"), "-quiet", "-tcp", tcp, "-ws", ws)
	if web {
		return []string{"ws://" + ws + "/ws"}, stop, err
	}
	return []string{"tcp://" + tcp}, stop, err
}

var rabbitPorts [4]string // of the one that runs

func (r *run) rabbitMQ() (string, func(), error) {
	var env []string
	for i, name := range []string{"STOMP_PORT", "WS_PORT", "DIST_PORT", "EPMD_PORT"} {
		rabbitPorts[i] = freeAddress()
		_, port, _ := net.SplitHostPort(rabbitPorts[i])
		env = append(env, name+"="+port)
	}
	stop, err := r.daemon("rabbitmq", rabbitPorts[1], env, "interop/recipes/rabbitmq", filepath.Join(r.folder, "rabbitmq"+strconv.FormatInt(time.Now().UnixNano(), 36)))
	return rabbitPorts[0], stop, err
}

func (r *run) rabbit(web bool) ([]string, func(), error) {
	address, stop, err := r.rabbitMQ()
	if web {
		return append(login, "ws://"+rabbitPorts[1]+"/ws"), stop, err
	}
	return append(login, "tcp://"+address), stop, err
}

func (r *run) activeMQ() (string, func(), error) {
	address := freeAddress()
	_, port, _ := net.SplitHostPort(address)
	stop, err := r.daemon("activemq", address, []string{"STOMP_PORT=" + port}, "interop/recipes/activemq", filepath.Join(r.folder, "activemq"))
	return address, stop, err
}

func (r *run) active() ([]string, func(), error) {
	address, stop, err := r.activeMQ()
	return append(login, "tcp://"+address), stop, err
}

// relay starts examples/relay in front of a broker. The file says what only that
// broker could do otherwise.
func (r *run) relay(start func() (string, func(), error), expect string) ([]string, func(), error) {
	broker, stopBroker, err := start()
	if err != nil {
		return nil, nil, err
	}
	address := freeAddress()
	stop, err := r.daemon("relay", address, nil, filepath.Join(r.folder, "relay"),
		"-ws", address, "-metrics", "", "-heart-beat", "1s", "-user", "guest:guest",
		"-broker", broker, "-broker-login", "guest", "-broker-passcode", "guest", "-broker-host", "/")
	if err != nil {
		stopBroker()
		return nil, nil, err
	}
	return append(login, "-expect", expect, "ws://"+address+"/ws"), func() {
		stop()
		stopBroker()
	}, nil
}

// daemon runs a program until stop is called, and starts it again when it ends
// before that. It returns when the address is listened on.
func (r *run) daemon(name, address string, env []string, program string, args ...string) (stop func(), err error) {
	log, err := os.OpenFile(filepath.Join(r.folder, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var current *exec.Cmd
	stopped := false
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer log.Close()
		for {
			mu.Lock()
			if stopped {
				mu.Unlock()
				return
			}
			cmd := exec.Command(program, args...)
			cmd.Env = append(os.Environ(), env...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Stdout, cmd.Stderr = log, log
			err := cmd.Start()
			current = cmd
			mu.Unlock()
			if err != nil {
				fmt.Fprintln(log, err)
				return
			}
			cmd.Wait()
			time.Sleep(50 * time.Millisecond)
		}
	}()
	stop = func() {
		mu.Lock()
		stopped = true
		cmd := current
		mu.Unlock()
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(time.Minute):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			c.Close()
			return stop, nil
		}
		if time.Now().After(end) {
			stop()
			return nil, fmt.Errorf("%s does not listen on %s: see %s", name, address, log.Name())
		}
	}
}

// freeAddress returns an address on loopback that nobody listens on at this
// moment.
func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().String()
}
