package main

import (
	"fmt"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

const (
	parsed      = "parse"
	validHead   = "validate.Head"
	sessionStep = "Session.Step"
)

// validations returns the jobs that judge a SEND, a MESSAGE and an ACK, in
// between those that parse the same frame.
func validations() [][]job {
	send := borrowed(frame.SEND, make([]byte, 35), headers.Destination, "/queue/orders", headers.ContentType, "application/json",
		headers.Transaction, "tx-1", headers.ContentLength, "35")
	message := borrowed(frame.MESSAGE, make([]byte, 35), headers.Subscription, "sub-0", headers.MessageID, "T_sub-0@@session-AbC@@1184",
		headers.Destination, "/topic/telemetry/line-4", headers.ContentType, "application/json", "priority", "4", headers.ContentLength, "35")
	var acks, pending []frame.View
	for i := range 256 {
		id := fmt.Sprint(100000 + i)
		acks = append(acks, borrowed(frame.ACK, nil, headers.ID, id))
		pending = append(pending, borrowed(frame.MESSAGE, nil, headers.Subscription, "sub-1", headers.MessageID, "m-"+id,
			headers.Destination, "/queue/orders", headers.Ack, id))
	}
	return [][]job{
		validating("SEND", validate.Client, []frame.View{send}, nil),
		validating("MESSAGE", validate.Server, []frame.View{message}, nil),
		validating("ACK", validate.Client, acks, pending),
	}
}

// borrowed makes a frame as a parser lends it.
func borrowed(c frame.Command, body []byte, nameValue ...string) frame.View {
	b := encoder.Begin(nil, c, frame.V12, encoder.Options{})
	for i := 0; i < len(nameValue); i += 2 {
		b.Header(nameValue[i], nameValue[i+1])
	}
	octets, err := b.End(body)
	must(err)
	v, _, _, err := parser.NewAssembler(v12).Next(octets)
	must(err)
	return v
}

// validating returns the jobs for some frames. before, from the server, go
// before each pass over them.
func validating(name string, from validate.Role, views, before []frame.View) []job {
	var stream []byte
	for _, v := range views {
		var err error
		stream, err = encoder.AppendView(stream, v, frame.V12, encoder.Options{})
		must(err)
		stream = append(stream, '\n')
	}
	octets := len(stream)
	a, s := parser.NewAssembler(v12), conversation()
	each := func(contender string, pass func()) job {
		return job{workload: name, contender: contender, octets: octets, frames: len(views), pass: pass}
	}
	step := each(sessionStep, func() {
		for i := range views {
			must(s.Step(from, views[i].Head))
		}
	})
	if before != nil {
		step.setup = func() {
			for i := range before {
				must(s.Step(validate.Server, before[i].Head))
			}
		}
	}
	return []job{
		each(parsed, func() { wantFrames(assemble(a, stream), len(views)) }),
		each(validHead, func() {
			for i := range views {
				must(validate.Head(views[i].Head, frame.V12, from))
			}
		}),
		step,
	}
}

// conversation is a session with two subscriptions and a transaction.
func conversation() *validate.Session {
	s := validate.NewSession(validate.SessionLimits{})
	step := func(from validate.Role, c frame.Command, nameValue ...string) {
		must(s.Step(from, frame.Head{Command: c, Headers: view(nameValue...), Length: -1}))
	}
	step(validate.Client, frame.CONNECT, headers.AcceptVersion, "1.2", headers.Host, "h")
	step(validate.Server, frame.CONNECTED, headers.Version, "1.2")
	step(validate.Client, frame.SUBSCRIBE, headers.ID, "sub-0", headers.Destination, "/topic/telemetry/line-4")
	step(validate.Client, frame.SUBSCRIBE, headers.ID, "sub-1", headers.Destination, "/queue/orders", headers.Ack, "client-individual")
	step(validate.Client, frame.BEGIN, headers.Transaction, "tx-1")
	return s
}

func view(nameValue ...string) (v headers.View) {
	for i := 0; i < len(nameValue); i += 2 {
		v = append(v, headers.Entry{Name: []byte(nameValue[i]), Value: []byte(nameValue[i+1])})
	}
	return v
}
