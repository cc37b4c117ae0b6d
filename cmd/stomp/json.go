package main

import (
	"bufio"
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/parser"
)

// jsonSink prints one JSON object a line. It holds the frame in progress.
type jsonSink struct {
	w      *bufio.Writer
	all    *bodies
	offset int64        // of the frame in progress
	used   parser.Allow // by its head
	heads  []byte       // what its line says of its head
	bodies []byte       // its body
	cut    int64        // bytes of it that are left out
	line   []byte
}

// bodies are those that all sinks of a call hold.
type bodies struct {
	held int // bytes
	cut  int // how many were cut
}

// maxBodies bounds what the sinks hold of bodies, beside one that is held alone.
// A frame that would pass it is cut, and its line says so.
const maxBodies = 256 << 20

// kept is how large a buffer may be that is kept for the next frame: there may be
// very many connections.
const kept = 16 << 10

func (j *jsonSink) eol(offset int64, _ []byte, used parser.Allow) {
	j.print(jsonl.AppendEOL(j.line[:0], offset, used))
}

func (j *jsonSink) gap(int64, []byte) {}

func (j *jsonSink) gapEnd(g gap) {
	j.print(jsonl.AppendGap(j.line[:0], g.offset, g.beats, g.nuls, g.used))
}

func (j *jsonSink) head(offset int64, _ frame.Version, ev parser.Event) {
	j.release()
	j.offset, j.used = offset, ev.Used
	j.heads = jsonl.AppendHead(j.heads[:0], ev.Head)
}

func (j *jsonSink) body(_ int64, piece []byte) {
	if others := j.all.held - len(j.bodies); j.cut > 0 || others > 0 && j.all.held+len(piece) > maxBodies {
		j.cut += int64(len(piece))
		return
	}
	j.bodies = append(j.bodies, piece...)
	j.all.held += len(piece)
}

// release forgets the body in progress.
func (j *jsonSink) release() {
	j.all.held -= len(j.bodies)
	j.bodies, j.cut = j.bodies[:0], 0
	if cap(j.bodies) > kept {
		j.bodies = nil
	}
}

func (j *jsonSink) end(offset int64, used parser.Allow) {
	line := jsonl.AppendLine(j.line[:0], j.offset, offset+1-j.offset, j.heads, j.bodies, j.used|used)
	if j.cut > 0 {
		j.all.cut++
		line = fmt.Appendf(line[:len(line)-len("}\n")], ",\"cut\":%d}\n", j.cut)
	}
	j.release()
	j.print(line)
}

func (j *jsonSink) fail(e *parser.Error, _ int64, _ []byte) {
	j.release()
	j.print(jsonl.AppendError(j.line[:0], e))
}

// print writes a line. An error stays with the writer.
func (j *jsonSink) print(line []byte) {
	j.w.Write(line)
	if j.line = line; cap(line) > kept {
		j.line = nil
	}
}

func (j *jsonSink) skipped(offset, n, missing int64) {
	j.print(jsonl.AppendSkipped(j.line[:0], offset, n, missing))
}
