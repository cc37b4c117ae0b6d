package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
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
		{name: "examples/relay, RabbitMQ", ours: true, start: func(r *run) ([]string, func(), error) {
			return r.relay(r.rabbitMQ, "conform/relay-rabbitmq.txt")
		}},
		{name: "examples/relay, ActiveMQ", ours: true, start: func(r *run) ([]string, func(), error) {
			return r.relay(r.activeMQ, "conform/relay-activemq.txt")
		}},
		{name: "go-stomp's server", start: func(r *run) ([]string, func(), error) {
			address := freeAddress()
			d, err := r.daemon("gostompserver", address, nil, filepath.Join(r.folder, "gostompserver"), address)
			return []string{"tcp://" + address}, d.stop, err
		}},
		{name: "stomp-broker-js", start: func(r *run) ([]string, func(), error) {
			address := freeAddress()
			_, port, _ := net.SplitHostPort(address)
			d, err := r.daemon("brokerjs", address, nil, "node", "conform/brokerjs.mjs", r.tools, port)
			return []string{"ws://" + address + "/ws"}, d.stop, err
		}},
		{name: "stompserver", start: func(r *run) ([]string, func(), error) {
			address := freeAddress()
			_, port, _ := net.SplitHostPort(address)
			folder := filepath.Join(r.folder, "stompserver")
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return nil, nil, err
			}
			d, err := r.daemon("stompserver", address, nil, "ruby", "-W0", "conform/stompserver.rb", folder, port)
			if err != nil {
				return nil, nil, err
			}
			go d.watch(address)
			return []string{"tcp://" + address}, d.stop, nil
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
	d, err := r.daemon("broker", ws, nil, filepath.Join(r.folder, "broker"), "-quiet", "-tcp", tcp, "-ws", ws)
	if web {
		return []string{"ws://" + ws + "/ws"}, d.stop, err
	}
	return []string{"tcp://" + tcp}, d.stop, err
}

var rabbitPorts [4]string // of the one that runs

func (r *run) rabbitMQ() (string, func(), error) {
	var env []string
	for i, name := range []string{"STOMP_PORT", "WS_PORT", "DIST_PORT", "EPMD_PORT"} {
		rabbitPorts[i] = freeAddress()
		_, port, _ := net.SplitHostPort(rabbitPorts[i])
		env = append(env, name+"="+port)
	}
	d, err := r.daemon("rabbitmq", rabbitPorts[1], env, "interop/recipes/rabbitmq", filepath.Join(r.folder, "rabbitmq"+strconv.FormatInt(time.Now().UnixNano(), 36)))
	return rabbitPorts[0], d.stop, err
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
	d, err := r.daemon("activemq", address, []string{"STOMP_PORT=" + port}, "interop/recipes/activemq", filepath.Join(r.folder, "activemq"))
	return address, d.stop, err
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
	d, err := r.daemon("relay", address, nil, filepath.Join(r.folder, "relay"),
		"-ws", address, "-metrics", "", "-heart-beat", "1s", "-user", "guest:guest",
		"-broker", broker, "-broker-login", "guest", "-broker-passcode", "guest", "-broker-host", "/")
	if err != nil {
		stopBroker()
		return nil, nil, err
	}
	return append(login, "-expect", expect, "ws://"+address+"/ws"), func() {
		d.stop()
		stopBroker()
	}, nil
}
