package vectors

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// Decode is a vector of decode.jsonl: an input and what it is read as.
type Decode struct {
	Vector
	Version string   // "1.0", "1.1", "1.2", or "handshake" before one is agreed
	Allow   []string // leniencies
	Limits  *Limits  // nil: the default
	After   []Change // of version or limits, while the input is read
	Chunks  []int    // the sizes in which Input arrives; nil: whole
	Input   *Bytes

	Frames         []Frame  // never nil
	HeartBeats     []int    // in each gap, one more than Frames; nil: all 0
	HeartBeatsUsed []string `json:"heartbeats_used"`
	Error          *DecodeError
}

// Limits are those that are not the default.
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

// A Change of version or limits takes place when so many frames are complete.
type Change struct {
	Frames  int
	Version string
	Limits  *Limits
}

// A Frame is one that the input has.
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

// Options returns the options to read the input with, until a change.
func (v *Decode) Options() parser.Options {
	o, err := v.options()
	if err != nil {
		panic(err) // not a vector of All
	}
	return o
}

func (v *Decode) options() (o parser.Options, err error) {
	if o.Version, err = parseVersion(v.Version); err != nil {
		return o, err
	}
	if o.Allow, err = parseAllow(v.Allow); err != nil {
		return o, err
	}
	o.Limits = v.Limits.Options()
	return o, nil
}

// Pieces returns the input as a decoder gets it: cut into Chunks, or whole.
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

// parseAllow reads names of leniencies.
func parseAllow(names []string) (set parser.Allow, err error) {
	for _, name := range names {
		bit, ok := parser.ParseAllow(name)
		if !ok || name == "all" || set&bit != 0 {
			return 0, fmt.Errorf("leniency %q is unknown, or there twice", name)
		}
		set |= bit
	}
	return set, nil
}

// Options returns the limits as those of a parser.
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
	v, err := parseVersion(c.Version)
	return v, err == nil
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

func (v *Decode) check() error {
	if err := v.Vector.check(); err != nil {
		return err
	}
	if _, err := v.options(); err != nil {
		return err
	}
	if v.Input == nil {
		return errors.New("no input")
	}
	size := 0
	for _, n := range v.Chunks {
		if n < 1 {
			return errors.New("an empty chunk")
		}
		size += n
	}
	if v.Chunks != nil && size != len(*v.Input) {
		return fmt.Errorf("%d bytes in the chunks, %d in the input", size, len(*v.Input))
	}
	last := 0
	for i := range v.After {
		c := &v.After[i]
		if _, ok := c.NewVersion(); !ok && c.Version != "" {
			return fmt.Errorf("no version %q", c.Version)
		}
		if c.Frames <= last || c.Version == "" && c.Limits == nil {
			return errors.New("a change is out of order, or none")
		}
		last = c.Frames
	}
	return v.checkExpectation()
}

// checkExpectation checks that what is expected can be: frames one after the
// other inside the input, an error behind them.
func (v *Decode) checkExpectation() error {
	if v.Frames == nil {
		return errors.New("no frames expected, and not said so")
	}
	if v.HeartBeats != nil && len(v.HeartBeats) != len(v.Frames)+1 {
		return fmt.Errorf("%d gaps with heart-beats, %d frames", len(v.HeartBeats), len(v.Frames))
	}
	if _, err := parseAllow(v.HeartBeatsUsed); err != nil {
		return err
	}
	size := int64(len(*v.Input))
	end := int64(0)
	for _, f := range v.Frames {
		if _, err := parseAllow(f.Used); err != nil {
			return err
		}
		if f.Offset < end || f.Size < 4 || f.Offset+f.Size > size || f.Command == "" || f.Headers == nil {
			return fmt.Errorf("no frame at %d", f.Offset)
		}
		end = f.Offset + f.Size
	}
	e := v.Error
	if e == nil {
		return nil
	}
	kind, ok := errorKind(e.Kind)
	if !ok {
		return fmt.Errorf("no kind of error %q", e.Kind)
	}
	if e.Frame < end || e.Offset < e.Frame || e.Offset > size || e.Offset == size && kind != parser.UnexpectedEOF {
		return fmt.Errorf("no error at %d in the frame at %d", e.Offset, e.Frame)
	}
	if kind.IsLimit() != (e.Limit != nil) {
		return errors.New("a limit in an error of another kind, or none in one of a limit")
	}
	return nil
}
