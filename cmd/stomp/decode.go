package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

const decodeHelp = `
Shows the frames of a stream, or of all STOMP conversations in a capture. FILE
may be:

  - a pcap or pcapng file, as tcpdump and Wireshark write them. STOMP is found on
    any port, over TCP and in WebSockets, with compression or SockJS, and in
    tunnels such as VXLAN and GRE
  - a HAR file with WebSocket messages, as Chrome's developer tools export it
  - a directory that tap recorded, or one that contains several of them
  - a stream: the bytes that one side of a connection sent
  - any of these files compressed with gzip

The first bytes of the file tell which it is.

Examples:

  stomp decode capture.pcap
  stomp decode capture.pcap -command SEND,MESSAGE -destination '/queue/*'
  tcpdump -i any -s 0 -U -w - port 61613 | stomp decode
  stomp decode -q -o json page.har | jq 'select(.command == "ERROR")'

The frames of a capture are in the order in which they were complete. The line
above each shows the number of its connection, its side, the seconds since the
connection began, and the time since what was shown before it.

An error is reported on standard error, after everything that came before it. If
a flag would accept it, the report names that flag. Nothing more of that side is
read, unless -resync is given. Then decode looks for the next frame: a known
command on a line of its own, after a NUL.

With -version auto, the version is that of CONNECTED, or 1.0 if it names none. A
CONNECT or STOMP means the highest version that it offers, or 1.0 if it names
none. A stream that begins with another command, in the middle of a session, is
read as 1.2. An ERROR at the beginning is read without escapes. For a single
stream, the version that was found is reported on standard error.

The line ending directly after a frame belongs to the frame. All others between
frames are heart-beats.

-o text is for people. The left margin has offsets in what the side sent. A NUL
is shown as ^@, and other control characters as ^A to ^_. Other characters that
cannot be displayed look like <U+202E>, and bytes that are not UTF-8 like <FF>.
Passwords and other secrets are shown as ***, unless -secrets is given. Bodies
that are not text are shown in hex. -pretty indents JSON bodies. Long bodies are
cut, unless -full is given. Of a frame with an error, the lines before the error
are shown. The output has color on a terminal, unless NO_COLOR is set.

-o json prints one object a line: a frame, the line ending that belongs to it, a
run of heart-beats, or an error. In a capture, each has "connection", "packet" as
Wireshark counts, "time", "ms" since the connection began, and "from", and each
connection begins with a line of its own. Nothing is left out: passwords are shown. A frame is held in
memory until it is complete. If the frames in progress hold more than 256 MiB
together, bodies are cut, and "cut" has the number of missing bytes. "stomp
encode" turns the lines into a stream again; for a capture, give -connection N
-from SIDE.

-o hex prints all bytes, and what each range of them is. Secrets are shown as **,
unless -secrets is given.

-command, -destination and similar flags choose frames. If a flag has several
values, one has to match; if several flags are given, all have to match. In a
pattern, * stands for anything.

However long the input is, text and hex hold at most two heads of each open
connection in memory. The -max flags limit the size of a frame; 0 allows nothing.
`

func decodeCommand() *command {
	return &command{
		name:    "decode",
		args:    "[flags] [FILE]",
		summary: "show the frames of a stream or capture",
		help:    decodeHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			d := &decoding{readFlags: declareReadFlags(fs), form: "text"}
			fs.Func("o", "output `format`: text, json or hex; default text", d.setForm)
			fs.BoolVar(&d.resync, "resync", false, "after an error, or if the stream begins inside a frame, continue with what looks like the next frame")
			d.choice.declareFrames(fs)
			d.choice.declareConnections(fs)
			declareColor(fs, &d.color)
			fs.BoolVar(&d.pretty, "pretty", false, "indent JSON bodies, in text")
			fs.BoolVar(&d.secrets, "secrets", false, "show passwords and other secrets, in text and hex")
			fs.BoolVar(&d.full, "full", false, "show long bodies in full, in text")
			return d.run
		},
	}
}

