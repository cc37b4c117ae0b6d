package peers

import (
	"fmt"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/parser"
)

// maxInput bounds the streams that are compared: some peers take time that
// grows with the square of the octets, when these come one by one.
const maxInput = 128 << 10

const tooLong = "longer than 128 KiB"

// A Stream is one input for all peers.
type Stream struct {
	ID      string // of the vector it comes from
	Version string // "handshake", "1.0", "1.1" or "1.2"
	Input   []byte
	Strict  bool // it was read without leniencies
	Ours    Reading
}

// A Set is the streams of one grid, and the vectors that give none, with the
// reason.
type Set struct {
	Streams []Stream
	LeftOut map[string]string
}

// DecodeSet returns the inputs of the decode vectors. Ours is what this module
// reads with the leniencies of the vector and the default limits: the limits
// of a vector are no matter for a peer, which has its own.
func DecodeSet() (Set, error) {
	set := Set{LeftOut: map[string]string{}}
	for v := range vectors.All[vectors.Decode]() {
		o := v.Options()
		o.Limits = parser.Limits{}
		input := []byte(*v.Input)
		switch {
		case changesVersion(v):
			set.LeftOut[v.ID] = "the version changes within the stream"
		case len(input) > maxInput:
			set.LeftOut[v.ID] = tooLong
		default:
			set.Streams = append(set.Streams, Stream{v.ID, v.Version, input, o.Allow == 0, Read(input, o)})
		}
	}
	return set, nil
}

func changesVersion(v *vectors.Decode) bool {
	for _, c := range v.After {
		if c.Version != "" {
			return true
		}
	}
	return false
}

// EncodeSet returns the streams that the encoder writes: the frames of the
// decode vectors that a strict parser accepts, written again, and those of the
// encode vectors. Each stream is there twice in a row, so that its end is the
// beginning of a frame, too. Ours is what a strict parser of this module reads.
func EncodeSet() (Set, error) {
	set := Set{LeftOut: map[string]string{}}
	for v := range vectors.All[vectors.Decode]() {
		o := v.Options()
		o.Limits = parser.Limits{}
		if o.Allow != 0 || changesVersion(v) {
			continue
		}
		if len(*v.Input) > maxInput {
			set.LeftOut[v.ID] = tooLong
			continue
		}
		r := Read([]byte(*v.Input), o)
		if r.Error != "" || len(r.Frames) == 0 {
			continue
		}
		var stream []byte
		var err error
		for i := range r.Frames {
			f := r.Frames[i].frame()
			if stream, err = encoder.AppendFrame(stream, f, o.Version, encoder.Options{}); err != nil {
				break
			}
		}
		if err != nil {
			set.LeftOut[v.ID] = "the encoder refuses a frame"
			continue
		}
		set.add(v.ID, v.Version, o.Version, stream)
	}
	for v := range vectors.All[vectors.Encode]() {
		if v.Error != nil {
			continue
		}
		version, o := v.EncoderOptions()
		stream, err := encoder.AppendFrame(nil, v.NewFrame(), version, o)
		if err != nil {
			return Set{}, fmt.Errorf("%s: %w", v.ID, err)
		}
		set.add(v.ID, v.Version, version, stream)
	}
	return set, nil
}

func (s *Set) add(id, name string, version frame.Version, stream []byte) {
	stream = append(stream, stream...)
	if len(stream) > maxInput {
		s.LeftOut[id] = tooLong
		return
	}
	r := Read(stream, parser.Options{Version: version})
	if r.Error != "" {
		s.LeftOut[id] = "takes an option to read: " + r.Error
		return
	}
	s.Streams = append(s.Streams, Stream{id, name, stream, true, r})
}
