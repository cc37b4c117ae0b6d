package main

import (
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A reel is a stream that is read again and again.
type reel struct {
	data     []byte
	versions []frame.Version // of the frames, each
}

func (r *reel) frames() int { return len(r.versions) }

// add adds a frame to a reel.
func (r *reel) add(data []byte, v frame.Version) {
	r.data, r.versions = append(r.data, data...), append(r.versions, v)
}

// reels are those of a stream: the sink that makes them.
type reels struct {
	data     []byte
	whole    reel
	commands []*commandReel
	beats    int64
	open     *commandReel // of the frame in progress
	start    int64        // of it
	version  frame.Version
}

// A commandReel has the frames of one command.
type commandReel struct {
	command frame.Command
	reel
}

func (s *reels) eol(int64, []byte, parser.Allow) {}

func (s *reels) gap(int64, []byte) {}

func (s *reels) gapEnd(g gap) { s.beats += g.beats }

func (s *reels) head(offset int64, v frame.Version, ev parser.Event) {
	i := slices.IndexFunc(s.commands, func(c *commandReel) bool { return c.command == ev.Head.Command })
	if i < 0 {
		i = len(s.commands)
		s.commands = append(s.commands, &commandReel{command: ev.Head.Command})
	}
	s.open, s.start, s.version = s.commands[i], offset, v
}

func (s *reels) body(int64, []byte) {}

func (s *reels) end(offset int64, _ parser.Allow) {
	s.open.add(s.data[s.start:offset+1], s.version)
	s.whole.versions = append(s.whole.versions, s.version)
}

func (s *reels) fail(*parser.Error, int64, []byte) {}

// assemble reads a reel once.
func (r *reel) assemble(a *parser.Assembler, chunk int) error {
	n, version := 0, r.versions[0]
	a.SetVersion(version)
	for piece := range slices.Chunk(r.data, chunk) {
		for len(piece) > 0 {
			_, k, ok, err := a.Next(piece)
			if err != nil {
				return err
			}
			piece = piece[k:]
			if !ok {
				continue
			}
			if n++; n < len(r.versions) && r.versions[n] != version {
				version = r.versions[n]
				a.SetVersion(version)
			}
		}
	}
	return nil
}

// readFrames reads a reel once.
func (r *reel) readFrames(from *parser.Reader) error {
	for i, v := range r.versions {
		if i == 0 || v != r.versions[i-1] {
			from.SetVersion(v)
		}
		if _, err := from.ReadFrame(); err != nil {
			return err
		}
	}
	return nil
}

// round is an io.Reader that goes over bytes without end, at most so many at a
// time.
type round struct {
	data, rest []byte
	most       int
}

func (r *round) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		r.rest = r.data
	}
	n := copy(b[:min(len(b), r.most)], r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *reels) skipped(int64, int64, int64) {}
