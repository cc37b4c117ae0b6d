package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/conform"
)

// runClients takes a client through the cases; its driver is the program in args.
func (c *conforming) runClients(e *env, args []string, expected conform.Expectations) error {
	if len(args) == 0 {
		return callError("-listen needs the program that drives the client, and its arguments")
	}
	listen, web := strings.CutPrefix(c.listen, "ws://")
	listen = strings.TrimPrefix(listen, "tcp://")
	log := io.Discard
	if c.bytes {
		log = e.stderr
	}
	r := &conform.ClientRun{
		Settings:  c.Settings,
		Listen:    strings.TrimSuffix(listen, "/ws"),
		WebSocket: web,
		Start:     conform.StartDriver(args, log),
	}
	r.Select = c.selects
	begun := e.now()
	results, err := r.Do()
	if err != nil {
		return callError(err.Error())
	}
	program := strings.Join(args, " ")
	report := &conform.Report{
		Peer: program, Name: r.Name, Versions: r.Versions().String(), Results: results, Expected: expected,
		Time: e.now().Sub(begun), Strict: c.strict, Bytes: c.bytes || len(results) == 1,
		Again: fmt.Sprintf("stomp conform -listen %s -run '^%%s$' -- %s", c.listen, strings.ReplaceAll(program, "%", "%%")),
	}
	return e.conformed(report, c.form)
}
