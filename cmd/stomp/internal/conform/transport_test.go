package conform

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// A testBroker that is reached by TLS or WebSocket passes as it does by TCP.
func TestTransports(t *testing.T) {
	b := startBroker(t, brokerFault{})
	web := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		ws, err := websocket.Accept(w, q, &websocket.AcceptOptions{Subprotocols: subprotocols})
		if err != nil {
			return
		}
		ws.SetReadLimit(-1)
		b.serve(websocket.NetConn(q.Context(), ws, websocket.MessageText))
	})
	plain, secure := httptest.NewServer(web), httptest.NewTLSServer(web)
	defer plain.Close()
	defer secure.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(secure.Certificate())
	l, err := tls.Listen("tcp", "127.0.0.1:0", secure.TLS.Clone())
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Add(1)
			go func() {
				defer running.Done()
				b.serve(c)
			}()
		}
	}()
	for _, row := range []struct {
		url, skipped string
		trust        bool
	}{
		{"tls://" + l.Addr().String(), "websocket/", true},
		{"ws://" + strings.TrimPrefix(plain.URL, "http://") + "/ws", "", false},
		{"wss://" + strings.TrimPrefix(secure.URL, "https://") + "/ws", "", true},
	} {
		s := testSettings(row.url)
		if row.trust {
			s.TLS = &tls.Config{RootCAs: trusted}
		}
		some := regexp.MustCompile(`^(receipts/|handshake/connect|websocket/(text|fragments|frame|two|heart|ping|closing|subprotocol-[oc]))`)
		s.Select = func(p *Probe) bool { return some.MatchString(p.ID) }
		r, err := NewRun(s)
		if err != nil {
			t.Fatal(err)
		}
		results, err := r.Do()
		if err != nil {
			t.Errorf("%s: %v", row.url, err)
			continue
		}
		for _, x := range results {
			if skipped := row.skipped != "" && strings.HasPrefix(x.ID, row.skipped); !x.Pass() && !skipped {
				t.Errorf("%s: %s: %v", row.url, x.ID, x.Outcome)
			}
		}
	}
	l.Close()
	b.mu.Lock()
	for c := range b.clients {
		c.conn.Close()
	}
	b.mu.Unlock()
	running.Wait()
}
