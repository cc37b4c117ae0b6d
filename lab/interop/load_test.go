package main

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/broker/server"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// The client of the load, over TCP and WebSocket, with the broker in this
// process.
func TestLoadClient(t *testing.T) {
	s := server.New(server.Config{Logins: map[string]string{login: passcode}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.ServeTCP(l)
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		s.Shutdown(ctx)
	}()
	web := httptest.NewServer(s)
	defer web.Close()
	for _, url := range []string{"tcp://" + l.Addr().String(), "ws" + strings.TrimPrefix(web.URL, "http") + "/ws"} {
		t.Run(url[:3], func(t *testing.T) { testLoadClient(t, url) })
	}
}

func testLoadClient(t *testing.T, url string) {
	c, err := dialLoad(url, headers.HeartBeats{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.abort()
	if c.server == "" {
		t.Error("the broker's name is lost")
	}
	if err := c.subscribe("/topic/load"); err != nil {
		t.Fatal(err)
	}
	var octets []byte
	for i := range int64(20) { // more than its buffer holds
		if octets, err = appendLoad(octets, "/topic/load", 1000+i); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.conn.Write(octets); err != nil {
		t.Fatal(err)
	}
	c.conn.SetReadDeadline(time.Now().Add(patience))
	for i := range 20 {
		v, err := c.next()
		if err != nil || v.Command != frame.MESSAGE || len(v.Body) != loadBody || !strings.HasPrefix(string(v.Body), "10") {
			t.Fatalf("message %d: %v, %v", i, v, err)
		}
	}
	if err := c.subscribe("/topic/load"); err == nil || !strings.Contains(err.Error(), "the broker says") {
		t.Errorf("the second subscription of one id: %v", err)
	}
}

func TestLoadReport(t *testing.T) {
	r := loadReport{
		names:   []string{"ours", "theirs"},
		servers: []string{"ours/1", "theirs/2"},
		rates:   map[loadKey][]float64{},
		idle:    []idleCost{{before: 10 << 20, during: 30 << 20, each: 2048, opened: 1500 * time.Millisecond, fanOut: 20 * time.Millisecond}, {}},
	}
	for _, n := range loadSubscribers {
		r.rates[loadKey{"ours", n}] = []float64{1_000_000, 3_000_000, 2_000_000}
		r.rates[loadKey{"theirs", n}] = []float64{500_000, 999, 1_000_000}
	}
	var page strings.Builder
	r.write(&page)
	for _, want := range []string{
		"| 100         | 2,000,000 (1,000,000 to 3,000,000) | 500,000 (999 to 1,000,000) | 4.0   |",
		"| ours   | 10 MiB | 30 MiB | 2.0 KiB | 1.5 s     | 20 ms              |",
		"theirs/2",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, page.String())
		}
	}
}
