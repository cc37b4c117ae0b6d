package parser_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Events, as they come out of two chunks.
func ExampleParser() {
	p := parser.New(parser.Options{Version: frame.V12})
	for _, chunk := range []string{"\n\nSEND\ndestination:/que", "ue/a\n\nhel", "lo\x00"} {
		for src := []byte(chunk); len(src) > 0; {
			ev, n, err := p.Next(src)
			if err != nil {
				fmt.Println(err)
				return
			}
			src = src[n:]
			fmt.Printf("%-9v %q\n", ev.Kind, ev.Raw)
		}
	}
	// Output:
	// HeartBeat "\n\n"
	// NeedMore  ""
	// Head      "SEND\ndestination:/queue/a\n\n"
	// Body      "hel"
	// Body      "lo"
	// End       "\x00"
}

// The error says what, where and in which header. It is final.
func ExampleError() {
	var p parser.Parser
	p.SetVersion(frame.V12)
	_, _, err := p.Next([]byte("SEND\nx-note:C:\\temp\n\n\x00"))
	fmt.Println(err)
	fmt.Println(errors.Is(err, parser.BadEscape))
	var e *parser.Error
	if errors.As(err, &e) {
		fmt.Println(e.Token(), e.Offset)
	}
	// Output:
	// stomp: undefined or truncated escape at offset 14, header x-note, command SEND, frame at 0
	// true
	// bad_escape 14
}

// A leniency is asked for by name, and reported when it was needed.
func ExampleAllow() {
	p := parser.New(parser.Options{Version: frame.V12, Allow: parser.AllowUndefinedEscapes})
	ev, _, err := p.Next([]byte("SEND\nx-note:C:\\temp\n\n\x00"))
	note, _ := ev.Head.Headers.Text("x-note")
	fmt.Println(note, ev.Used, err)
	// Output: C:\temp undefined-escapes <nil>
}

// Whole frames, borrowed. Clone makes one that stays.
func ExampleAssembler() {
	var frames []*frame.Frame
	a := parser.NewAssembler(parser.Options{Version: frame.V12})
	for _, chunk := range []string{"SEND\na:1\n\nhello\x00\nSEND\na:", "2\n\nworld\x00"} {
		for src := []byte(chunk); len(src) > 0; {
			v, n, ok, err := a.Next(src)
			if err != nil {
				fmt.Println(err)
				return
			}
			src = src[n:]
			if ok {
				frames = append(frames, v.Clone())
			}
		}
	}
	for _, f := range frames {
		fmt.Println(f, string(f.Body))
	}
	// Output:
	// SEND {a:"1"} 5 bytes hello
	// SEND {a:"2"} 5 bytes world
}

// The frame behind CONNECT may sit in the same segment: the version and the
// limits change in time.
func ExampleAssembler_SetVersion() {
	a := parser.NewAssembler(parser.Options{Limits: parser.LimitsBeforeLogin()})
	src := []byte("CONNECT\naccept-version:1.1,1.2\nhost:a:b\n\n\x00SEND\nnote:a\\cb\n\nhello\x00")
	for len(src) > 0 {
		v, n, ok, err := a.Next(src)
		if err != nil {
			fmt.Println(err)
			return
		}
		src = src[n:]
		if !ok {
			break
		}
		fmt.Println(v.Head)
		if version, common := frame.Negotiate(v.AcceptVersions(), frame.AllVersions); v.Command == frame.CONNECT && common {
			a.SetVersion(version)
			a.SetLimits(parser.Limits{})
		}
	}
	// Output:
	// CONNECT {accept-version:"1.1,1.2" host:"a:b"}
	// SEND {note:"a:b"}
}

// There is no clock in the package; a caller that has one finds senders that
// take too long over a frame.
func ExampleParser_FrameStart() {
	const patience = 10 * time.Second
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

	var p parser.Parser
	began, at := now, int64(-1)
	for _, octet := range []byte("CONNECT\nhost:example\n") {
		now = now.Add(time.Second)
		if _, _, err := p.Next([]byte{octet}); err != nil {
			fmt.Println(err)
			return
		}
		start, inside := p.FrameStart()
		switch {
		case !inside:
			at = -1
		case start != at:
			began, at = now, start
		case now.Sub(began) > patience:
			fmt.Printf("frame at %d: %d bytes in %v\n", start, p.Buffered(), now.Sub(began))
			return
		}
	}
	// Output: frame at 0: 12 bytes in 11s
}

// Owned frames from an io.Reader.
func ExampleReader_Frames() {
	in := strings.NewReader("MESSAGE\ndestination:/queue/a\n\nhello\x00\nRECEIPT\nreceipt-id:1\n\n\x00\n")
	for f, err := range parser.NewReader(in, parser.Options{Version: frame.V12}).Frames() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(f)
	}
	// Output:
	// MESSAGE {destination:"/queue/a"} 5 bytes
	// RECEIPT {receipt-id:"1"} 0 bytes
}

// A frame that is the caller's.
func ExampleReader_ReadFrame() {
	in := strings.NewReader("MESSAGE\ndestination:/queue/a\n\nhello\x00\nMESS")
	r := parser.NewReader(in, parser.Options{Version: frame.V12})
	f, err := r.ReadFrame()
	fmt.Println(f, err)
	_, err = r.ReadFrame()
	fmt.Println(err)
	// Output:
	// MESSAGE {destination:"/queue/a"} 5 bytes <nil>
	// stomp: input ends inside a frame at offset 41, frame at 37
}

