package vectors

import (
	"encoding/json"
	"fmt"
	"iter"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// Decode is a vector of decode.jsonl: an input, and the frames and the error that it
// is read as.
type Decode struct {
	Vector
	Version string   // "1.0", "1.1", "1.2", or "handshake" before one is agreed
	Allow   []string // leniencies
	Limits  *Limits  // nil: the default
	After   []Change // of version or limits, while the input is read
	Chunks  []int    // the sizes in which Input arrives; nil: whole
	Input   *Bytes   // never nil

	Frames         []Frame  // never nil
	HeartBeats     []int    // in each gap, one more than Frames; nil: all 0
	HeartBeatsUsed []string `json:"heartbeats_used"`
	Error          *DecodeError
}

// Limits are the limits that are not the default.
type Limits struct{ Line, Headers, Head, Body *Limit }

// A Limit is a number, or -1 for the string "unlimited".
type Limit int64

// UnmarshalJSON reads a number that is not negative, or "unlimited".
func (l *Limit) UnmarshalJSON(b []byte) error {
	if string(b) == `"unlimited"` {
		*l = -1
		return nil
	}
	var n int64
	if err := json.Unmarshal(b, &n); err != nil || n < 0 {
		return fmt.Errorf("no limit: %.20s", b)
	}
	*l = Limit(n)
	return nil
}

// A Change sets the version or limits after a number of frames.
type Change struct {
	Frames  int
	Version string
	Limits  *Limits
}

// A Frame is a frame in the input.
type Frame struct {
	Offset, Size int64
	Command      Bytes
	Headers      [][2]Bytes
	Body         Bytes
	Used         []string // leniencies
	Refused      string   // token of the error with which an encoder refuses it
}

// A DecodeError is where and why reading ended.
type DecodeError struct {
	Kind          string
	Offset, Frame int64
	Limit         *Limit
	Command       string
	Header        Bytes // as it is on the wire
}

// Strict returns an iterator over the vectors of class [Must] for a decoder that
// knows version v from the start, and has default limits and no leniency.
func Strict(v frame.Version) iter.Seq[*Decode] {
	return func(yield func(*Decode) bool) {
		for d := range All[Decode]() {
			plain := d.Allow == nil && d.Limits == nil && d.After == nil
			if d.Class == Must && d.Version == v.String() && plain && !yield(d) {
				return
			}
		}
	}
}

// Options returns the options to read the input with, until a change.
func (v *Decode) Options() parser.Options {
	o := parser.Options{Version: parseVersion(v.Version), Limits: v.Limits.Options()}
	for _, name := range v.Allow {
		bit, ok := parser.ParseAllow(name)
		if !ok {
			panic("vectors: no leniency " + name)
		}
		o.Allow |= bit
	}
	return o
}

// Pieces returns the input as a decoder gets it, cut into Chunks or whole.
func (v *Decode) Pieces() (pieces [][]byte) {
	input := []byte(*v.Input)
	for _, n := range v.Chunks {
		pieces = append(pieces, input[:n:n])
		input = input[n:]
	}
	if v.Chunks == nil {
		return [][]byte{input}
	}
	return pieces
}

// Options returns the limits for a parser.
func (l *Limits) Options() (o parser.Limits) {
	if l == nil {
		return o
	}
	option := func(l *Limit) int64 {
		switch {
		case l == nil:
			return 0
		case *l < 0:
			return parser.Unlimited
		case *l == 0:
			return parser.None
		}
		return int64(*l)
	}
	return parser.Limits{
		HeaderLine: int(option(l.Line)),
		Headers:    int(option(l.Headers)),
		Head:       int(option(l.Head)),
		Body:       option(l.Body),
	}
}

// NewVersion returns the version that the change sets, and whether it sets
// one.
func (c *Change) NewVersion() (v frame.Version, ok bool) {
	if c.Version == "" {
		return 0, false
	}
	return parseVersion(c.Version), true
}

// errorKind returns the kind of a token.
func errorKind(token string) (parser.ErrorKind, bool) {
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		if k.Token() == token {
			return k, true
		}
	}
	return 0, false
}
