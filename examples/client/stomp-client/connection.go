package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// connection has the flags about the connection.
type connection struct {
	client.Options
	urls      []string
	ca        string
	passcode  func() (string, error)
	reconnect bool
}

func declareConnection(fs *flag.FlagSet) *connection {
	c := new(connection)
	fs.BoolVar(&c.reconnect, "reconnect", false, "connect again when the connection is lost; loss and return are logged")
	command.List(fs, &c.urls, "url", "`URL` of the broker: tcp://, tls://, ws:// or wss://, by default tcp://; repeatable, they are tried in turn (default tcp://127.0.0.1:61613)")
	c.passcode = command.Passcode(fs, &c.Login, "")
	fs.StringVar(&c.Host, "host", "", "virtual `host`, by default the host of the URL; RabbitMQ's is usually /")
	fs.Var(headerFlag{&c.Headers}, "connect-header", "a header of CONNECT, `name:value`, such as client-id:x; may be repeated")
	fs.StringVar(&c.ca, "ca", "", "`file` with certificates to trust, in PEM, instead of those of the system")
	fs.BoolVar(&c.Binary, "binary", false, "send only binary WebSocket messages")
	fs.DurationVar(&c.ConnectTimeout, "broker-timeout", 10*time.Second, "longest `time` to connect to the broker and get its answer; for DISCONNECT too")
	command.Limits(fs, &c.Limits, "", "", command.DefaultLimits)
	return c
}

// complete fills in what depends on several flags, and reads the files.
func (c *connection) complete(stderr io.Writer) (err error) {
	if c.reconnect {
		c.Reconnect = new(client.Backoff)
		c.Logger = slog.New(slog.NewTextHandler(stderr, nil))
	}
	if len(c.urls) == 0 {
		c.urls = []string{"tcp://127.0.0.1:61613"}
	}
	c.Alternatives = c.urls[1:]
	if c.Passcode, err = c.passcode(); err != nil {
		return callError(err.Error())
	}
	if c.ca == "" {
		return nil
	}
	pem, err := os.ReadFile(c.ca)
	if err != nil {
		return callError(err.Error())
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return callError(c.ca + " has no certificate")
	}
	c.TLS = &tls.Config{RootCAs: roots}
	return nil
}

// explain returns the text of an error, with flags in place of the options of
// package client, and with the flag that is likely to help.
func (c *connection) explain(err error) string {
	text := strings.TrimPrefix(err.Error(), "stomp client: ")
	var own *client.HeaderError
	if errors.As(err, &own) {
		return fmt.Sprintf("header %s of %s cannot be given with a flag for headers; %s", own.Name, own.Command, cmp.Or(ownFlags[own.Name], "the command sets it"))
	}
	var limit *parser.Error
	if errors.As(err, &limit) {
		text = strings.ReplaceAll(text, "Options.Limits", limitFlags[limit.Kind])
	}
	var refusal *client.ServerError
	if errors.As(err, &refusal) && refusal.Connecting {
		text += "\n" + c.advice(strings.ToLower(refusal.Message+" "+refusal.Detail))
	}
	return text
}

// advice names flags that may help after an ERROR in answer to CONNECT.
func (c *connection) advice(reason string) string {
	const rabbit = "check -host; RabbitMQ's virtual host is usually -host /"
	about := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(reason, w) {
				return true
			}
		}
		return false
	}
	switch {
	case about("host"):
		return rabbit
	case about("user", "login", "passcode", "password", "credential", "auth", "access refused"):
		return "check -login and the passcode"
	case c.Host == "":
		return "check -login and the passcode, and " + rabbit
	}
	return "check -login, the passcode and -host"
}

// ownFlags says for headers that the client writes what sets them.
var ownFlags = map[string]string{
	headers.AcceptVersion: "it has all versions",
	headers.Host:          "use -host",
	headers.HeartBeat:     "it is 10000,10000",
	headers.Login:         "use -login",
	headers.Passcode:      "use -passcode-file",
	headers.Destination:   "it is the argument DESTINATION",
	headers.ID:            "use sub -id",
	headers.Ack:           "use sub -ack",
	headers.Receipt:       "use pub -receipt",
	headers.ContentLength: "use pub -no-content-length to have none",
}

// limitFlags says which flag raises a limit.
var limitFlags = map[parser.ErrorKind]string{
	parser.LineTooLong:    "-max-line",
	parser.TooManyHeaders: "-max-headers",
	parser.HeadTooLarge:   "-max-head",
	parser.BodyTooLarge:   "-max-body",
}

// headerFlag is the value of a flag name:value. Given again, it adds a header.
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
	fs.Var(headerFlag{list}, "H", "a header, `name:value`; may be repeated")
}
