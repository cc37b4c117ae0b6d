package fuzz

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"pgregory.net/rapid"
)

// Frames generates frames that version v can carry: an encoder must write them, and
// every reader must read them back. Headers and body are as hostile as v allows. Some
// frames have a correct content-length. They shrink towards a frame without headers
// and body.
func Frames(v frame.Version) *rapid.Generator[*frame.Frame] {
	return rapid.Custom(func(t *rapid.T) *frame.Frame {
		f := &frame.Frame{Command: commands(v).Draw(t, "command")}
		if f.Command.MayHaveBody(v) {
			f.Body = bodies().Draw(t, "body")
			if !countedByAll(f.Command) {
				f.Body = bytes.ReplaceAll(f.Body, []byte{0}, []byte{'0'})
			}
		}
		for range rapid.IntRange(0, 5).Draw(t, "headers") {
			name := carried(v, f.Command, Names().Draw(t, "name"))
			value := carried(v, f.Command, HostileStrings().Draw(t, "value"))
			if v.Escaping(f.Command) == headers.Literal {
				name = strings.ReplaceAll(name, ":", ";")
			}
			if v != frame.V12 {
				// A reader would take a CR at its end for part of the line ending.
				value = strings.TrimRight(value, "\r")
			}
			f.Headers.Add(name, value)
		}
		if rapid.IntRange(0, 3).Draw(t, "has length") == 3 {
			at := rapid.IntRange(0, len(f.Headers)).Draw(t, "place of the length")
			f.Headers = slices.Insert(f.Headers, at, headers.Field{Name: headers.ContentLength, Value: strconv.Itoa(len(f.Body))})
		}
		return f
	})
}

// HostileFrames generates arbitrary frames, most of which an encoder must refuse.
// They shrink towards a frame without headers and body.
func HostileFrames() *rapid.Generator[*frame.Frame] {
	return rapid.Custom(func(t *rapid.T) *frame.Frame {
		f := &frame.Frame{Body: bodies().Draw(t, "body")}
		if rapid.IntRange(0, 3).Draw(t, "hostile command") == 3 {
			f.Command = frame.Command(HostileStrings().Draw(t, "command"))
		} else {
			f.Command = commands(frame.V12).Draw(t, "command")
		}
		for range rapid.IntRange(0, 5).Draw(t, "headers") {
			switch rapid.IntRange(0, 5).Draw(t, "name") {
			case 4:
				f.Headers.Add(headers.ContentLength, strconv.Itoa(len(f.Body)))
			case 5:
				f.Headers.Add(headers.ContentLength, HostileStrings().Draw(t, "length"))
			default:
				f.Headers.Add(HostileStrings().Draw(t, "name"), HostileStrings().Draw(t, "value"))
			}
		}
		return f
	})
}

// commands generates the commands that a frame of version v may have.
func commands(v frame.Version) *rapid.Generator[frame.Command] {
	var list []frame.Command
	for c := range frame.Commands() {
		if v != frame.Unnegotiated || c.Handshake() {
			list = append(list, c)
		}
	}
	return rapid.SampledFrom(list)
}

func bodies() *rapid.Generator[[]byte] {
	return rapid.Map(HostileStrings(), func(s string) []byte { return []byte(s) })
}

// readInHandshake says whether a frame is read by a peer that may know no
// version yet, and takes a CR for an error (D6).
func readInHandshake(v frame.Version, c frame.Command) bool {
	return v == frame.Unnegotiated || c == frame.CONNECT || c == frame.STOMP || c == frame.CONNECTED
}

// carried replaces the bytes that a header name or value cannot have.
func carried(v frame.Version, c frame.Command, s string) string {
	not := "\x00"
	if v.Escaping(c) == headers.Literal {
		not += "\n"
	}
	if readInHandshake(v, c) {
		not += "\r"
	}
	b := []byte(s)
	for i := range b {
		if strings.IndexByte(not, b[i]) >= 0 {
			b[i] = '_'
		}
	}
	return string(b)
}
