package main

import (
	"context"
	"path/filepath"
)

// libraries are the client libraries, each by its driver.
func (r *run) libraries() []peer {
	drivers := filepath.Join(r.source, "drivers")
	return []peer{
		{program: []string{"node", filepath.Join(drivers, "stompjs.mjs"), r.tools}, ws: true, suffix: ", WebSocket"},
		{program: []string{"node", filepath.Join(drivers, "stompjs.mjs"), r.tools}, suffix: ", TCP"},
		{program: []string{"node", filepath.Join(drivers, "stompit.mjs"), r.tools}},
		{program: []string{"/usr/bin/python3", filepath.Join(drivers, "stomppy.py")}},
		{program: []string{"ruby", "-W0", "-EUTF-8", filepath.Join(drivers, "rubystomp.rb")}},
		{program: []string{"perl", filepath.Join(drivers, "netstomp.pl")}},
		{program: []string{"php8.2", filepath.Join(drivers, "phpstomp.php")}},
		{program: []string{filepath.Join(r.folder, "gostomp")}},
	}
}

// peers runs all libraries against examples/broker.
func (r *run) peers(ctx context.Context) error {
	t, err := r.startBroker("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer t.process.stop()
	return r.librariesAgainst(ctx, t)
}

// control runs all libraries against RabbitMQ and ActiveMQ, to tell a fault of
// ours from one of theirs. It is no part of the ordinary run.
func (r *run) control(ctx context.Context) error {
	rabbit, active, err := r.realBrokers()
	if err != nil {
		return err
	}
	if err := r.librariesAgainst(ctx, rabbit); err != nil {
		return err
	}
	return r.librariesAgainst(ctx, active)
}

func (r *run) librariesAgainst(ctx context.Context, t *target) error {
	defer r.waiting.Wait()
	s := r.matrix.section("Client libraries against "+t.name, "", columns(scenarios))
	for _, p := range r.libraries() {
		if p.ws && t.ws == "" {
			continue
		}
		if err := r.rows(ctx, s, p, t, scenarios); err != nil {
			return err
		}
	}
	return nil
}

// client runs examples/client against real brokers, and ours.
func (r *run) client(ctx context.Context) error {
	ours, err := r.startBroker("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ours.process.stop()
	rabbit, active, err := r.realBrokers()
	if err != nil {
		return err
	}
	defer r.waiting.Wait()
	s := r.matrix.section("examples/client against brokers", "", columns(ofClient))
	for _, t := range []*target{rabbit, active, ours} {
		for _, ws := range []bool{false, true} {
			if ws && t.ws == "" {
				continue
			}
			p := peer{program: []string{filepath.Join(r.folder, "client")}, ws: ws, suffix: ", TCP to " + t.name}
			if ws {
				p.suffix = ", WebSocket to " + t.name
			}
			if err := r.rows(ctx, s, p, t, ofClient); err != nil {
				return err
			}
		}
	}
	return nil
}

// relay runs stompjs through examples/relay to real brokers.
func (r *run) relay(ctx context.Context) error {
	rabbit, active, err := r.realBrokers()
	if err != nil {
		return err
	}
	s := r.matrix.section("stompjs through examples/relay", "", columns(scenarios))
	for _, broker := range []*target{rabbit, active} {
		t, err := r.startRelay(broker)
		if err != nil {
			return err
		}
		p := r.libraries()[0]
		p.suffix += " to " + broker.name
		err = r.rows(ctx, s, p, t, scenarios)
		r.waiting.Wait()
		t.process.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

func columns(list []scenario) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.name)
	}
	return names
}
