package main

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A refusal is an ERROR frame for the client, and why.
type refusal struct {
	frame *frame.Frame
	error
}

func (r *refusal) Unwrap() error { return r.error }

// refuse makes a refusal of the relay itself. cause is the head of the frame at
// fault, if it was one.
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

// What brokers and the relay could read in two ways is refused, though the
// specification allows it or says nothing:
//
//   - A body on a command other than SEND. 1.0 does not forbid one, and brokers
//     do not count it: behind a NUL they read another frame.
//   - A header whose name differs from that of one that counts by case or by
//     what surrounds it, such as " login" or "Content-Length".
//
// Commands of servers break a rule, command-direction, which cannot be tolerated.
const (
	bodyRefused = "only SEND may have a body"
	nameRefused = "a header is written almost like "
)

// Headers that brokers must find where the relay does.
var (
	exact          = []string{headers.ContentLength}
	exactInConnect = []string{headers.ContentLength, headers.Login, headers.Passcode, headers.Host, headers.AcceptVersion, headers.HeartBeat}
)

// lookalike returns the name of the header that a name could be taken for, ""
// when there is none, or the name is that itself.
func lookalike(c frame.Command, name []byte) string {
	if !bytes.ContainsFunc(name, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }) {
		return "" // as nearly all
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

// intolerable are rules that cannot be tolerated: on these it depends who a
// client is, and where a frame begins and ends.
var intolerable = []validate.Rule{
	validate.CommandDirection, validate.ConnectFirst, validate.ConnectOnce, validate.DisconnectLast, validate.BodyNotAllowed,
	validate.ContentLengthSyntax, validate.ContentLengthConflict, validate.ContentLengthMatchesBody, validate.ContentLengthRequired,
}

// maxSaid is how many bytes of what a broker says are logged.
const maxSaid = 300

// said returns what an ERROR of the broker says, in one line: its message and the
// first line of its body, cut, without the secret.
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