// A client that wants to know that its server is alive sets a deadline before
// each call of Poll. The buffer of this Reader is small, for many connections.
func ExampleReader_Poll() {
	conn := strings.NewReader("\n\nRECEIPT\nreceipt-id:1\n\n\x00") // a net.Conn in a program
	r := parser.NewReaderSize(conn, 1<<10, parser.Options{Version: frame.V12})
	for {
		f, beats, err := r.Poll()
		switch {
		case err == io.EOF:
			return
		case err != nil:
			fmt.Println(err)
			return
		case f == nil:
			fmt.Println("heart-beats:", beats)
		default:
			fmt.Println(f)
		}
	}
	// Output:
	// heart-beats: 2
	// RECEIPT {receipt-id:"1"} 0 bytes
}

// A body of any size, in little memory.
func ExampleReader_Read() {
	in := strings.NewReader("MESSAGE\ncontent-type:text/plain\n\nas large as you like\n\x00")
	r := parser.NewReader(in, parser.Options{Version: frame.V12, Limits: parser.Limits{Body: parser.Unlimited}})
	head, err := r.Next()
	if err != nil {
		fmt.Println(err)
		return
	}
	kind, _ := head.Headers.Text(headers.ContentType)
	fmt.Println(kind)
	if _, err := io.Copy(os.Stdout, r); err != nil {
		fmt.Println(err)
	}
	// Output:
	// text/plain
	// as large as you like
}

func ExampleLimits_WorstCase() {
	fmt.Println(parser.LimitsBeforeLogin().WorstCase()>>10, "KiB before login")
	fmt.Println(parser.Limits{}.WorstCase()>>20, "MiB after it")
	// Output:
	// 59 KiB before login
	// 32 MiB after it
}

// A WebSocket message is one frame, or a heart-beat.
func ExampleDecode() {
	for _, message := range []string{"MESSAGE\ndestination:/queue/a\n\nhello\x00", "\n", "MESSAGE\n"} {
		v, ok, err := parser.Decode([]byte(message), parser.Options{Version: frame.V12})
		switch {
		case err != nil:
			fmt.Println(err)
		case !ok:
			fmt.Println("heart-beat")
		default:
			fmt.Println(v)
		}
	}
	// Output:
	// MESSAGE {destination:"/queue/a"} 5 bytes
	// heart-beat
	// stomp: input ends inside a frame at offset 8, command MESSAGE, frame at 0
}

// The end of the input inside a frame is an error too.
func ExampleParser_Finish() {
	var p parser.Parser
	ev, n, err := p.Next([]byte("CONNECT\nhost:exam"))
	fmt.Println(ev.Kind, n, err)
	fmt.Println(p.Finish())
	// Output:
	// NeedMore 17 <nil>
	// stomp: input ends inside a frame at offset 17, command CONNECT, frame at 0
}

// An error says which limit was exceeded. A content-length is refused before
// the body comes.
func ExampleLimits() {
	limits := parser.Limits{Body: 1 << 20} // the others are the defaults
	p := parser.New(parser.Options{Version: frame.V12, Limits: limits})
	_, _, err := p.Next([]byte("SEND\ncontent-length:2000000\n\n"))
	fmt.Println(err)
	var e *parser.Error
	fmt.Println(errors.As(err, &e) && e.IsLimit())
	// Output:
	// stomp: body too large at offset 26, limit 1048576, header content-length, command SEND, frame at 0
	// true
}

// Names of leniencies are for flags and configuration files.
func ExampleParseAllow() {
	var allow parser.Allow
	for _, name := range []string{"crlf", "undefined-escapes"} {
		bit, ok := parser.ParseAllow(name)
		if !ok {
			fmt.Println("there is no leniency", name)
			return
		}
		allow |= bit
	}
	fmt.Println(allow)
	// Output: undefined-escapes,crlf
}

// What a proxy forwards is what it read, except for line endings that a broker
// misreads.
func ExampleEvent_AppendForward() {
	p := parser.New(parser.Options{Version: frame.V12})
	var out []byte
	for src := []byte("SEND\r\ndestination:/queue/a\r\n\r\nhello\x00\r\n"); len(src) > 0; {
		ev, n, err := p.Next(src)
		if err != nil {
			fmt.Println(err)
			return
		}
		out = ev.AppendForward(out)
		src = src[n:]
	}
	fmt.Printf("%q\n", out)
	// Output: "SEND\r\ndestination:/queue/a\r\n\nhello\x00\n"
}

// A connection that another protocol takes over goes on behind the last frame.
func ExampleReader_ReadAhead() {
	conn := strings.NewReader("DISCONNECT\n\n\x00GET / HTTP/1.1\r\n") // a net.Conn in a program
	r := parser.NewReader(conn, parser.Options{Version: frame.V12})
	f, err := r.ReadFrame()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f)
	rest := io.MultiReader(strings.NewReader(string(r.ReadAhead())), conn)
	text, err := io.ReadAll(rest)
	fmt.Printf("%q %v\n", text, err)
	// Output:
	// DISCONNECT {} 0 bytes
	// "GET / HTTP/1.1\r\n" <nil>
}
