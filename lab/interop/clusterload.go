package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/headers"
)

const (
	clusterQueues     = 3
	clusterPublishers = 6
	clusterConsumers  = 6
	clusterPace       = 10 * time.Millisecond // of a publisher, between messages
	clusterBody       = 256                   // bytes
	// clusterBack is the longest time that a client may get nothing done.
	clusterBack = 15 * time.Second
	// clusterDrain is how long nothing may come before what is missing counts as lost.
	clusterDrain = 30 * time.Second
)

// Headers of the messages: what a publisher has to say, and each SEND of it.
const (
	headerMessage = "x-message"
	headerSend    = "x-send"
)

// queueHeaders make a quorum queue, on SEND and SUBSCRIBE alike.
var queueHeaders = headers.Pairs(
	headers.RabbitMQQueueType, "quorum",
	headers.RabbitMQDurable, "true",
	headers.RabbitMQAutoDelete, "false",
)

// A clusterLoad is clients that publish and consume.
type clusterLoad struct {
	run     *run
	relays  []*target
	log     *os.File
	clients []*client.Client
	ledger  ledger
	failed  chan struct{} // closed when a client has ended
	once    sync.Once
	err     error // why; valid when failed is closed

	stopping   chan struct{} // closed when publishers have to end
	publishing sync.WaitGroup
	consuming  sync.WaitGroup
	life       context.Context
	end        context.CancelFunc
}

// startClusterLoad connects the clients and has them begin.
func (r *run) startClusterLoad(ctx context.Context, relays []*target) (l *clusterLoad, err error) {
	l = &clusterLoad{
		run: r, relays: relays,
		ledger: ledger{messages: map[string]*ledgerEntry{}},
		failed: make(chan struct{}), stopping: make(chan struct{}),
	}
	l.life, l.end = context.WithCancel(ctx)
	if l.log, err = os.Create(filepath.Join(r.folder, "clients.log")); err != nil {
		return nil, err
	}
	for i := range clusterConsumers {
		c, err := l.dial("consumer", i)
		if err != nil {
			return nil, err
		}
		s, err := c.Subscribe(l.life, clusterQueue(i), client.SubscribeOptions{
			Ack:     headers.AckClientIndividual,
			Headers: append(headers.Pairs(headers.RabbitMQPrefetchCount, "20"), queueHeaders...),
		})
		if err != nil {
			return nil, err
		}
		l.consuming.Go(func() { l.fail("consumer", i, l.consume(s)) })
	}
	for i := range clusterPublishers {
		c, err := l.dial("publisher", i)
		if err != nil {
			return nil, err
		}
		l.publishing.Go(func() { l.fail("publisher", i, l.publish(c, i)) })
	}
	return l, nil
}

func clusterQueue(i int) string {
	return "/queue/cluster." + strconv.Itoa(i%clusterQueues)
}

// dial connects to one of the relays, over TCP or WebSocket. The others are its
// alternatives.
func (l *clusterLoad) dial(role string, i int) (*client.Client, error) {
	var urls []string
	for n := range l.relays {
		relay := l.relays[(i+n)%len(l.relays)]
		if i%2 == 0 {
			urls = append(urls, "tcp://"+relay.tcp)
		} else {
			urls = append(urls, relay.ws)
		}
	}
	handler := lossCounter{slog.NewTextHandler(l.log, nil), &l.ledger}
	c, err := client.Dial(l.life, urls[0], client.Options{
		Alternatives: urls[1:],
		Host:         "/", Login: login, Passcode: passcode,
		HeartBeat: headers.HeartBeats{Send: 2 * time.Second, Receive: 2 * time.Second},
		Reconnect: &client.Backoff{Min: 50 * time.Millisecond, Max: time.Second},
		Logger:    slog.New(handler.WithAttrs([]slog.Attr{slog.String("client", fmt.Sprint(role, i))})),
	})
	if err == nil {
		l.clients = append(l.clients, c)
	}
	return c, err
}

// A lossCounter counts the connections that a client has lost, by its log.
type lossCounter struct {
	slog.Handler
	ledger *ledger
}

func (h lossCounter) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "connection lost" {
		h.ledger.loseConnection()
	}
	return h.Handler.Handle(ctx, r)
}

func (h lossCounter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return lossCounter{h.Handler.WithAttrs(attrs), h.ledger}
}

// fail notes why a client has ended, if it should not have.
func (l *clusterLoad) fail(role string, i int, err error) {
	if err == nil || l.life.Err() != nil {
		return
	}
	l.once.Do(func() {
		l.err = fmt.Errorf("%s %d: %w", role, i, err)
		close(l.failed)
	})
}

// publish sends messages, each until the broker has confirmed it.
func (l *clusterLoad) publish(c *client.Client, i int) error {
	pace := time.NewTicker(clusterPace)
	defer pace.Stop()
	last := time.Now()
	for n := 0; ; n++ {
		select {
		case <-l.stopping:
			return nil
		case <-l.life.Done():
			return nil
		case <-pace.C:
		}
		message := fmt.Sprintf("%d.%d", i, n)
		for attempt := 1; ; attempt++ {
			send := fmt.Sprintf("%s.%d", message, attempt)
			more := append(headers.Pairs(headerMessage, message, headerSend, send), queueHeaders...)
			err := c.SendReceipt(l.life, clusterQueue(i), clusterContent(message), more...)
			if err == nil {
				break
			}
			if !errors.Is(err, client.ErrConnectionLost) || c.Err() != nil {
				return err
			}
			l.ledger.unconfirmed()
		}
		l.ledger.confirm(message, time.Since(last))
		last = time.Now()
	}
}

