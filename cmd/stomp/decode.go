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
Shows the frames of a stream: what one side of a session sent, byte for byte.
An error in the stream is reported on standard error, after all that came before
it. It names the leniency that would read on, or the flag that raises the limit.

With -version auto the stream says how it is to be read: CONNECTED has the
version (none is 1.0); CONNECT and STOMP have those that the client speaks, of
which the highest is taken (none is 1.0). A stream that begins with another
command, the middle of a session, is read as 1.2. An ERROR that begins it is
literal. The version that was found is reported on standard error.

The end of line directly after a frame belongs to the frame. All others between
frames are heart-beats.

-o text is for people. Offsets stand left of the margin, right of it what is in
the stream. A NUL is ^@, other control characters are ^A to ^_, characters that
cannot be shown are like <U+202E>, bytes that are not UTF-8 like <FF>. Passwords
and other secrets are ***. Long bodies are cut, unless -full is given. Of a
frame with an error the lines before it are shown. The output has color on a
terminal, unless NO_COLOR is set.

-o json is one object a line: a frame, the end of line that belongs to it, a run
of heart-beats, or, in the last line, an error. Nothing is left out, passwords
included. A frame is held in memory until it is complete. "stomp encode" makes a
stream of it again.

-o hex is all bytes, passwords included, and what each range of them is.

However long the stream, text and hex need memory for two heads only. -max-line
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
	s.ahead = in.ahead
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
