package vectors

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
	"github.com/stompwire/stomp/validate"
)

func TestNegotiate(t *testing.T) {
	for v := range All[Negotiate]() {
		t.Run(v.ID, func(t *testing.T) {
			map[string]func(*testing.T, *Negotiate){
				"accept-version":    acceptVersion,
				"agree":             agree,
				"connected-version": connectedVersion,
				"heart-beat":        heartBeat,
				"heart-beat-agree":  heartBeatAgree,
				"ack-mode":          ackMode,
				"content-length":    contentLength,
				"subprotocol":       subprotocol,
				"subprotocols":      subprotocols,
			}[v.Op](t, v)
		})
	}
}

// with returns a frame that has the header, unless value is nil.
func with(c frame.Command, name string, value *Bytes) *frame.Frame {
	f := &frame.Frame{Command: c, Headers: headers.Pairs("a", "b")}
	if value != nil {
		f.Headers.Add(name, string(*value))
	}
	return f
}

// want compares an error with that of the vector, nil for none, and reports
// whether there is to be none.
func want(t *testing.T, v *Negotiate, err error) bool {
	t.Helper()
	if v.Error == nil {
		if err != nil {
			t.Errorf("%s: %v, want no error", v.Title, err)
		}
		return err == nil
	}
	kind := headers.ErrSyntax
	if v.Error.Kind == "range" {
		kind = headers.ErrRange
	}
	var e *headers.ValueError
	if !errors.As(err, &e) || e.Offset != v.Error.Offset || e.Err != kind {
		t.Errorf("%s: %v, want %s at %d", v.Title, err, v.Error.Kind, v.Error.Offset)
	}
	return false
}

func versionSet(t *testing.T, list []string) frame.Versions {
	t.Helper()
	set, err := parseVersions(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func acceptVersion(t *testing.T, v *Negotiate) {
	f := with(frame.CONNECT, headers.AcceptVersion, v.Value)
	set := versionSet(t, v.Versions)
	if owned, lent := f.AcceptVersions(), borrowed(f).AcceptVersions(); owned != set || lent != set {
		t.Errorf("%s: %q, borrowed %q, want %q", v.Title, owned, lent, set)
	}
}

func agree(t *testing.T, v *Negotiate) {
	server := versionSet(t, v.Speaks)
	got, ok := frame.Negotiate(with(frame.CONNECT, headers.AcceptVersion, v.Client).AcceptVersions(), server)
	if v.Agreed != nil {
		if !ok || got.String() != *v.Agreed {
			t.Errorf("%s: %v, %v, want %s", v.Title, got, ok, *v.Agreed)
		}
		return
	}
	list, _ := validate.ErrorFrame(&validate.NegotiationError{Server: server}, frame.Head{}).Headers.Get(headers.Version)
	if ok || list != *v.Refusal {
		t.Errorf("%s: %v, %v, refused with %q, want %q", v.Title, got, ok, list, *v.Refusal)
	}
}

// optional compares a version with one that may be null.
func optional(t *testing.T, v *Negotiate, wanted *string, got frame.Version, ok bool) {
	t.Helper()
	if ok != (wanted != nil) || ok && got.String() != *wanted {
		t.Errorf("%s: %v, %v", v.Title, got, ok)
	}
}

func connectedVersion(t *testing.T, v *Negotiate) {
	f := with(frame.CONNECTED, headers.Version, v.Value)
	got, ok := f.AgreedVersion()
	optional(t, v, v.Agreed, got, ok)
	got, ok = borrowed(f).AgreedVersion()
	optional(t, v, v.Agreed, got, ok)
}

func heartBeat(t *testing.T, v *Negotiate) {
	got, err := headers.ParseHeartBeats(*v.Value)
	if want(t, v, err) && (got.Send.Milliseconds() != *v.Send || got.Receive.Milliseconds() != *v.Receive) {
		t.Errorf("%s: %v", v.Title, got)
	}
}

func heartBeatAgree(t *testing.T, v *Negotiate) {
	var sides [2]headers.HeartBeats
	for i, value := range []*Bytes{v.Client, v.Server} {
		if value != nil {
			var err error
			if sides[i], err = headers.ParseHeartBeats(*value); err != nil {
				t.Fatal(err)
			}
		}
	}
	client, server := headers.NegotiateHeartBeats(sides[0], sides[1])
	if client != time.Duration(*v.FromClient)*time.Millisecond || server != time.Duration(*v.FromServer)*time.Millisecond {
		t.Errorf("%s: %v and %v", v.Title, client, server)
	}
}

func ackMode(t *testing.T, v *Negotiate) {
	var mode headers.AckMode
	if v.Value != nil {
		var err error
		if mode, err = headers.ParseAckMode(*v.Value); !want(t, v, err) {
			return
		}
	}
	if mode.String() != *v.Mode {
		t.Errorf("%s: %v", v.Title, mode)
	}
}

func contentLength(t *testing.T, v *Negotiate) {
	n, err := headers.ParseContentLength(*v.Value)
	if v.Limit != nil { // as the parser has one
		var next int
		var ok bool
		n, next, ok = wire.Number(*v.Value, 0, *v.Limit)
		switch err = nil; {
		case !ok && wire.IsDigit(*v.Value, next):
			err = &headers.ValueError{Header: headers.ContentLength, Offset: next, Err: headers.ErrRange}
		case !ok || next < len(*v.Value):
			err = &headers.ValueError{Header: headers.ContentLength, Offset: next, Err: headers.ErrSyntax}
		}
	}
	if want(t, v, err) && strconv.FormatInt(n, 10) != *v.Number {
		t.Errorf("%s: %d", v.Title, n)
	}
}

func subprotocol(t *testing.T, v *Negotiate) {
	got, ok := frame.ParseSubprotocol(string(*v.Value))
	optional(t, v, v.Version, got, ok)
	if ok && got.Subprotocol() != string(*v.Value) {
		t.Errorf("%s: its name is %q", v.Title, got.Subprotocol())
	}
}

func subprotocols(t *testing.T, v *Negotiate) {
	if got := versionSet(t, v.Versions).Subprotocols(); !slices.Equal(got, v.Names) {
		t.Errorf("%s: %q", v.Title, got)
	}
}