// clusterContent returns the body of a message.
func clusterContent(message string) []byte {
	return []byte(strings.Repeat(message+" ", clusterBody/(len(message)+1)+1)[:clusterBody])
}

// consume takes messages and acknowledges them.
func (l *clusterLoad) consume(s *client.Subscription) error {
	last := time.Now()
	for {
		m, err := s.Next(l.life)
		if err != nil {
			return err
		}
		l.ledger.receive(m, time.Since(last))
		last = time.Now()
		if err := m.Ack(l.life); err != nil && !errors.Is(err, client.ErrConnectionLost) {
			return err
		}
	}
}

// finish lets the publishers end, waits until all has come, and says what has
// gone wrong.
func (l *clusterLoad) finish() (clusterReport, error) {
	close(l.stopping)
	ended := make(chan struct{})
	go func() { l.publishing.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(clusterDrain):
		return l.ledger.report(), errors.New("a publisher does not get its last message confirmed")
	}
	for missing, since := -1, time.Now(); ; time.Sleep(100 * time.Millisecond) {
		n := l.ledger.missing()
		if n != missing {
			missing, since = n, time.Now()
		}
		if n == 0 || time.Since(since) > clusterDrain {
			break
		}
	}
	report := l.ledger.report()
	select {
	case <-l.failed:
		return report, l.err
	default:
	}
	return report, report.wrong()
}

// close ends all clients.
func (l *clusterLoad) close() {
	l.end()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, c := range l.clients {
		c.Close(ctx)
	}
	l.publishing.Wait()
	l.consuming.Wait()
	l.log.Close()
}

// A ledger has what was confirmed and what came.
type ledger struct {
	mu       sync.Mutex
	messages map[string]*ledgerEntry
	clusterReport
}

// A ledgerEntry is one message.
type ledgerEntry struct {
	confirmed bool
	sends     map[string]bool // that have come
}

// A clusterReport is what a run has come to.
type clusterReport struct {
	kills       int
	took        time.Duration
	confirmed   int           // messages
	losses      int           // of connections of clients
	repeated    int           // SENDs whose confirmation did not come, and which were repeated
	redelivered int           // came twice, marked so
	twice       int           // came twice, because the client had repeated them
	lost        []string      // confirmed and did not come
	strange     []string      // came twice and should not have, or with a wrong body
	publisher   time.Duration // longest time until a message was confirmed
	consumer    time.Duration // longest time until a message came
}

func (l *ledger) entry(message string) *ledgerEntry {
	e := l.messages[message]
	if e == nil {
		e = &ledgerEntry{sends: map[string]bool{}}
		l.messages[message] = e
	}
	return e
}

func (l *ledger) confirm(message string, pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entry(message).confirmed = true
	l.confirmed++
	l.publisher = max(l.publisher, pause)
}

func (l *ledger) unconfirmed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.repeated++
}

func (l *ledger) loseConnection() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.losses++
}

func (l *ledger) receive(m *client.Message, pause time.Duration) {
	message, send := m.Headers.Value(headerMessage), m.Headers.Value(headerSend)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.consumer = max(l.consumer, pause)
	e := l.entry(message)
	switch {
	case string(m.Body) != string(clusterContent(message)) || !strings.HasPrefix(send, message+"."):
		l.strange = append(l.strange, fmt.Sprintf("%q has another body than it was sent with", send))
	case len(e.sends) == 0:
	case !e.sends[send]:
		l.twice++
	case m.Headers.Value(headers.RabbitMQRedelivered) == "true":
		l.redelivered++
	default:
		l.strange = append(l.strange, fmt.Sprintf("%q came twice and is not marked redelivered", send))
	}
	e.sends[send] = true
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.confirmed
}

// missing returns how many confirmed messages have not come.
func (l *ledger) missing() int { return len(l.report().lost) }

func (l *ledger) report() clusterReport {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.clusterReport
	for name, e := range l.messages {
		if e.confirmed && len(e.sends) == 0 {
			r.lost = append(r.lost, name)
		}
	}
	return r
}

// wrong returns what a run should not have come to, or nil.
func (r *clusterReport) wrong() error {
	switch {
	case len(r.lost) > 0:
		return fmt.Errorf("%s lost, such as %s", plural(len(r.lost), "confirmed message"), r.lost[0])
	case len(r.strange) > 0:
		return fmt.Errorf("%s: %s", plural(len(r.strange), "message that should not have come"), r.strange[0])
	case max(r.publisher, r.consumer) > clusterBack:
		return fmt.Errorf("a client got nothing done for longer than %v", clusterBack)
	}
	return nil
}

func (r *clusterReport) print(w io.Writer) {
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
	fmt.Fprintln(w)
	writeTable(w, [][]string{
		{"what", "result"},
		{"nodes killed", strconv.Itoa(r.kills)},
		{"connections of clients lost", strconv.Itoa(r.losses)},
		{"messages confirmed", strconv.Itoa(r.confirmed)},
		{"confirmed messages lost", strconv.Itoa(len(r.lost))},
		{"SENDs repeated because no receipt came", strconv.Itoa(r.repeated)},
		{"messages received twice, repeated by the client", strconv.Itoa(r.twice)},
		{"messages received twice, marked redelivered", strconv.Itoa(r.redelivered)},
		{"messages received twice for no reason", strconv.Itoa(len(r.strange))},
		{"longest time between confirmations of a publisher", seconds(r.publisher)},
		{"longest time between messages of a consumer", seconds(r.consumer)},
		{"time", r.took.Round(time.Second).String()},
	})
}
