package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/jsonl"
)

const encodeHelp = `
Makes a stream of frames from JSON lines, as "stomp decode -o json" prints them:

  {"command":"SEND","headers":[["destination","/queue/a"]],"body":"hello"}
  {"eol":true}
  {"heartbeats":2}

eol and heartbeats stand for line endings. nuls, the number of NULs between
frames, is left out of the stream, because the specification does not allow them.

Headers may also be an object, {"destination":"/queue/a","priority":4}. Headers
and body are optional. Anything that is not UTF-8 is in base64: under the keys
command_base64 and body_base64, and in headers as {"base64":"..."}. Keys that say
where a frame came from, such as offset, size and time, are ignored. Other keys
are refused, and so are a line that reports an error, and lines from both sides
of a capture. Empty lines are skipped. Each line is held in memory.

If a line cannot be sent, encode reports it on standard error, with its number,
and stops. The lines before it are written, and nothing of that line.

With -version auto, the version is found as "stomp decode" finds it, so that
decode, encode and decode again give the same frames.

-length auto keeps the content-length that a frame has, and adds one only to a
body with a NUL, which needs it. -length always adds one to every body. -length
never writes none, and refuses a body with a NUL.
`

func encodeCommand() *command {
	return &command{
		name:    "encode",
		args:    "[flags] [FILE]",
		summary: "make a stream from JSON lines",
		help:    encodeHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			c := &encoding{length: "auto"}
			declareVersion(fs, &c.version)
			fs.Func("length", "when to write content-length: `policy` auto, always or never; default auto", c.setLength)
			fs.BoolVar(&c.options.CRLF, "crlf", false, "end the lines of heads with CR LF, once the version is known to be 1.2")
			fs.BoolVar(&c.options.UnknownCommand, "unknown-command", false, "accept commands outside the specifications")
			declareQuiet(fs, &c.quiet)
			return c.run
		},
	}
}

// encoding is a call of encode.
type encoding struct {
	version versionFlag
	length  string
	options encoder.Options
	quiet   bool
	origin  string // of the lines, where they say
}

func (c *encoding) setLength(s string) error {
	switch s {
	case "auto", "always", "never":
		c.length = s
		return nil
	}
	return errors.New("want auto, always or never")
}

// optionsFor returns the options for a frame.
func (c *encoding) optionsFor(f *frame.Frame) encoder.Options {
	o := c.options
	_, has := f.Headers.Get(headers.ContentLength)
	if c.length == "never" || c.length == "auto" && !has && bytes.IndexByte(f.Body, 0) < 0 {
		o.Length = encoder.LengthNever
	}
	return o
}

func (c *encoding) run(e *env, args []string) error {
	in, err := e.open(args)
	if err != nil {
		return err
	}
	defer in.close()
	stop := e.watch(in, c.quiet, false)
	defer stop()

	out := bufio.NewWriterSize(e.stdout, readSize)
	ses := newSession(c.version, e.teller("encode: written", c.quiet))
	return finish(out, c.lines(in, out, ses))
}

// lines encodes line by line.
func (c *encoding) lines(in *input, out *bufio.Writer, ses *session) error {
	r := bufio.NewReaderSize(in, readSize)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return in.errorf("%w", err)
		}
		ended := err == io.EOF
		if len(bytes.TrimSpace(line)) > 0 {
			if err := c.line(line, out, ses); err != nil {
				return in.errorf("line %d: %s", n, strings.TrimPrefix(err.Error(), "stomp: "))
			}
		}
		if err := flush(out, r.Buffered() == 0); err != nil || ended {
			return err
		}
	}
}

// line encodes one line. What it writes is a whole frame or nothing.
func (c *encoding) line(line []byte, out *bufio.Writer, ses *session) error {
	l, err := jsonl.Parse(line)
	if err != nil {
		return err
	}
	switch {
	case l.Origin == "":
	case c.origin == "":
		c.origin = l.Origin
	case c.origin != l.Origin:
		return errors.New("this is of " + l.Origin + ", what came before of " + c.origin + "; decode with -connection N -from SIDE")
	}
	if l.Frame == nil {
		endLines(out, l.EOLs)
		return nil
	}
	f := l.Frame
	if ses.open() && !f.Command.Handshake() {
		ses.join()
	}
	data, err := encoder.AppendFrame(nil, f, ses.version, c.optionsFor(f))
	if err != nil {
		return err
	}
	ses.learn(f.Command, f)
	out.Write(data) // an error stays with the writer
	return nil
}

// endLines writes count ends of line. An error of writing stays with the writer.
func endLines(out *bufio.Writer, count int64) {
	for ; count > 0; count-- {
		if out.WriteByte('\n') != nil {
			return
		}
	}
}
