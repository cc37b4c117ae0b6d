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
	used   parser.Allow // by its head
	heads  []byte       // what its line says of its head
	bodies []byte       // its body
	line   []byte
}

func (j *jsonSink) eol(offset int64, _ []byte, used parser.Allow) {
	j.print(jsonl.AppendEOL(j.line[:0], offset, used))
}

func (j *jsonSink) gap(int64, []byte) {}

func (j *jsonSink) gapEnd(g gap) {
	j.print(jsonl.AppendGap(j.line[:0], g.offset, g.beats, g.nuls, g.used))
}

func (j *jsonSink) head(offset int64, _ frame.Version, ev parser.Event) {
	j.offset, j.used = offset, ev.Used
	j.heads = jsonl.AppendHead(j.heads[:0], ev.Head)
}

func (j *jsonSink) body(_ int64, piece []byte) { j.bodies = append(j.bodies, piece...) }

func (j *jsonSink) end(offset int64, used parser.Allow) {
	j.print(jsonl.AppendLine(j.line[:0], j.offset, offset+1-j.offset, j.heads, j.bodies, j.used|used))
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

func (j *jsonSink) skipped(offset, n, missing int64) {
	j.print(jsonl.AppendSkipped(j.line[:0], offset, n, missing))
}
