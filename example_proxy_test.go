package stomp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// proxy forwards what a client sends to a broker and back, until the broker ends or
// there is an error. It passes destinations that it knows, because brokers have
// several names for one queue.
func proxy(client, broker *net.TCPConn, public map[string]bool) error {
	defer client.Close()
	defer broker.Close()

	// What the client sends after CONNECT is in the version that CONNECTED names.
	agreed := make(chan frame.Version, 1)
	version := frame.Unnegotiated
	fromClient := newSide(broker, refuse(public), func() frame.Version { return <-agreed })
	fromBroker := newSide(client, func(h frame.Head) error {
		if v, ok := h.AgreedVersion(); ok && version == frame.Unnegotiated {
			version = v
		}
		return nil
	}, func() frame.Version { agreed <- version; return version })

	done := make(chan error, 2)
	go func() {
		err := fromClient.forwardAll(client)
		if err == nil && broker.CloseWrite() == nil {
			return // the broker may still have something to say
		}
		done <- err
	}()
	go func() {
		err := fromBroker.forwardAll(broker)
		close(agreed)
		done <- err
	}()
	return <-done
}

// refuse returns what checks the heads of a client. It refuses the commands of
// servers: RabbitMQ and ActiveMQ do not count the bodies of all of them, and would
// read frames in a body that has a NUL. It looks at every destination of a frame,
// because for some brokers the last one counts.
func refuse(public map[string]bool) func(frame.Head) error {
	connected := false
	return func(h frame.Head) error {
		refused := h.Command.FromServer() || connected && h.Command.Handshake()
		for destination := range h.Headers.Values(headers.Destination) {
			refused = refused || !public[string(destination)]
		}
		if refused {
			return fmt.Errorf("refused %s from a client", h.Command)
		}
		connected = true
		return nil
	}
}

// A side forwards what one peer sends.
type side struct {
	p         *parser.Parser
	w         *bufio.Writer
	check     func(frame.Head) error // an error stops before the frame is forwarded
	connected func() frame.Version   // called after the first frame, CONNECT or CONNECTED
	ready     bool                   // connected has been called
	open      bool                   // a head was forwarded, and not yet the end of the frame
}

func newSide(dst io.Writer, check func(frame.Head) error, connected func() frame.Version) *side {
	bodies := parser.Limits{Body: parser.Unlimited} // they go through in pieces
	return &side{p: parser.New(parser.Options{Limits: bodies}), w: bufio.NewWriter(dst), check: check, connected: connected}
}

// forwardAll forwards all that comes from src.
func (s *side) forwardAll(src io.Reader) error {
	buf := make([]byte, 16<<10)
	for {
		n, err := src.Read(buf)
		if n > 0 {
			if err := s.forward(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return s.p.Finish()
		}
		if err != nil {
			return err
		}
	}
}

// forward forwards a chunk.
func (s *side) forward(chunk []byte) error {
	for len(chunk) > 0 {
		ev, n, err := s.p.Next(chunk)
		if err != nil {
			return err
		}
		if ev.Kind == parser.HeadEvent {
			if err := s.check(ev.Head); err != nil {
				return err
			}
			s.open = true
		}
		s.w.Write(ev.AppendForward(s.w.AvailableBuffer())) // Flush returns its error
		if ev.Kind == parser.EndEvent {
			s.open = false
			if !s.ready {
				s.w.Flush()
				s.p.SetVersion(s.connected())
				s.ready = true
			}
		}
		chunk = chunk[n:]
	}
	if s.ready && !s.open && s.w.Buffered() == 0 {
		s.w.WriteByte('\n') // part of a head has come: the peer is alive
	}
	return s.w.Flush()
}

// A client subscribes through the proxy, and then sends to a destination that is not
// public.
func Example_proxy() {
	broker, fromProxy := connection()
	client, toProxy := connection()
	result := make(chan error)
	go func() { result <- proxy(toProxy, fromProxy, map[string]bool{"/queue/a": true}) }()

	io.WriteString(client, "CONNECT\naccept-version:1.2\nhost:h\n\n\x00SUBSCRIBE\nid:0\n")
	fmt.Println(read(broker, "\x00")) // not what is in a version that is not known yet
	io.WriteString(broker, "CONNECTED\nversion:1.2\n\n\x00\n")
	fmt.Println(read(client, "\x00\n"))
	io.WriteString(client, "destination:/queue/a\n\n\x00")
	fmt.Println(read(broker, "\x00"))
	io.WriteString(client, "SEND\ndestination:/queue/b\n\nhello\x00")
	fmt.Println(<-result)
	// Output:
	// "CONNECT\naccept-version:1.2\nhost:h\n\n\x00"
	// "CONNECTED\nversion:1.2\n\n\x00\n"
	// "\nSUBSCRIBE\nid:0\ndestination:/queue/a\n\n\x00"
	// refused SEND from a client
}

// connection returns both ends of a TCP connection.
func connection() (here, there *net.TCPConn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		panic(err)
	}
	b, err := l.Accept()
	if err != nil {
		panic(err)
	}
	return a.(*net.TCPConn), b.(*net.TCPConn)
}

// read reads up to the given end, and returns what it has read in quotes.
func read(r io.Reader, end string) string {
	var all []byte
	for b := make([]byte, 1); !strings.HasSuffix(string(all), end); all = append(all, b[0]) {
		if _, err := io.ReadFull(r, b); err != nil {
			return fmt.Sprintf("%q, %v", all, err)
		}
	}
	return strconv.Quote(string(all))
}
