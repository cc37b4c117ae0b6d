package encoder_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

func ExampleAppendFrame() {
	f := &frame.Frame{
		Command: frame.SEND,
		Headers: headers.Pairs(headers.Destination, "/queue/a", "note", "a:b"),
		Body:    []byte("hello"),
	}
	data, err := encoder.AppendFrame(nil, f, frame.V12, encoder.Options{})
	fmt.Printf("%q %v\n", data, err)
	// Output: "SEND\ndestination:/queue/a\nnote:a\\cb\ncontent-length:5\n\nhello\x00" <nil>
}

// What would not read back as the same frame is refused, and nothing is
// written.
func ExampleError() {
	f := &frame.Frame{
		Command: frame.CONNECT,
		Headers: headers.Pairs(headers.Login, "guest\nSEND\ndestination:/queue/a\n\n\x00"),
	}
	data, err := encoder.AppendFrame([]byte("as it was"), f, frame.Unnegotiated, encoder.Options{})
	fmt.Printf("%s\n%v\n%v\n", data, err, errors.Is(err, encoder.Unescapable))
	// Output:
	// as it was
	// stomp: cannot send: header has a byte that cannot be sent, command CONNECT, header 0 login: line feed has no escape
	// true
}

// Header takes strings, HeaderBytes what was borrowed from a parser. No frame
// object is made.
func ExampleBuilder() {
	received, _, err := parser.Decode([]byte("SEND\ndestination:/queue/a\n\nhello\x00"), parser.Options{Version: frame.V12})
	if err != nil {
		fmt.Println(err)
		return
	}
	b := encoder.Begin(nil, frame.MESSAGE, frame.V12, encoder.Options{})
	b.Header(headers.Subscription, "0")
	b.Header(headers.MessageID, "7")
	for _, h := range received.Headers { // a broker leaves out what validate.Message does
		b.HeaderBytes(h.Name, h.Value)
	}
	wire, err := b.End(received.Body)
	fmt.Printf("%q %v\n", wire, err)
	// Output: "MESSAGE\nsubscription:0\nmessage-id:7\ndestination:/queue/a\ncontent-length:5\n\nhello\x00" <nil>
}

