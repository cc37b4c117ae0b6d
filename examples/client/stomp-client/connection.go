package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"os"
	"strings"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/headers"
)

// connection has the flags about the connection.
type connection struct {
	url       string
	login     string
	passcode  string
	host      string
	ca        string
	binary    bool
	timeout   time.Duration
	reconnect bool
	getenv    func(string) string
}

func declareConnection(fs *flag.FlagSet, getenv func(string) string) *connection {
	c := &connection{getenv: getenv}
	fs.StringVar(&c.url, "url", "tcp://127.0.0.1:61613", "`URL` of the broker: tcp://, tls://, ws:// or wss://")
	fs.StringVar(&c.login, "login", "", "`user` to log in as")
	fs.StringVar(&c.passcode, "passcode", "", "`password` of the user; others on this machine can see it, the environment variable STOMP_PASSCODE they cannot")
	fs.StringVar(&c.host, "host", "", "virtual `host`; default the host of the URL")
	fs.StringVar(&c.ca, "ca", "", "`FILE` with certificates to believe, in PEM, in place of those of the system")
	fs.BoolVar(&c.binary, "binary", false, "send binary WebSocket messages alone")
	fs.DurationVar(&c.timeout, "timeout", 10*time.Second, "how long to wait for the broker when connecting and leaving")
	return c
}

func (c *connection) options() (client.Options, error) {
	o := client.Options{Login: c.login, Passcode: c.passcode, Host: c.host, Binary: c.binary, ConnectTimeout: c.timeout}
	if o.Passcode == "" {
		o.Passcode = c.getenv("STOMP_PASSCODE")
	}
	if c.reconnect {
		o.Reconnect = new(client.Backoff)
	}
	if c.ca == "" {
		return o, nil
	}
	pem, err := os.ReadFile(c.ca)
	if err != nil {
		return o, callError(err.Error())
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return o, callError(c.ca + " has no certificate")
	}
	o.TLS = &tls.Config{RootCAs: roots}
	return o, nil
}

// headerFlag is the value of -H, name:value. Given again, it adds one.
type headerFlag struct{ list *headers.List }

func (h headerFlag) String() string { return "" }

func (h headerFlag) Set(s string) error {
	name, value, ok := strings.Cut(s, ":")
	if !ok || name == "" {
		return errors.New("want name:value")
	}
	h.list.Add(name, value)
	return nil
}

func declareHeaders(fs *flag.FlagSet, list *headers.List) {
	fs.Var(headerFlag{list}, "H", "a header, `name:value`; may be given more than once")
}

// destination returns the arguments, of which the first is one.
func destination(args []string, most int) ([]string, error) {
	switch {
	case len(args) == 0 || args[0] == "":
		return nil, callError("no DESTINATION")
	case len(args) > most:
		return nil, callError("too many arguments; flags stand before DESTINATION")
	}
	return args, nil
}
