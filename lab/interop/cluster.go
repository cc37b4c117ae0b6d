package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	clusterNodes  = 3
	clusterRelays = 3
	clusterKills  = 6
	// clusterLull is how long the clients have the whole cluster before the next kill.
	clusterLull = 3 * time.Second
	// clusterRejoin is how long a node may take to be back, with its queues.
	clusterRejoin = 2 * time.Minute
)

// cluster kills one node of a RabbitMQ cluster after the other, while clients
// publish and consume through relays. Nothing that was confirmed may be lost, and
// what comes twice has to be told from what is new.
func (r *run) cluster(ctx context.Context) error {
	start := time.Now()
	nodes, end, err := r.startCluster()
	defer end()
	if err != nil {
		return err
	}
	var brokers, relays []*target
	for _, n := range nodes {
		brokers = append(brokers, n.target)
	}
	for range clusterRelays {
		relay, err := r.startRelay(brokers...)
		if err != nil {
			return err
		}
		defer relay.process.stop()
		relays = append(relays, relay)
	}
	log.Printf("three nodes are up after %v", time.Since(start).Round(time.Second))

	load, err := r.startClusterLoad(ctx, relays)
	if err != nil {
		return err
	}
	defer load.close()
	for i := range clusterKills {
		n := nodes[i%len(nodes)]
		if err := r.killAndRestart(ctx, n, load); err != nil {
			return err
		}
	}
	report, err := load.finish()
	report.kills = clusterKills
	report.took = time.Since(start)
	report.print(os.Stdout)
	return err
}

// A node is one RabbitMQ of a cluster.
type node struct {
	*target
	folder string
	env    []string
}

// startCluster starts the nodes, which find each other. end ends them, also
// after an error.
func (r *run) startCluster() (nodes []*node, end func(), err error) {
	var running []*process
	end = func() {
		for _, n := range nodes {
			n.process.kill() // an orderly end of all three takes half a minute
		}
		for _, p := range running {
			p.kill()
		}
	}
	epmdPort, err := steadyPort()
	if err != nil {
		return nil, end, err
	}
	epmd, err := r.start("epmd", nil, "epmd", "-address", "127.0.0.1", "-port", fmt.Sprint(epmdPort))
	if err != nil {
		return nil, end, err
	}
	running = append(running, epmd)
	if err := epmd.listening(loopback(epmdPort), 10*time.Second); err != nil {
		return nil, end, err
	}
	var names []string
	for i := range clusterNodes {
		names = append(names, fmt.Sprintf("n%d-%s", i+1, r.id))
	}
	cookie := rand.Text()
	for _, name := range names {
		n := &node{target: &target{name: name}, folder: filepath.Join(r.folder, name)}
		n.env = []string{"NODE=" + name, "NODES=" + strings.Join(names, " "), "COOKIE=" + cookie, fmt.Sprintf("EPMD_PORT=%d", epmdPort)}
		for _, v := range []string{"STOMP_PORT", "WS_PORT", "DIST_PORT"} {
			port, err := steadyPort()
			if err != nil {
				return nodes, end, err
			}
			n.env = append(n.env, fmt.Sprintf("%s=%d", v, port))
			if v == "STOMP_PORT" {
				n.tcp = loopback(port)
			}
		}
		if err := r.startNode(n); err != nil {
			return nodes, end, err
		}
		nodes = append(nodes, n)
	}
	for _, n := range nodes {
		if err := n.process.listening(n.tcp, clusterRejoin); err != nil {
			return nodes, end, err
		}
	}
	return nodes, end, nil
}

// startNode starts a node, for the first time or again.
func (r *run) startNode(n *node) (err error) {
	n.process, err = r.start(n.name, n.env, filepath.Join(r.source, "recipes", "rabbitmq"), n.folder)
	return err
}

// killAndRestart kills a node when the cluster can do without it, and starts it
// again.
func (r *run) killAndRestart(ctx context.Context, n *node, load *clusterLoad) error {
	if err := r.waitSpare(ctx, n); err != nil {
		return err
	}
	select {
	case <-time.After(clusterLull):
	case <-ctx.Done():
		return ctx.Err()
	case <-load.failed:
		return load.err
	}
	log.Printf("kill %s; %d messages are confirmed", n.name, load.ledger.count())
	n.process.kill()
	time.Sleep(clusterLull)
	if err := r.startNode(n); err != nil {
		return err
	}
	return n.process.listening(n.tcp, clusterRejoin)
}

// waitSpare waits until each queue has a majority of its members without a node:
// then the others have rejoined, with their queues.
func (r *run) waitSpare(ctx context.Context, n *node) error {
	ctx, cancel := context.WithTimeout(ctx, clusterRejoin)
	defer cancel()
	for {
		check := exec.CommandContext(ctx, filepath.Join(r.source, "recipes", "rabbitmq"), n.folder, "rabbitmq-queues", "check_if_node_is_quorum_critical")
		check.Env = append(os.Environ(), n.env...)
		out, err := check.CombinedOutput()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("the cluster does not come to do without %s: %w: %s", n.name, err, out)
		}
	}
}

// steadyPort returns a free port on loopback that no outgoing connection takes, for
// a server that comes back on it.
func steadyPort() (int, error) {
	for range 100 {
		n, err := rand.Int(rand.Reader, big.NewInt(10000))
		if err != nil {
			return 0, err
		}
		port := 20000 + int(n.Int64())
		l, err := net.Listen("tcp", loopback(port))
		if err == nil {
			return port, l.Close()
		}
	}
	return 0, errors.New("no free port from 20000 to 29999")
}