// Many readings go to one destination.
func ExamplePrepare() {
	readings, err := encoder.Prepare(frame.SEND, headers.Pairs(headers.Destination, "/topic/readings"), frame.V12, encoder.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var buf []byte
	for _, degrees := range []string{"20.5", "20.7"} {
		if buf, err = readings.Append(buf[:0], nil, []byte(degrees)); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%q\n", buf)
	}
	// Output:
	// "SEND\ndestination:/topic/readings\ncontent-length:4\n\n20.5\x00"
	// "SEND\ndestination:/topic/readings\ncontent-length:4\n\n20.7\x00"
}

// One message goes to two subscriptions. What they share is encoded once.
func ExampleShare() {
	shared, err := encoder.Share(&frame.Frame{
		Command: frame.MESSAGE,
		Headers: headers.Pairs(headers.Destination, "/topic/x"),
		Body:    []byte("hello"),
	}, frame.V12, encoder.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, subscription := range []string{"a", "b"} {
		wire, err := shared.Append(nil, headers.Pairs(headers.Subscription, subscription, headers.MessageID, "7"))
		fmt.Printf("%q %v\n", wire, err)
	}
	// Output:
	// "MESSAGE\nsubscription:a\nmessage-id:7\ndestination:/topic/x\ncontent-length:5\n\nhello\x00" <nil>
	// "MESSAGE\nsubscription:b\nmessage-id:7\ndestination:/topic/x\ncontent-length:5\n\nhello\x00" <nil>
}

// Whole frames, and a frame whose body is streamed, as in archive/tar.
func ExampleWriter() {
	var conn bytes.Buffer // a net.Conn in a program
	w := encoder.NewWriter(&conn, frame.V12, encoder.Options{})
	err := w.WriteFrame(&frame.Frame{
		Command: frame.SUBSCRIBE,
		Headers: headers.Pairs(headers.ID, "0", headers.Destination, "/queue/a"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	file := strings.NewReader("as large as you like")
	if err := w.WriteHead(frame.SEND, headers.Pairs(headers.Destination, "/queue/a"), file.Size()); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := io.Copy(w, file); err != nil {
		fmt.Println(err)
		return
	}
	if err := w.CloseFrame(); err != nil {
		fmt.Println(err)
		return
	}
	if err := w.WriteHeartBeat(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", conn.String())

	// Output: "SUBSCRIBE\nid:0\ndestination:/queue/a\n\n\x00SEND\ndestination:/queue/a\ncontent-length:20\n\nas large as you like\x00\n"
}

// What was read is written as it is, but in another version. Writer.WriteView
// does the same for an io.Writer.
func ExampleAppendView() {
	a := parser.NewAssembler(parser.Options{Version: frame.V12})
	v, _, _, err := a.Next([]byte("SEND\ndestination:/queue/a\nnote:a\\cb\n\nhello\x00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	without := encoder.Options{Length: encoder.LengthNever}
	wire, err := encoder.AppendView(nil, v, frame.V10, without)
	fmt.Printf("%q %v\n", wire, err)

	var conn bytes.Buffer // a net.Conn in a program
	err = encoder.NewWriter(&conn, frame.V10, without).WriteView(v)
	fmt.Printf("%q %v\n", conn.String(), err)
	// Output:
	// "SEND\ndestination:/queue/a\nnote:a:b\n\nhello\x00" <nil>
	// "SEND\ndestination:/queue/a\nnote:a:b\n\nhello\x00" <nil>
}

// A body of any size goes from a Reader to a Writer in little memory. The loop drops
// heart-beats; for a proxy see parser.Event.AppendForward.
func ExampleWriter_WriteHeadView() {
	in := strings.NewReader("SEND\ndestination:/queue/a\ncontent-length:5\n\nhello\x00")
	r := parser.NewReader(in, parser.Options{Version: frame.V12, Limits: parser.Limits{Body: parser.Unlimited}})
	var out strings.Builder
	w := encoder.NewWriter(&out, frame.V12, encoder.Options{})
	for {
		head, err := r.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = w.WriteHeadView(head)
		}
		if err == nil {
			_, err = io.Copy(w, r)
		}
		if err == nil {
			err = w.CloseFrame()
		}
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%q\n", out.String())
	// Output: "SEND\ndestination:/queue/a\ncontent-length:5\n\nhello\x00"
}

// A proxy replaces the login of a client. The body comes later.
func ExampleAppendHead() {
	p := parser.New(parser.Options{})
	ev, _, err := p.Next([]byte("CONNECT\naccept-version:1.2\nhost:/\nlogin:joe\npasscode:secret\n\n\x00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	head := ev.Head.Clone()
	head.Headers.Set(headers.Login, "proxy")
	head.Headers.Set(headers.Passcode, "of the proxy")
	wire, err := encoder.AppendHead(nil, head.View().Head, frame.Unnegotiated, encoder.Options{})
	fmt.Printf("%q %v\n", wire, err)
	// Output: "CONNECT\naccept-version:1.2\nhost:/\nlogin:proxy\npasscode:of the proxy\n\n" <nil>
}

func ExampleSize() {
	f := &frame.Frame{Command: frame.ACK, Headers: headers.Pairs(headers.ID, "1:2")}
	n, err := encoder.Size(f, frame.V12, encoder.Options{})
	fmt.Println(n, err)
	// Output: 14 <nil>
}

// ActiveMQ makes text messages of bodies without content-length.
func ExampleLength() {
	f := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs(headers.Destination, "/queue/a"), Body: []byte("hello")}
	for _, policy := range []encoder.Length{encoder.LengthAuto, encoder.LengthNever} {
		wire, err := encoder.AppendFrame(nil, f, frame.V12, encoder.Options{Length: policy})
		fmt.Printf("%q %v\n", wire, err)
	}
	// Output:
	// "SEND\ndestination:/queue/a\ncontent-length:5\n\nhello\x00" <nil>
	// "SEND\ndestination:/queue/a\n\nhello\x00" <nil>
}

// One write to a connection, without a copy of the shared body.
func ExampleShared_Split() {
	shared, err := encoder.Share(&frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs(headers.Destination, "/topic/x"), Body: []byte("hello")},
		frame.V12, encoder.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	head, rest, err := shared.Split(nil, headers.Pairs(headers.Subscription, "0", headers.MessageID, "7"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var conn bytes.Buffer // a net.Conn in a program
	buffers := net.Buffers{head, rest}
	_, err = buffers.WriteTo(&conn)
	fmt.Printf("%q %v\n", conn.String(), err)
	// Output: "MESSAGE\nsubscription:0\nmessage-id:7\ndestination:/topic/x\ncontent-length:5\n\nhello\x00" <nil>
}
