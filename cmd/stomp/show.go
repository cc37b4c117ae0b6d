package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A show prints the conversations of a capture as "stomp decode" does: the
// frames of both sides as they come.
type show struct {
	d     *decoding
	e     *env
	out   *bufio.Writer
	color text.Palette
	bad   bool // something could not be read
}

// shown is a conversation that is being printed.
type shown struct {
	talk   *talk
	last   time.Duration
	counts [2]*counter
}

// A counter counts what passes.
type counter struct {
	sink
	frames, beats int64
}

func (c *counter) end(offset int64, used parser.Allow) {
	c.frames++
	c.sink.end(offset, used)
}

func (c *counter) gapEnd(g gap) {
	c.beats += g.beats
	c.sink.gapEnd(g)
}

func (s *show) Open(conn *capture.Conn) error {
	sh := new(shown)
	var sinks [2]sink
	for i := range sinks {
		from := validate.Role(i)
		if len(s.d.choice.sides) > 0 && !slices.Contains(s.d.choice.sides, from) {
			sinks[i] = nothing{}
		} else {
			inner := newBlock(func(w *bufio.Writer) sink { return s.d.sink(s.e, w) }, func(b []byte) { s.print(sh, from, b) })
			now := func() time.Duration { return sh.talk.sides[from].at }
			sinks[i] = s.d.choice.choose(inner, conn, now)
		}
		sh.counts[i] = &counter{sink: sinks[i]}
		sinks[i] = sh.counts[i]
	}
	sh.talk = newTalk(conn, s.d.readFlags, s.d.resync, sinks, func(from validate.Role, err error) { s.trouble(conn, from, err) })
	conn.User = sh
	if s.d.form == "json" {
		s.describe(conn)
		return s.written()
	}
	what := conn.String()
	if !conn.Began.IsZero() {
		what += conn.Began.Local().Format(", 2006-01-02 15:04:05.000000")
	}
	if conn.Middle {
		what += ", the beginning is not in the capture"
	}
	s.say(conn, what)
	return s.written()
}

func (s *show) Data(conn *capture.Conn, from validate.Role, at time.Time, b []byte) error {
	sh := conn.User.(*shown)
	if err := sh.talk.data(from, at, b); err != nil {
		s.trouble(conn, from, err)
	}
	return s.written()
}

func (s *show) Lost(conn *capture.Conn, from validate.Role, at time.Time, n int, why string) error {
	sh := conn.User.(*shown)
	if err := sh.talk.lost(from, at, n, why); err != nil {
		s.trouble(conn, from, err)
	}
	return s.written()
}

func (s *show) Say(conn *capture.Conn, from validate.Role, at time.Time, what string) error {
	since := at.Sub(conn.Began)
	if s.d.form == "json" {
		sh := conn.User.(*shown)
		sh.talk.sides[from].at = since
		quoted, _ := json.Marshal(what) // a string has no error
		fmt.Fprintf(s.out, "%s\"note\":%s}\n", s.prefix(sh, from), quoted)
		return s.written()
	}
	s.say(conn, fmt.Sprintf("%s %.3f %s", from, since.Seconds(), what))
	return s.written()
}

func (s *show) Closed(conn *capture.Conn, at time.Time) error {
	sh := conn.User.(*shown)
	sh.talk.finish(func(from validate.Role, err error) { s.trouble(conn, from, err) })
	if s.d.form != "json" {
		b := fmt.Sprintf("ends after %.3f s", at.Sub(conn.Began).Seconds())
		switch {
		case !conn.Ended:
			b = fmt.Sprintf("open after %.3f s, where the capture ends", at.Sub(conn.Began).Seconds())
		case conn.Reset != "":
			b += ", reset by the " + conn.Reset
		}
		for i, c := range sh.counts {
			b += fmt.Sprintf("%s%s %s, %s", [...]string{": ", "; "}[i], validate.Role(i), plural(c.frames, "frame"), plural(c.beats, "heart-beat"))
		}
		s.say(conn, b)
	}
	conn.User = nil
	return s.written()
}

// Note tells something on standard error.
func (s *show) Note(note string) {
	if !s.d.quiet {
		fmt.Fprintf(s.e.stderr, "stomp decode: %s\n", note)
	}
}

