package main

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

// textSink prints frames for people. It holds nothing of a body.
type textSink struct{ *text.Printer }

func (t textSink) eol(offset int64, _ []byte, used parser.Allow) { t.EOL(offset, used) }

func (t textSink) gap(int64, []byte) {}

func (t textSink) gapEnd(g gap) { t.Gap(g.offset, g.beats, g.nuls, g.used) }

func (t textSink) head(offset int64, _ frame.Version, ev parser.Event) { t.Head(offset, ev) }

func (t textSink) body(_ int64, piece []byte) { t.Body(piece) }

func (t textSink) end(_ int64, used parser.Allow) { t.End(used) }

func (t textSink) fail(_ *parser.Error, offset int64, rest []byte) { t.Fail(offset, rest) }

func (t textSink) skipped(offset, n, missing int64) { t.Skipped(offset, n, missing) }
