package server

import (
	"errors"
	"maps"

	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// Stats are the numbers of a Server. The first group is current, the others
// count since New. No map key comes from a client.
type Stats struct {
	OpenConnections   map[string]int64 // by transport: tcp, ws
	OpenSessions      int64
	OpenSubscriptions int64
	InQueues          int64 // messages in queues, including unacknowledged ones
	Memory            int64 // bytes in use, out of MaxMemory
	MaxMemory         int64

	Connections map[string]int64 // by transport
	Sessions    int64            // clients that have got CONNECTED
	Refused     map[string]int64 // clients turned away before CONNECTED, by reason
	Ended       map[string]int64 // sessions ended by the broker, by reason

	FramesIn, FramesOut map[string]int64 // by command
	BytesIn, BytesOut   int64            // including heart-beats, without WebSocket framing

	Sent        int64 // messages from clients; in a transaction, once it is committed
	Queued      int64 // messages added to a queue
	Delivered   int64 // MESSAGE frames
	Consumed    int64 // messages of queues acknowledged, or delivered in ack mode auto
	DeadLetters int64 // messages that became dead letters
	Dropped     int64 // dropped dead letters
}

// Reasons why the broker turns clients away or ends sessions. Most have the
// name of a flag.
const (
	byConnections    = "max_connections"
	byMemory         = "max_memory"
	byOutgoing       = "max_outgoing" // a slow consumer
	byQueue          = "max_queue"
	byConnectTimeout = "connect_timeout"
	byFrameTimeout   = "frame_timeout"
	byWriteTimeout   = "write_timeout" // a consumer that reads nothing
	byHeartBeat      = "heart_beat"
	byLogin          = "login"
	byRights         = "rights"
	byVersion        = "version"     // no common version
	byLimit          = "limit"       // a frame or session exceeds a limit
	byProtocol       = "protocol"    // the client breaks the specification
	byRequest        = "unsupported" // the broker does not support a valid request
	byStop           = "stopping"
)

var (
	refusals = []string{byConnections, byMemory, byConnectTimeout, byLogin, byVersion, byLimit, byProtocol, byStop}
	endings  = []string{byMemory, byOutgoing, byQueue, byFrameTimeout, byWriteTimeout, byHeartBeat, byRights, byLimit, byProtocol, byRequest, byStop}
)

// newStats returns Stats that contain every reason with a count of zero.
// Prometheus cannot see the first increase of a counter that did not exist
// before.
func newStats() Stats {
	zero := func(keys ...string) map[string]int64 {
		m := map[string]int64{}
		for _, k := range keys {
			m[k] = 0
		}
		return m
	}
	return Stats{
		OpenConnections: zero("tcp", "ws"), Connections: zero("tcp", "ws"),
		Refused: zero(refusals...), Ended: zero(endings...),
		FramesIn: zero(), FramesOut: zero(),
	}
}

// Stats returns the current numbers.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.stats
	for _, m := range []*map[string]int64{&n.OpenConnections, &n.Connections, &n.Refused, &n.Ended, &n.FramesIn, &n.FramesOut} {
		*m = maps.Clone(*m)
	}
	n.FramesOut[string(frame.MESSAGE)] = n.Delivered
	n.Memory, n.MaxMemory = s.account.Used(), s.config.Memory
	n.BytesIn, n.BytesOut = s.bytesIn.Load(), s.bytesOut.Load()
	return n
}

// reason returns the reason for an error that ends a session.
func reason(err error) string {
	var r *refused
	var parse *parser.Error
	var limit *validate.LimitError
	var negotiation *validate.NegotiationError
	switch {
	case errors.As(err, &r):
		return r.reason
	case errors.As(err, &negotiation):
		return byVersion
	case errors.As(err, &limit), errors.As(err, &parse) && parse.IsLimit():
		return byLimit
	}
	return byProtocol
}

// A meteredPeer counts the bytes of a peer.
type meteredPeer struct {
	transport.Peer
	server *Server
}

func (p meteredPeer) Read(b []byte) (int, error) {
	n, err := p.Peer.Read(b)
	p.server.bytesIn.Add(int64(n))
	return n, err
}

// WriteMessages counts the bytes of successful writes.
func (p meteredPeer) WriteMessages(all []transport.Message, progress func()) error {
	err := p.Peer.WriteMessages(all, progress)
	if err != nil {
		return err
	}
	n := 0
	for _, m := range all {
		n += len(m.Own) + len(m.Rest())
	}
	p.server.bytesOut.Add(int64(n))
	return nil
}

// kind returns the transport of a peer.
func kind(p transport.Peer) string {
	if _, ok := p.(*transport.WebSocket); ok {
		return "ws"
	}
	return "tcp"
}
