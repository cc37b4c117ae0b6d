package headers_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
)

// Each vector of escaping, of strings and of bytes.
func TestEscapeVectors(t *testing.T) {
	causes := map[string]error{
		"undefined_escape": headers.ErrUndefinedEscape, "truncated_escape": headers.ErrTruncatedEscape, "no_escape": headers.ErrUnescapable,
	}
	for v := range vectors.All[vectors.Escape]() {
		e := v.Escaping()
		got, want := outcome{}, v.Text
		if v.Op == "escape" {
			got, want = escape(t, e, string(*v.Text)), v.Wire
		} else {
			got = unescape(t, e, string(*v.Wire))
		}
		switch {
		case v.Error == nil && (got.Err != nil || got.Out != string(*want)):
			t.Errorf("%s, %s: %.200q, %v, want %.200q", v.ID, v.Title, got.Out, got.Err, *want)
		case v.Error != nil && (got.Err == nil || got.Err.Offset != v.Error.Offset || got.Err.Err != causes[v.Error.Kind]):
			t.Errorf("%s, %s: %v, want %s at %d", v.ID, v.Title, got.Err, v.Error.Kind, v.Error.Offset)
		}
	}
}

// Each vector of a header value.
func TestValueVectors(t *testing.T) {
	for v := range vectors.All[vectors.Negotiate]() {
		// parsed compares the outcome of a function for a string and for bytes.
		parsed := func(header string, same bool, err, errOfBytes error) {
			var e *headers.ValueError
			var wantErr error
			if v.Error != nil {
				wantErr = map[string]error{"syntax": headers.ErrSyntax, "range": headers.ErrRange}[v.Error.Kind]
			}
			switch {
			case (err == nil) != (errOfBytes == nil) || err != nil && err.Error() != errOfBytes.Error():
				t.Errorf("%s, %s: %v of a string, %v of bytes", v.ID, v.Title, err, errOfBytes)
			case wantErr == nil && (err != nil || !same):
				t.Errorf("%s, %s: another value, or error %v", v.ID, v.Title, err)
			case wantErr != nil && (!errors.As(err, &e) || e.Header != header || e.Offset != v.Error.Offset || e.Err != wantErr || !errors.Is(err, wantErr)):
				t.Errorf("%s, %s: error %v, want %v at %d", v.ID, v.Title, err, wantErr, v.Error.Offset)
			}
		}
		switch v.Op {
		case "heart-beat":
			got, err := headers.ParseHeartBeats(*v.Value)
			again, errAgain := headers.ParseHeartBeats([]byte(*v.Value))
			want := headers.HeartBeats{}
			if v.Error == nil {
				want = headers.HeartBeats{Send: time.Duration(*v.Send) * time.Millisecond, Receive: time.Duration(*v.Receive) * time.Millisecond}
			}
			parsed(headers.HeartBeat, got == want && again == want, err, errAgain)
		case "content-length":
			if v.Limit != nil {
				continue // see package internal/wire
			}
			got, err := headers.ParseContentLength(*v.Value)
			again, errAgain := headers.ParseContentLength([]byte(*v.Value))
			parsed(headers.ContentLength, got == again && (v.Number == nil || strconv.FormatInt(got, 10) == *v.Number), err, errAgain)
		case "ack-mode":
			if v.Value == nil {
				continue // the zero mode
			}
			got, err := headers.ParseAckMode(*v.Value)
			again, errAgain := headers.ParseAckMode([]byte(*v.Value))
			parsed(headers.Ack, got == again && (v.Mode == nil || got.String() == *v.Mode), err, errAgain)
		case "heart-beat-agree":
			var sides [2]headers.HeartBeats
			for i, value := range []*vectors.Bytes{v.Client, v.Server} {
				if value != nil {
					sides[i], _ = headers.ParseHeartBeats(*value)
				}
			}
			client, server := headers.NegotiateHeartBeats(sides[0], sides[1])
			if client.Milliseconds() != *v.FromClient || server.Milliseconds() != *v.FromServer {
				t.Errorf("%s, %s: %v and %v", v.ID, v.Title, client, server)
			}
			// The same seen from the other side.
			if s, c := headers.NegotiateHeartBeats(sides[1], sides[0]); c != client || s != server {
				t.Errorf("%s, sides swapped: %v and %v", v.ID, c, s)
			}
		}
	}
}
