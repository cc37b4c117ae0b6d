package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/conform"
)

const conformHelp = `
Tests whether a live broker follows the specifications of STOMP 1.0, 1.1 and 1.2.
URL is tcp://host:port, tls://host:port, ws://host:port/path or wss://...; without
a scheme it is TCP. The defaults fit RabbitMQ and ActiveMQ.

  stomp conform localhost:61613               test a broker
  stomp conform -run '^acks/' localhost       test one area
  stomp conform -run '^acks/settles-1.2$' URL run one probe, and show all bytes
  stomp conform -list                         list the probes
  stomp conform -o expect URL >known.txt      list the known differences, and then
  stomp conform -expect known.txt URL         fail only when something changes

With -listen it tests a client. It is then the server, and tells a driver, a small
program around the client library, what to do next.

Each probe tests one sentence of the specifications. A MUST or SHOULD has a set of
outcomes that pass. A choice always passes, and the report shows the outcome. The
exit code is 0 if every MUST passes, or fails as -expect says; 1 if one does not;
and 2 if the call is bad or the server cannot be tested at all.

The run uses its own queues and topics, whose names begin with the prefix, then
"conform-", and empties the queues afterwards. It also sends hostile bytes: do not
run it against a server that others need.

docs/conform.md describes the outcomes and the file of -expect, and has the
results of well-known brokers.
`

func conformCommand() *command {
	return &command{
		name:    "conform",
		args:    "[flags] URL",
		more:    "stomp conform [flags] -listen ADDRESS -- DRIVER [ARG...]",
		summary: "test whether a live broker or client follows the rules",
		help:    conformHelp,
		flags: func(fs *flag.FlagSet) func(e *env, args []string) error {
			c := &conforming{form: "text"}
			c.declare(fs)
			return c.run
		},
	}
}

// conforming is a call of conform.
type conforming struct {
	conform.Settings
	form     string
	list     bool
	bytes    bool
	strict   bool
	quiet    bool
	only     *regexp.Regexp
	skip     *regexp.Regexp
	expect   string
	listen   string
	insecure bool
	ca       string
}

func (c *conforming) declare(fs *flag.FlagSet) {
	var presets []string
	for _, p := range conform.Presets() {
		presets = append(presets, p.Name)
	}
	fs.StringVar(&c.Preset, "preset", "", "what a known broker needs, a `name`: "+strings.Join(presets, " or ")+"; the default is the one that fits the server's name")
	fs.StringVar(&c.Login, "login", "", "the `login`, also part of the URL; the default is none, or guest with passcode guest when the server refuses that")
	fs.StringVar(&c.Passcode, "passcode", "", "the `passcode`, also part of the URL")
	fs.StringVar(&c.Host, "host", "", "the `host` header of CONNECT; the default is the host of the URL, or / when the server refuses that")
	fs.StringVar(&c.Queue, "queue", "/queue/", "the `prefix` of destinations whose messages wait for a subscriber")
	fs.StringVar(&c.Topic, "topic", "/topic/", "the `prefix` of destinations whose messages go to all subscribers")
	fs.Func("queue-header", "a header that goes with each queue, `name:value` as on the wire, repeatable", func(s string) error {
		if !strings.Contains(s, ":") || strings.ContainsAny(s, "\r\n\x00") {
			return errors.New("want name:value")
		}
		c.QueueHeaders = append(c.QueueHeaders, s)
		return nil
	})
	pattern := func(to **regexp.Regexp) func(string) error {
		return func(s string) (err error) {
			*to, err = regexp.Compile(s)
			return err
		}
	}
	fs.Func("run", "run only probes whose ID matches the `pattern`", pattern(&c.only))
	fs.Func("skip", "leave out probes whose ID matches the `pattern`", pattern(&c.skip))
	fs.StringVar(&c.expect, "expect", "", "a `file` of known differences: on each line the ID of a probe, the outcome and the reason")
	fs.StringVar(&c.listen, "listen", "", "test a client: be its server, on an `address` such as 127.0.0.1:0, or ws://127.0.0.1:0/ws")
	fs.BoolVar(&c.list, "list", false, "list the probes and run none")
	fs.BoolVar(&c.bytes, "v", false, "show the bytes of every probe; a probe that is run alone shows them anyway")
	fs.BoolVar(&c.strict, "strict", false, "also fail if a SHOULD fails")
	fs.BoolVar(&c.quiet, "q", false, "print only errors on standard error")
	fs.Func("o", "output `format`: text, json, junit or expect; default text", func(s string) error {
		switch s {
		case "text", "json", "junit", "expect":
			c.form = s
			return nil
		}
		return errors.New("want text, json, junit or expect")
	})
	duration := func(name string, to *time.Duration, fallback time.Duration, usage string) {
		fs.Func(name, fmt.Sprintf("%s, a `duration`, default %v", usage, fallback), func(s string) error {
			d, err := time.ParseDuration(s)
			if err != nil || d <= 0 {
				return errors.New("want a duration, such as 500ms")
			}
			*to = d
			return nil
		})
	}
	duration("beat", &c.Beat, 500*time.Millisecond, "the interval of heart-beats to ask for")
	duration("margin", &c.Margin, 250*time.Millisecond, "the least time to wait for what should not come, or ten times the latency if that is more")
	duration("patience", &c.Patience, 3*time.Second, "the least time to wait for what should come")
	duration("closing", &c.Closing, time.Second, "the least time that the server may take to close a connection")
	duration("return", &c.Return, 10*time.Second, "how long to wait for a server that is gone to come back")
	fs.BoolVar(&c.insecure, "insecure", false, "do not check the server's certificate")
	fs.StringVar(&c.ca, "ca", "", "a `file` with the certificates to trust, PEM")
}

