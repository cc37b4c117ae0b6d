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
Shows the frames of a stream, or of all STOMP conversations in a capture. The
content of FILE says what it is:

  - a pcap or pcapng file, as tcpdump and Wireshark write them. STOMP is found on
    any port, over TCP and in WebSockets, with compression or SockJS
  - a HAR file with WebSocket messages, as Chrome's developer tools export it
  - a directory that tap recorded, or one with several of them
  - anything else: a stream, the bytes that one side of a connection sent
  - any of these files compressed with gzip

Examples:

  stomp decode capture.pcap
  stomp decode capture.pcap -command SEND,MESSAGE -destination '/queue/*'
  tcpdump -i any -s 0 -U -w - port 61613 | stomp decode
  stomp decode -q -o json page.har | jq 'select(.command == "ERROR")'

In a capture, frames are in the order in which they were complete. Above each
stand the number of its connection, its side, the seconds since the connection
began, and how long nothing was shown before it.

An error is reported on standard error, after everything that came before it,
with the flag that reads on, if there is one. Nothing more of that side is read,
unless -resync is given. Then decode looks for the next frame: a known command on
a line of its own, behind a NUL.

With -version auto the stream says how it is to be read: CONNECTED has the
version (none is 1.0); CONNECT and STOMP have those that the client speaks, of
which the highest is taken (none is 1.0). A stream that begins with another
command, the middle of a session, is read as 1.2. An ERROR that begins it is
literal. Of one stream the version that was found is reported on standard error.

The end of line directly after a frame belongs to the frame. All others between
frames are heart-beats.

-o text is for people. Left of the margin are offsets in what the side sent,
right of it what is in the stream. A NUL is ^@, other control characters are ^A
to ^_, characters that cannot be shown are like <U+202E>, bytes that are not
UTF-8 like <FF>. Passwords and other secrets are ***, unless -secrets is given.
Bodies that are not text are shown in hex. -pretty indents those that are JSON.
Long bodies are cut, unless -full is given. Of a frame with an error, the lines
before it are shown. The output has color on a terminal, unless NO_COLOR is set.

-o json is one object a line: a frame, the end of line that belongs to it, a run
of heart-beats, or an error. In a capture, each has "connection", "time", "ms"
since the connection began, and "from"; a connection has a line of its own where
it begins. Nothing is left out: passwords are shown. A frame is held in memory
until it is complete. "stomp encode" makes a stream of the lines again; for a
capture, give -connection N -from SIDE.

-o hex is all bytes, and what each range of them is. Those of secrets are **,
unless -secrets is given.

-command, -destination and the flags like them choose frames. Of several values
of one flag, any will do; different flags must all match. In a pattern, * stands
for anything.

Text and hex need memory for two heads of each connection in progress, however
long the input is. The -max flags bound what one frame may have; 0 means none at
all.
`

func decodeCommand() *command {
	return &command{
		name:    "decode",
		args:    "[flags] [FILE]",
		summary: "show the frames of a stream or capture",
		help:    decodeHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			d := &decoding{readFlags: declareReadFlags(fs), form: "text"}
			fs.Func("o", "print `form` text, the default, json or hex", d.setForm)
			fs.BoolVar(&d.resync, "resync", false, "after an error, or where the stream begins inside a frame, go on with what looks like the next frame")
			d.choice.declareFrames(fs)
			d.choice.declareConnections(fs)
			declareColor(fs, &d.color)
			fs.BoolVar(&d.pretty, "pretty", false, "indent bodies that are JSON, in text")
			fs.BoolVar(&d.secrets, "secrets", false, "show passwords and other secrets, in text and hex")
			fs.BoolVar(&d.full, "full", false, "show all of long bodies, in text")
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
		return &jsonSink{w: out}
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
	if err := d.choice.want(format); err != nil {
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
	s := &show{d: d, e: e, out: out, colour: e.palette()}
	summary, err := in.conversations(format, &d.choice, s, out)
	if err == nil && s.bad {
		err = errBroken
	}
	if err == nil || err == errBroken {
		e.others(summary, &d.choice, "decode", d.quiet)
	}
	return err
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
