package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

const decodeHelp = `
Shows the frames of a stream: what one side of a session sent, octet for octet.
An error in the stream is told on standard error, after all that came before it.

With -version auto the stream says how it is to be read: CONNECTED has the
version (none is 1.0); CONNECT and STOMP have those that the client speaks, of
which the highest is taken (none is 1.0). A stream that begins with another
command, the middle of a session, is read as 1.2. An ERROR that begins it is
literal. What was found is told on standard error.

-o text is for people. Left of the margin stand offsets, right of it what is in
the stream. A NUL is ^@, other control characters are ^A to ^_, characters that
cannot be shown are like <U+202E>, octets that are no UTF-8 like <FF>. Passwords
and the like are ***. Long bodies are cut, unless -full is given. The output has
colour on a terminal, unless NO_COLOR is set.

-o json is one object a line: a frame, a run of heart-beats, or, in the last
line, an error. Nothing is left out, passwords neither. A frame is held in memory
until it is complete. "stomp encode" makes a stream of it again.

-o hex is all octets, and what each range of them is.

However long the stream, text and hex need memory for one head only. -max-line
and its kind bound what one frame may have; 0 means none at all.
`

func decodeCommand() *command {
	return &command{
		name:    "decode",
		args:    "[flags] [FILE]",
		summary: "show the frames of a stream",
		help:    decodeHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			d := &decoding{readFlags: declareReadFlags(fs), form: "text"}
			fs.Func("o", "print `form` text, the default, json or hex", d.setForm)
			fs.BoolVar(&d.full, "full", false, "show all of long bodies, in text")
			return d.run
		},
	}
}

// decoding is a call of decode.
type decoding struct {
	*readFlags
	form string
	full bool
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
		return &hexSink{w: out, allow: parser.Allow(d.allow)}
	}
	return textSink{text.NewPrinter(out, e.palette(), d.full)}
}

func (d *decoding) run(e *env, args []string) error {
	in, err := e.open(args)
	if err != nil {
		return err
	}
	defer in.close()
	stop := e.watch(in, d.quiet)
	defer stop()

	out := bufio.NewWriterSize(e.stdout, readSize)
	ses := newSession(d.version, e.teller("decode: read", d.quiet))
	s := newStream(d.options(), ses, d.sink(e, out))
	err = in.chunks(d.chunk, func(chunk []byte, live bool) error {
		if err := s.write(chunk); err != nil {
			return in.parseError(err)
		}
		return flush(out, live)
	})
	if err == nil {
		err = in.parseError(s.finish())
	}
	return finish(out, err)
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
