package main

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A refusal is an ERROR frame for the client and its reason.
type refusal struct {
	frame *frame.Frame
	error
}

func (r *refusal) Unwrap() error { return r.error }

// refuse returns a refusal by the relay itself. cause is the head of the
// offending frame, if any.
func refuse(why string, cause frame.Head) *refusal {
	err := &validate.Refusal{Message: why}
	return &refusal{validate.ErrorFrame(err, cause), err}
}

// A shortage is a refusal for lack of memory or time. Its reason is for the
// metrics.
type shortage struct {
	*refusal
	reason string
}

func (s *shortage) Unwrap() error { return s.refusal }

// refuseNow is refuse for what is about this moment, not about the client.
func refuseNow(why string) *refusal {
	r := refuse(why, frame.Head{})
	r.frame.Headers.Add(transport.RetryAfter, "1")
	return r
}

// The relay refuses what a broker could read in another way, even if the
// specification allows it or is silent:
//
//   - A body on a command other than SEND. STOMP 1.0 does not forbid it. Brokers ignore its content-length, and read another frame after a NUL.
//   - A header whose name resembles an important one, such as " login" or "Content-Length".
//
// Server commands break the rule command-direction, which cannot be tolerated.
const (
	bodyRefused = "only SEND may have a body"
	nameRefused = "a header is written almost like "
)

// Headers that the relay and the brokers must read in the same way.
var (
	exact          = []string{headers.ContentLength}
	exactInConnect = []string{headers.ContentLength, headers.Login, headers.Passcode, headers.Host, headers.AcceptVersion, headers.HeartBeat}
)

// lookalike returns the name of the header that name resembles. It returns ""
// if there is none, or if name is exactly that header.
func lookalike(c frame.Command, name []byte) string {
	if !bytes.ContainsFunc(name, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }) {
		return "" // nearly all names
	}
	plain := strings.ToLower(strings.TrimFunc(string(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
	names := exact
	if c.Handshake() {
		names = exactInConnect
	}
	if slices.Contains(names, plain) {
		return plain
	}
	return ""
}

// intolerable are rules that cannot be tolerated: they decide who a client is,
// and where a frame begins and ends.
var intolerable = []validate.Rule{
	validate.CommandDirection, validate.ConnectFirst, validate.ConnectOnce, validate.DisconnectLast, validate.BodyNotAllowed,
	validate.ContentLengthSyntax, validate.ContentLengthConflict, validate.ContentLengthMatchesBody, validate.ContentLengthRequired,
}

// maxSaid is how many bytes of a broker's ERROR are logged.
const maxSaid = 300

// said returns the message and the first line of the body of a broker's ERROR,
// on one line, shortened, and without the secret.
func said(message string, body []byte, secret string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	text := strings.TrimSpace(message)
	if first = strings.TrimSpace(first); first != "" && first != text {
		text = strings.TrimPrefix(text+": "+first, ": ")
	}
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "***")
	}
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if len(text) > maxSaid {
		text = strings.ToValidUTF8(text[:maxSaid], "") + "..."
	}
	return text
}