// decoding is a call of decode.
type decoding struct {
	*readFlags
	form    string
	full    bool
	pretty  bool
	secrets bool
	color   colorFlag
	resync  bool
	choice  choice
	bodies  bodies
}

func (d *decoding) setForm(s string) error {
	switch s {
	case "text", "json", "hex":
		d.form = s
		return nil
	}
	return errors.New("want text, json or hex")
}

// sink returns the sink that prints the form.
func (d *decoding) sink(e *env, out *bufio.Writer) sink {
	switch d.form {
	case "json":
		return &jsonSink{w: out, all: &d.bodies}
	case "hex":
		return &hexSink{w: out, allow: parser.Allow(d.allow), secrets: d.secrets}
	}
	p := text.NewPrinter(out, e.palette(), d.full)
	p.Pretty, p.Secrets = d.pretty, d.secrets
	return textSink{p}
}

func (d *decoding) run(e *env, args []string) error {
	e.color = d.color
	in, err := e.openCapture(args)
	if err != nil {
		return err
	}
	defer in.close()
	stop := e.watch(in, d.quiet, false)
	defer stop()

	format, err := in.recognize()
	if err != nil {
		return err
	}
	if err := d.choice.want(format, d.allow); err != nil {
		return err
	}
	out := bufio.NewWriterSize(e.stdout, readSize)
	if format != capture.Raw {
		return finish(out, d.capture(e, in, format, out))
	}
	return finish(out, d.stream(e, in, out))
}

// stream shows the stream of one side.
func (d *decoding) stream(e *env, in *input, out *bufio.Writer) error {
	ses := newSession(d.version, e.teller("decode: read", d.quiet))
	s := newStream(d.options(), ses, d.choice.choose(d.sink(e, out), nil, nil))
	s.ahead = in.ahead
	s.hint = !d.resync
	bad := false
	if d.resync {
		s.resync = func(err error) {
			bad = true
			out.Flush() // the error goes after what came before it
			fmt.Fprintf(e.stderr, "stomp decode: %v\n", in.parseError(err))
		}
	}
	err := in.chunks(d.chunk, func(chunk []byte, live bool) error {
		if err := s.write(chunk); err != nil {
			return in.parseError(err)
		}
		return flush(out, live)
	})
	if err == nil {
		err = in.parseError(s.finish())
	}
	if err == nil && bad {
		err = errBroken
	}
	return err
}

// capture shows the conversations of a capture.
func (d *decoding) capture(e *env, in *input, format capture.Format, out *bufio.Writer) error {
	s := &show{d: d, e: e, out: out, color: e.palette()}
	summary, err := in.conversations(format, &d.choice, s, out)
	if n := d.bodies.cut; n > 0 {
		s.bad = true
		fmt.Fprintf(e.stderr, "stomp decode: %s cut: frames in progress held more than %d bytes; choose fewer with -connection\n", bodiesAre(n), maxBodies)
	}
	if err == nil && s.bad {
		err = errBroken
	}
	if err == nil || err == errBroken {
		e.others(summary, &d.choice, "decode", d.quiet)
	}
	return err
}

func bodiesAre(n int) string {
	if n == 1 {
		return "1 body is"
	}
	return fmt.Sprintf("%d bodies are", n)
}

// teller returns a function that tells the version which a stream was found to
// have.
func (e *env) teller(what string, quiet bool) func(frame.Version, string) {
	return func(v frame.Version, why string) {
		if !quiet {
			fmt.Fprintf(e.stderr, "stomp %s as STOMP %s: %s\n", what, v, why)
		}
	}
}

// parseError gives an error of the parser the name of the input.
func (in *input) parseError(err error) error {
	if err == nil {
		return nil
	}
	return in.errorf("%s", strings.TrimPrefix(err.Error(), "stomp: "))
}
