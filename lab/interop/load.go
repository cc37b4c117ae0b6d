package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// How much is measured.
const (
	loadRounds   = 5
	loadTime     = 3 * time.Second // of each measurement, after the warm-up
	loadWarmUp   = time.Second
	loadMessages = 5_000_000 // published at most in one measurement
	loadBody     = 256       // bytes
	loadWindow   = 1000      // messages that the slowest subscriber may be behind the publisher
	loadBatch    = 32        // messages in one write of the publisher
)

var loadSubscribers = []int{1, 10, 100}

// load measures messages a second, and what idle connections cost, of
// examples/broker and RabbitMQ side by side.
func (r *run) load(ctx context.Context) error {
	ours, err := r.startBroker("127.0.0.1:0", "127.0.0.1:0", "-quiet")
	if err != nil {
		return err
	}
	defer ours.process.stop()
	rabbit, err := r.startRabbitMQ()
	if err != nil {
		return err
	}
	defer rabbit.process.stop()
	both := []*target{ours, rabbit}

	report := loadReport{rates: map[loadKey][]float64{}}
	for _, t := range both {
		c, err := dialLoad("tcp://"+t.tcp, headers.HeartBeats{})
		if err != nil {
			return err
		}
		report.names = append(report.names, t.name)
		report.servers = append(report.servers, c.server)
		c.conn.Close()
	}
	for round := range loadRounds {
		for _, n := range loadSubscribers {
			// In turn, and each one first every other time: what disturbs one
			// for a while disturbs both.
			order := slices.Clone(both)
			if round%2 == 1 {
				slices.Reverse(order)
			}
			for _, t := range order {
				rate, err := throughput(ctx, t, n)
				if err != nil {
					return fmt.Errorf("%s, %d subscribers: %w", t.name, n, err)
				}
				log.Printf("round %d, 1 to %d, %s: %.0f delivered a second", round+1, n, t.name, rate)
				key := loadKey{t.name, n}
				report.rates[key] = append(report.rates[key], rate)
			}
		}
	}
	for _, t := range both {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Printf("%d idle WebSockets, %s", idlePeers, t.name)
		pid := ours.process.cmd.Process.Pid
		if t == rabbit {
			if pid, err = rabbitPID(r.folder); err != nil {
				return err
			}
		}
		i, err := idleWebSockets(ctx, t, pid)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		log.Printf("%s: %d bytes resident for each, a message to all took %v", t.name, i.each, i.fanOut)
		report.idle = append(report.idle, i)
	}

	report.write(os.Stdout)
	return nil
}