// trouble tells that something could not be read.
func (s *show) trouble(conn *capture.Conn, from validate.Role, err error) {
	s.bad = true
	s.out.Flush() // the error goes after what came before it; an error of writing stays
	fmt.Fprintf(s.e.stderr, "stomp decode: %s\n", located(conn, from, err))
	if _, ok := err.(*lossError); ok && s.d.form == "json" {
		message, _ := json.Marshal(err.Error()) // a string has no error
		sh := conn.User.(*shown)
		fmt.Fprintf(s.out, "%s\"error\":\"lost\",\"message\":%s}\n", s.prefix(sh, from), message)
	}
}

// located says where in a capture an error is.
func located(conn *capture.Conn, from validate.Role, err error) string {
	where := fmt.Sprintf("#%d %s", conn.Number, from)
	if _, ok := err.(*lossError); !ok && conn.Packet > 0 { // which names the packet itself
		where += fmt.Sprintf(", packet %d", conn.Packet)
	}
	return where + ": " + strings.TrimPrefix(err.Error(), "stomp: ")
}

// say prints a line of text about a connection.
func (s *show) say(conn *capture.Conn, what string) {
	b := text.AppendPainted(nil, s.color.Mark, fmt.Sprintf("#%d", conn.Number))
	b = append(b, ' ')
	b = append(text.AppendVisible(b, []byte(what), ""), '\n')
	s.out.Write(b)
}

// describe prints the line of JSON with which a connection begins.
func (s *show) describe(conn *capture.Conn) {
	line, _ := json.Marshal(struct { // there is no error
		Connection int       `json:"connection"`
		Time       time.Time `json:"time,omitzero"`
		Client     string    `json:"client"`
		Server     string    `json:"server"`
		Over       string    `json:"over"`
		Middle     bool      `json:"middle,omitempty"`
	}{conn.Number, conn.Began.UTC(), conn.Client, conn.Server, conn.Over, conn.Middle})
	s.out.Write(append(line, '\n'))
}

// prefix begins a line of JSON.
func (s *show) prefix(sh *shown, from validate.Role) []byte {
	at := sh.talk.sides[from].at
	b := append([]byte{'{'}, numbers(sh.talk.conn)...)
	if began := sh.talk.conn.Began; !began.IsZero() {
		b = fmt.Appendf(b, `"time":%q,`, began.Add(at).UTC().Format(time.RFC3339Nano))
	}
	return fmt.Appendf(b, `"ms":%.3f,"from":%q,`, float64(at)/float64(time.Millisecond), from.String())
}

// numbers begins a line of JSON with the number of a connection, and that of the
// last packet where there are packets.
func numbers(conn *capture.Conn) string {
	s := fmt.Sprintf(`"connection":%d,`, conn.Number)
	if conn.Packet > 0 {
		s += fmt.Sprintf(`"packet":%d,`, conn.Packet)
	}
	return s
}

// print prints what is complete of a side.
func (s *show) print(sh *shown, from validate.Role, block []byte) {
	if s.d.form == "json" {
		s.out.Write(append(s.prefix(sh, from), block[1:]...))
		return
	}
	at := sh.talk.sides[from].at
	line := fmt.Sprintf("#%d %s %.3f", sh.talk.conn.Number, from, at.Seconds())
	if gap := at - sh.last; gap >= time.Millisecond {
		line += fmt.Sprintf(" +%.3f", gap.Seconds())
	}
	sh.last = at
	b := text.AppendPainted(nil, s.color.Mark, line)
	s.out.Write(append(b, '\n'))
	s.out.Write(block)
}

// written returns the error of writing, if there was one.
func (s *show) written() error { return flush(s.out, false) }

// nothing is a sink that prints nothing.
type nothing struct{}

func (nothing) eol(int64, []byte, parser.Allow)         {}
func (nothing) gap(int64, []byte)                       {}
func (nothing) gapEnd(gap)                              {}
func (nothing) head(int64, frame.Version, parser.Event) {}
func (nothing) body(int64, []byte)                      {}
func (nothing) end(int64, parser.Allow)                 {}
func (nothing) skipped(int64, int64, int64)             {}
func (nothing) fail(*parser.Error, int64, []byte)       {}
