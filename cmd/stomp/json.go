package main

import (
	"bufio"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/parser"
)

// jsonSink prints one JSON object a line. It holds the frame in progress.
type jsonSink struct {
	w      *bufio.Writer
	offset int64        // of the frame in progress
	used   parser.Allow // by it
	heads  []byte       // what its line says of its head
	bodies []byte       // its body
	line   []byte
}

func (j *jsonSink) gap(int64, []byte) {}

func (j *jsonSink) heartbeats(r beats) {
	j.print(jsonl.AppendHeartbeats(j.line[:0], r.offset, r.count, r.used))
}

func (j *jsonSink) head(offset int64, _ frame.Version, ev parser.Event) {
	j.offset, j.used = offset, ev.Used
	j.heads = jsonl.AppendHead(j.heads[:0], ev.Head)
}

func (j *jsonSink) body(_ int64, ev parser.Event) {
	j.used |= ev.Used
	j.bodies = append(j.bodies, ev.Raw...)
}

func (j *jsonSink) end(offset int64) {
	j.print(jsonl.AppendLine(j.line[:0], j.offset, offset+1-j.offset, j.heads, j.bodies, j.used))
	j.bodies = j.bodies[:0]
}

func (j *jsonSink) fail(e *parser.Error, _ int64, _ []byte) {
	j.print(jsonl.AppendError(j.line[:0], e))
}

// print writes a line. An error stays with the writer.
func (j *jsonSink) print(line []byte) {
	j.w.Write(line)
	j.line = line
}
