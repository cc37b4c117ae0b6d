package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A loadClient is a connection that costs little at this end: one buffer, and
// no goroutine of its own. It speaks 1.2.
type loadClient struct {
	conn   net.Conn
	abort  func() error // closes conn at once, without a goodbye
	server string       // what the broker calls itself
	in     parser.Assembler
	buf    []byte // bytes that have come and are not yet gone over
	room   []byte // what buf is a part of
}

// dialLoad connects to tcp://host:port, or to a WebSocket, and logs in.
func dialLoad(url string, beat headers.HeartBeats) (*loadClient, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l := &loadClient{}
	if address, ok := tcpAddress(url); ok {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return nil, err
		}
		l.conn, l.abort = c, c.Close
	} else {
		ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: frame.VersionsOf(frame.V12).Subprotocols()})
		if err != nil {
			return nil, err
		}
		// Both brokers send text messages, since all that comes is UTF-8.
		l.conn, l.abort = websocket.NetConn(context.Background(), ws, websocket.MessageText), ws.CloseNow
	}
	l.room = make([]byte, 512)
	l.conn.SetReadDeadline(time.Now().Add(patience))
	err := l.write(&frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs(
		headers.AcceptVersion, "1.2", headers.Host, "/", headers.Login, login, headers.Passcode, passcode, headers.HeartBeat, beat.String())})
	if err == nil {
		var v frame.View
		if v, err = l.next(); err == nil && v.Command != frame.CONNECTED {
			err = fmt.Errorf("the broker answers with %v", v.Head)
		} else if err == nil {
			l.server, _ = v.Headers.Text(headers.Server)
			l.in.SetVersion(frame.V12)
			l.in.SetLimits(parser.Limits{})
		}
	}
	l.conn.SetReadDeadline(time.Time{})
	if err != nil {
		l.abort()
		return nil, err
	}
	return l, nil
}

func tcpAddress(url string) (string, bool) {
	const scheme = "tcp://"
	if len(url) > len(scheme) && url[:len(scheme)] == scheme {
		return url[len(scheme):], true
	}
	return "", false
}

func (l *loadClient) write(f *frame.Frame) error {
	version := frame.V12
	if f.Command == frame.CONNECT {
		version = frame.Unnegotiated
	}
	octets, err := encoder.AppendFrame(nil, f, version, encoder.Options{})
	if err == nil {
		_, err = l.conn.Write(octets)
	}
	return err
}

// next returns the next frame, which is valid until the next call.
func (l *loadClient) next() (frame.View, error) {
	for {
		for len(l.buf) > 0 {
			v, n, ok, err := l.in.Next(l.buf)
			if err != nil {
				return v, err
			}
			l.buf = l.buf[n:]
			if ok {
				if v.Command == frame.ERROR {
					return v, fmt.Errorf("the broker says %v: %q", v.Head, v.Body)
				}
				return v, nil
			}
		}
		n, err := l.conn.Read(l.room)
		if l.buf = l.room[:n]; n == 0 && err != nil {
			return frame.View{}, err
		}
	}
}

// subscribe returns when the broker has taken the subscription.
func (l *loadClient) subscribe(destination string) error {
	l.conn.SetReadDeadline(time.Now().Add(patience))
	defer l.conn.SetReadDeadline(time.Time{})
	err := l.write(&frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs(
		headers.ID, "1", headers.Destination, destination, headers.Receipt, "subscribed")})
	if err != nil {
		return err
	}
	v, err := l.next()
	if err != nil {
		return err
	}
	if v.Command != frame.RECEIPT {
		return errors.New("no receipt of SUBSCRIBE")
	}
	return nil
}
