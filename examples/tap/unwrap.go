package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/internal/websocket"
	"github.com/stompwire/stomp/validate"
)

// An unwrapper takes what the two sides of a connection send, and passes on the
// STOMP in it: all bytes, or the messages of a WebSocket. The first bytes of the
// client decide which.
type unwrapper struct {
	give func(from validate.Role, stomp []byte, at time.Duration)
	say  func(what string)
	lose func(from validate.Role, why string) // a side cannot be read any more

	mu       sync.Mutex
	take     func(from validate.Role, b []byte, at time.Duration) // nil when there is no STOMP
	begin    []byte                                               // of the client, as long as it may be an HTTP request
	heads    [2]websocket.Head                                    // request and response
	agreed   bool                                                 // on WebSocket
	early    []byte                                               // what the client sends before that
	decoders [2]websocket.Decoder
	sockJS   *websocket.SockJS
	decided  bool // whether it is SockJS
	at       time.Duration
}

// maxEarly bounds what a client may send before the server has agreed.
const maxEarly = 64 << 10

func newUnwrapper() *unwrapper {
	u := new(unwrapper)
	u.take = u.undecided
	return u
}

// write takes what a side has sent, and leaves it as it is.
func (u *unwrapper) write(from validate.Role, b []byte, at time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.take != nil {
		u.take(from, b, at)
	}
}

// end says that a side sends no more.
func (u *unwrapper) end(from validate.Role, at time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if from == validate.Client && len(u.begin) > 0 {
		u.give(from, u.begin, at)
		u.begin = nil
	}
	if u.decoders[from].Inside() {
		u.say("the " + from.String() + " ends inside a message of WebSocket")
	}
}

// methods are what a client begins with in HTTP, and never in STOMP.
var methods = [...]string{"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS "}

// undecided takes what is sent until it is clear whether it is HTTP.
func (u *unwrapper) undecided(from validate.Role, b []byte, at time.Duration) {
	u.take = u.give
	if from == validate.Client {
		b = append(u.begin, b...)
		for _, method := range methods {
			if n := min(len(b), len(method)); string(b[:n]) != method[:n] {
				continue
			} else if n < len(method) {
				u.begin, u.take = b, u.undecided
				return
			}
			u.take = u.http
		}
	} else if len(u.begin) > 0 { // the server does not speak first in HTTP
		u.give(validate.Client, u.begin, at)
	}
	u.begin = nil
	u.take(from, b, at)
}

// ignore gives up on a connection: there is no STOMP in it.
func (u *unwrapper) ignore(why string) {
	u.take, u.early = nil, nil
	u.say(why + "; it is passed on, but not read")
}

// http takes a request and its response.
func (u *unwrapper) http(from validate.Role, b []byte, at time.Duration) {
	head := &u.heads[from]
	if from == validate.Client && u.agreed {
		if u.early = append(u.early, b...); len(u.early) > maxEarly {
			u.ignore("the client does not wait for the server to agree on WebSocket")
		}
		return
	}
	rest, done, ok := head.Write(b)
	switch {
	case !ok:
		u.ignore("the head of HTTP is too large")
	case !done:
	case from == validate.Client && !head.Upgrades():
		u.ignore("HTTP, not WebSocket: " + visible(head.Line()))
	case from == validate.Client:
		u.agreed, u.early = true, slices.Clone(rest)
	case !strings.HasPrefix(head.Line(), "HTTP/1.1 101"):
		u.ignore("the server refuses WebSocket: " + visible(head.Line()))
	default:
		u.upgrade(rest, at)
	}
}

// upgrade goes on as WebSocket.
func (u *unwrapper) upgrade(rest []byte, at time.Duration) {
	response := &u.heads[validate.Server]
	client, server, ok := response.Compression()
	if !ok {
		u.ignore("WebSocket with an extension that is not known: " + visible(response.Get("Sec-WebSocket-Extensions")))
		return
	}
	what := "WebSocket"
	if fields := strings.Fields(u.heads[validate.Client].Line()); len(fields) > 1 {
		what += " " + visible(fields[1])
	}
	if client != nil {
		what += ", compressed"
	}
	u.say(what)
	for from, inflate := range [...]*websocket.Inflater{validate.Client: client, validate.Server: server} {
		role := validate.Role(from)
		u.decoders[from] = websocket.Decoder{
			Inflate: inflate,
			Data:    func(b []byte) error { return u.message(role, b) },
			End:     func() error { return u.endMessage(role) },
			Control: func(opcode byte, payload []byte) error { return u.control(role, opcode, payload) },
		}
	}
	u.take = u.frames
	u.frames(validate.Server, rest, at)
	early := u.early
	u.early = nil
	u.frames(validate.Client, early, at)
}

// frames takes frames of WebSocket.
func (u *unwrapper) frames(from validate.Role, b []byte, at time.Duration) {
	d := &u.decoders[from]
	if d.Failed() {
		return
	}
	u.at = at
	if err := d.Write(slices.Clone(b)); err != nil {
		u.lose(from, "WebSocket: "+err.Error())
	}
}

// message takes a piece of a message.
func (u *unwrapper) message(from validate.Role, b []byte) error {
	if !u.decided {
		u.decided = true
		if from == validate.Server && websocket.IsSockJS(b) {
			u.sockJS = new(websocket.SockJS)
			u.say("SockJS")
		}
	}
	if u.sockJS != nil {
		return u.sockJS.Take(from, b)
	}
	u.give(from, b, u.at)
	return nil
}

func (u *unwrapper) endMessage(from validate.Role) error {
	if u.sockJS == nil {
		return nil
	}
	return u.sockJS.End(from, func(b []byte) error { u.give(from, b, u.at); return nil })
}

// control tells that a side closes the WebSocket, and why.
func (u *unwrapper) control(from validate.Role, opcode byte, payload []byte) error {
	if opcode != websocket.Close {
		return nil
	}
	what := "the " + from.String() + " closes the WebSocket"
	if len(payload) >= 2 {
		what += strings.TrimRight(fmt.Sprintf(": %d %s", int(payload[0])<<8|int(payload[1]), visible(string(payload[2:]))), " ")
	}
	u.say(what)
	return nil
}

// visible returns the beginning of a line in a form that does nothing to a
// terminal.
func visible(line string) string {
	return string(text.AppendVisible(nil, []byte(line[:min(len(line), 200)]), ""))
}
