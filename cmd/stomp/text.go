package main

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

// textSink prints frames for people. It holds nothing of a body.
type textSink struct{ *text.Printer }

func (t textSink) gap(int64, []byte) {}

func (t textSink) heartbeats(r beats) { t.Heartbeats(r.offset, r.count, r.used) }

func (t textSink) head(offset int64, _ frame.Version, ev parser.Event) { t.Head(offset, ev) }

func (t textSink) body(_ int64, ev parser.Event) { t.Body(ev) }

func (t textSink) end(int64) { t.End() }

func (t textSink) fail(*parser.Error, int64, []byte) { t.Fail() }