func (c *conforming) run(e *env, args []string) error {
	probes := conform.Probes()
	if c.listen != "" {
		probes = conform.Cases()
	}
	if c.list {
		if len(args) > 0 {
			return callError("-list takes no arguments")
		}
		return e.print(c.listed(probes))
	}
	if len(args) != 1 && c.listen == "" {
		return callError("one URL, such as tcp://localhost:61613")
	}
	var expected conform.Expectations
	if c.expect != "" {
		f, err := os.Open(c.expect)
		if err != nil {
			return callError(err.Error())
		}
		defer f.Close()
		ids := map[string]bool{}
		for _, p := range probes {
			ids[p.ID] = true
		}
		if expected, err = conform.ReadExpectations(f, func(id string) bool { return ids[id] }); err != nil {
			return callError(c.expect + ": " + err.Error())
		}
	}
	var err error
	if c.TLS, err = c.tls(); err != nil {
		return callError(err.Error())
	}
	selected := 0
	for _, p := range probes {
		if c.selects(p) {
			selected++
		}
	}
	if selected == 0 {
		return callError("no probe matches; -list lists them")
	}
	if c.listen != "" {
		return c.runClients(e, args, expected)
	}
	c.URL, c.Select = args[0], c.selects
	begun := e.now()
	r, err := conform.NewRun(c.Settings)
	if err != nil {
		return callError(err.Error())
	}
	done := 0
	if !c.quiet && e.terminal(e.stderr) {
		r.Report = func(x *conform.Result) {
			done++
			fmt.Fprintf(e.stderr, "\r\033[K%d of %d  %s", done, selected, x.ID)
		}
	}
	results, err := r.Do()
	if done > 0 {
		fmt.Fprint(e.stderr, "\r\033[K")
	}
	if err != nil {
		return callError(err.Error())
	}
	report := &conform.Report{
		Peer: r.URL(), Name: r.Server, Versions: r.Versions().String(), Notes: r.Notes, Results: results, Expected: expected,
		Time: e.now().Sub(begun), Strict: c.strict, Bytes: c.bytes || selected == 1,
		Again: "stomp conform -run '^%s$' " + r.URL(),
	}
	return e.conformed(report, c.form)
}

// conformed prints a report in a form.
func (e *env) conformed(report *conform.Report, form string) error {
	var b strings.Builder
	var err error
	switch form {
	case "json":
		err = report.JSON(&b)
	case "junit":
		err = report.JUnit(&b)
	case "expect":
		report.Expect(&b)
	default:
		report.Text(&b)
	}
	if err == nil {
		err = e.print(b.String())
	}
	if err == nil && form != "expect" && !report.OK() {
		return errBroken
	}
	return err
}

func (c *conforming) selects(p *conform.Probe) bool {
	return (c.only == nil || c.only.MatchString(p.ID)) && (c.skip == nil || !c.skip.MatchString(p.ID))
}

// listed returns a line for each probe, and their number.
func (c *conforming) listed(probes []*conform.Probe) string {
	var b strings.Builder
	count := map[conform.Level]int{}
	for _, p := range probes {
		if c.selects(p) {
			count[p.Level]++
			fmt.Fprintf(&b, "%-6s  %-46s  %s (%s)\n", p.Level, p.ID, p.Sentence, p.Section)
		}
	}
	fmt.Fprintf(&b, "%d MUST, %d SHOULD, %d choices\n", count[conform.Must], count[conform.Should], count[conform.Choice])
	return b.String()
}

func (c *conforming) tls() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: c.insecure}
	if c.ca != "" {
		pem, err := os.ReadFile(c.ca)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s has no certificate", c.ca)
		}
	}
	return config, nil
}
