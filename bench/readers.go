package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// Names of contenders, in the order of the tables.
const (
	scanFloor     = "scan floor"
	ourParser     = "Parser"
	ourAssembler  = "Assembler"
	ourReader     = "Reader.Read"
	ourReadFrame  = "ReadFrame"
	goStompReader = "go-stomp Reader"

	copyFloor     = "copy floor"
	appendFrame   = "AppendFrame"
	appendView    = "AppendView"
	ourBuilder    = "Builder"
	ourWriter     = "Writer"
	goStompWriter = "go-stomp Writer"
)

var v12 = parser.Options{Version: frame.V12}

// must panics with an error. What is measured reads what it was written for.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func wantFrames(got, want int) {
	if got != want {
		panic(fmt.Sprintf("%d frames, want %d", got, want))
	}
}

// readers returns the jobs that read the stream of a workload. All are strict,
// with default limits. Those that take an io.Reader get the whole stream behind
// one.
func readers(w workload.Workload, size int) []job {
	stream, frames := w.Stream(size)
	each := func(contender string, read func() int) job {
		return job{workload: w.Name, contender: contender, octets: len(stream), frames: frames,
			pass: func() { wantFrames(read(), frames) }}
	}
	p, a := parser.New(v12), parser.NewAssembler(v12)
	src := bytes.NewReader(nil)
	r := parser.NewReader(src, v12)
	buf := make([]byte, 32<<10)
	return []job{
		each(scanFloor, func() int { return workload.ScanFloor(stream) }),
		each(ourParser, func() int { return parse(p, stream) }),
		each(ourAssembler, func() int { return assemble(a, stream) }),
		each(ourReader, func() int {
			src.Reset(stream)
			r.Reset(src, v12)
			return readBodies(r, buf)
		}),
		each(ourReadFrame, func() int {
			src.Reset(stream)
			r.Reset(src, v12)
			return readFrames(r)
		}),
		each(goStompReader, func() int {
			src.Reset(stream)
			return readGoStomp(gostomp.NewReader(src))
		}),
	}
}

func parse(p *parser.Parser, chunk []byte) (frames int) {
	for len(chunk) > 0 {
		ev, n, err := p.Next(chunk)
		must(err)
		if ev.Kind == parser.End {
			frames++
		}
		chunk = chunk[n:]
	}
	return frames
}

func assemble(a *parser.Assembler, chunk []byte) (frames int) {
	for len(chunk) > 0 {
		_, n, ok, err := a.Next(chunk)
		must(err)
		if ok {
			frames++
		}
		chunk = chunk[n:]
	}
	return frames
}

// cut gives a stream to read in chunks of a size, 0 for whole, and returns the
// number of frames.
func cut(stream []byte, size int, read func(chunk []byte) int) (frames int) {
	if size == 0 {
		return read(stream)
	}
	for chunk := range slices.Chunk(stream, size) {
		frames += read(chunk)
	}
	return frames
}

// assembleChunks is assemble for a stream in chunks.
func assembleChunks(a *parser.Assembler, stream []byte, size int) (frames int) {
	return cut(stream, size, func(chunk []byte) int { return assemble(a, chunk) })
}

// readBodies reads heads, and bodies as streams.
func readBodies(r *parser.Reader, buf []byte) (frames int) {
	for {
		if _, err := r.Next(); err == io.EOF {
			return frames
		} else {
			must(err)
		}
		for {
			_, err := r.Read(buf)
			if err == io.EOF {
				break
			}
			must(err)
		}
		frames++
	}
}

func readFrames(r *parser.Reader) (frames int) {
	for {
		_, err := r.ReadFrame()
		if err == io.EOF {
			return frames
		}
		must(err)
		frames++
	}
}

func readGoStomp(r *gostomp.Reader) (frames int) {
	for {
		f, err := r.Read()
		if err == io.EOF {
			return frames
		}
		must(err)
		if f != nil { // nil is a heart-beat
			frames++
		}
	}
}

// chunkSizes are the sizes of chunks to be compared with the whole, 0.
var chunkSizes = []int{0, 1, 16, 1460, 65536}

// inChunks names what reads a stream in chunks of a size.
func inChunks(contender string, size int) string {
	if size == 0 {
		return contender + ", whole"
	}
	return fmt.Sprintf("%s, %d", contender, size)
}

// chunks returns the jobs that read the stream of a workload in chunks: an
// Assembler, which copies what chunks cut, and a Parser, which lends the pieces
// of bodies.
func chunks(w workload.Workload, total int) (jobs []job) {
	stream, frames := w.Stream(total)
	for _, size := range chunkSizes {
		a, p := parser.NewAssembler(v12), parser.New(v12)
		add := func(contender string, read func(chunk []byte) int) {
			jobs = append(jobs, job{workload: w.Name, contender: inChunks(contender, size), octets: len(stream), frames: frames,
				pass: func() { wantFrames(cut(stream, size, read), frames) }})
		}
		add(ourAssembler, func(chunk []byte) int { return assemble(a, chunk) })
		add(ourParser, func(chunk []byte) int { return parse(p, chunk) })
	}
	return jobs
}
