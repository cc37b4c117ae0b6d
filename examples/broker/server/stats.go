package server

import (
	"errors"
	"maps"

	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// Stats are the numbers of a Server. Those called Open, and Memory, are current.
// The others count since New. No key comes from a client.
type Stats struct {
	OpenConnections map[string]int64 // by transport: tcp, ws
	OpenSessions    int64
	OpenSubs        int64
	OpenMessages    int64 // in queues, those that wait for acknowledgement included
	Memory          int64 // bytes of the account in use, of MaxMemory
	MaxMemory       int64

	Connections map[string]int64 // by transport
	Sessions    int64            // clients that were sent CONNECTED
	Refused     map[string]int64 // clients that were turned away before that, by reason
	Ended       map[string]int64 // sessions that the broker has ended, by reason

	FramesIn, FramesOut map[string]int64 // by command
	BytesIn, BytesOut   int64            // of frames and heart-beats, without what WebSocket adds

	Sent        int64 // messages from clients; those of a transaction when it is committed
	Queued      int64 // messages that were put in a queue
	Consumed    int64 // messages of queues that were acknowledged, or delivered in mode auto
	DeadLetters int64 // messages that became dead letters
	Dropped     int64 // dead letters that were dropped
}

// Reasons for which the broker turns clients away or ends their sessions. Most
// are called after the flag that sets the limit.
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
	byVersion        = "version"     // none in common
	byLimit          = "limit"       // of a frame or of the session
	byProtocol       = "protocol"    // the specification is broken
	byRequest        = "unsupported" // it is kept, and the broker cannot do what is asked for
	byStop           = "stopping"
)

var (
	refusals = []string{byConnections, byMemory, byConnectTimeout, byLogin, byVersion, byLimit, byProtocol, byStop}
	endings  = []string{byMemory, byOutgoing, byQueue, byFrameTimeout, byWriteTimeout, byHeartBeat, byRights, byLimit, byProtocol, byRequest, byStop}
)

// newStats returns Stats in which each reason is there, since Prometheus cannot
// tell when a counter first appears how much it has grown.
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

// Stats returns the numbers of this moment.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.stats
	for _, m := range []*map[string]int64{&n.OpenConnections, &n.Connections, &n.Refused, &n.Ended, &n.FramesIn, &n.FramesOut} {
		*m = maps.Clone(*m)
	}
	n.Memory, n.MaxMemory = s.account.Used(), s.config.Memory
	n.BytesIn, n.BytesOut = s.bytesIn.Load(), s.bytesOut.Load()
	return n
}

// reason returns why an error ends a session.
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

// WriteMessages counts what was written, and nothing after an error.
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