// rabbitPID returns the process that the memory of RabbitMQ is in.
func rabbitPID(folder string) (int, error) {
	text, err := os.ReadFile(filepath.Join(folder, "rabbitmq", "pid"))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// A subscriber counts messages, and checks that none is missing.
type subscriber struct {
	*loadClient
	received atomic.Int64
	ending   atomic.Bool // its connection is about to be closed at this end
}

// throughput returns how many messages a second n subscribers of a topic
// receive together, from one publisher that is at most a window ahead of the
// slowest.
func throughput(ctx context.Context, t *target, n int) (float64, error) {
	url := "tcp://" + t.tcp
	destination := fmt.Sprintf("/topic/load.%d", time.Now().UnixNano())
	subscribers := make([]*subscriber, n)
	var reading sync.WaitGroup
	defer reading.Wait()
	for i := range subscribers {
		c, err := dialLoad(url, headers.HeartBeats{})
		if err != nil {
			return 0, err
		}
		defer c.abort()
		c.room = make([]byte, 64<<10)
		if err := c.subscribe(destination); err != nil {
			return 0, err
		}
		subscribers[i] = &subscriber{loadClient: c}
	}
	failed := make(chan error, n)
	for _, s := range subscribers {
		reading.Go(func() {
			if err := s.count(); err != nil {
				failed <- err
			}
		})
	}
	publisher, err := dialLoad(url, headers.HeartBeats{})
	if err != nil {
		return 0, err
	}
	defer publisher.abort()

	all := func() (sum, least int64) {
		least = subscribers[0].received.Load()
		for _, s := range subscribers {
			got := s.received.Load()
			sum += got
			least = min(least, got)
		}
		return sum, least
	}
	var octets []byte
	var from int64
	start := time.Now()
	began := start
	for published := int64(0); published < loadMessages; {
		now := time.Now()
		if from == 0 && now.Sub(start) >= loadWarmUp {
			from, _ = all()
			began = now
		}
		if now.Sub(start) >= loadWarmUp+loadTime {
			break
		}
		_, least := all()
		if published-least > loadWindow-loadBatch {
			select {
			case err := <-failed:
				return 0, err
			case <-ctx.Done():
				return 0, ctx.Err()
			default:
				time.Sleep(20 * time.Microsecond)
			}
			if now.Sub(start) > loadWarmUp+loadTime+patience {
				return 0, errors.New("messages do not arrive")
			}
			continue
		}
		octets = octets[:0]
		for range loadBatch {
			if octets, err = appendLoad(octets, destination, published); err != nil {
				return 0, err
			}
			published++
		}
		if _, err := publisher.conn.Write(octets); err != nil {
			return 0, err
		}
	}
	to, _ := all()
	took := time.Since(began)
	for _, s := range subscribers {
		s.ending.Store(true)
		s.abort()
	}
	reading.Wait()
	select {
	case err := <-failed:
		return 0, err
	default:
	}
	if to == from {
		return 0, errors.New("no message arrived")
	}
	return float64(to-from) / took.Seconds(), nil
}

// appendLoad appends the SEND with a number.
func appendLoad(dst []byte, destination string, number int64) ([]byte, error) {
	b := encoder.Begin(dst, frame.SEND, frame.V12, encoder.Options{})
	b.Header(headers.Destination, destination)
	b.Header(headers.ContentType, "application/octet-stream")
	var body [loadBody]byte
	copy(body[:], strconv.FormatInt(number, 10))
	return b.End(body[:])
}

// count receives until the connection is closed at this end.
func (s *subscriber) count() error {
	for {
		v, err := s.next()
		if err != nil {
			if s.ending.Load() {
				return nil
			}
			return err
		}
		number, _, _ := bytes.Cut(v.Body, []byte{0})
		if got := string(number); v.Command != frame.MESSAGE || len(v.Body) != loadBody || got != strconv.FormatInt(s.received.Load(), 10) {
			return fmt.Errorf("message %q came as number %d", got, s.received.Load())
		}
		s.received.Add(1)
	}
}

// idleCost is what very many connections that do nothing cost.
type idleCost struct {
	before, during int64         // bytes resident
	each           int64         // the difference, for one
	opened         time.Duration // how long it took to open them
	fanOut         time.Duration // from the publishing of a message until all have it
}

// idleWebSockets opens connections, subscribes each to one topic, lets them
// heart-beat, looks at the memory of the broker, and makes sure that each still
// receives.
func idleWebSockets(ctx context.Context, t *target, pid int) (cost idleCost, err error) {
	const interval = 10 * time.Second
	beat := headers.HeartBeats{Send: interval, Receive: interval}
	cost.before = resident(pid)
	start := time.Now()
	clients := make([]*loadClient, 0, idlePeers)
	var reading sync.WaitGroup
	defer reading.Wait()
	var ending atomic.Bool
	defer func() {
		ending.Store(true)
		for _, c := range clients {
			c.abort()
		}
	}()
	var received, lost atomic.Int64
	beating := time.Now()
	heartBeat := func() error {
		if time.Since(beating) < interval/3 {
			return nil
		}
		beating = time.Now()
		for _, c := range clients {
			if _, err := c.conn.Write([]byte("\n")); err != nil {
				return fmt.Errorf("heart-beat: %w; %d connections were lost", err, lost.Load())
			}
		}
		return ctx.Err()
	}
	for range idlePeers {
		c, err := dialLoad(t.ws, beat)
		if err != nil {
			return cost, fmt.Errorf("connection %d: %w", len(clients), err)
		}
		clients = append(clients, c)
		if err := c.subscribe("/topic/idle"); err != nil {
			return cost, fmt.Errorf("connection %d: %w", len(clients), err)
		}
		reading.Go(func() {
			for {
				v, err := c.next()
				if err != nil {
					if !ending.Load() {
						lost.Add(1)
					}
					return
				}
				if v.Command == frame.MESSAGE {
					received.Add(1)
				}
			}
		})
		if err := heartBeat(); err != nil {
			return cost, err
		}
	}
	cost.opened = time.Since(start)
	for end := time.Now().Add(2 * interval); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if err := heartBeat(); err != nil {
			return cost, err
		}
	}
	cost.during = resident(pid)
	cost.each = (cost.during - cost.before) / idlePeers

	publisher, err := dialLoad("tcp://"+t.tcp, headers.HeartBeats{})
	if err != nil {
		return cost, err
	}
	defer publisher.conn.Close()
	octets, err := appendLoad(nil, "/topic/idle", 0)
	if err != nil {
		return cost, err
	}
	start = time.Now()
	if _, err := publisher.conn.Write(octets); err != nil {
		return cost, err
	}
	for received.Load() < idlePeers {
		if time.Since(start) > time.Minute {
			return cost, fmt.Errorf("%d of %d have the message after a minute; %d connections were lost", received.Load(), idlePeers, lost.Load())
		}
		time.Sleep(time.Millisecond)
	}
	cost.fanOut = time.Since(start)
	if n := lost.Load(); n > 0 {
		return cost, fmt.Errorf("%d connections were lost", n)
	}
	return cost, nil
}
