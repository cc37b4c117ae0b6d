package frame_test

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func ExampleFrame() {
	f := &frame.Frame{
		Command: frame.SEND,
		Headers: headers.Pairs(headers.Destination, "/queue/a", headers.ContentType, "text/plain"),
		Body:    []byte("hello"),
	}
	destination, ok := f.Headers.Get(headers.Destination)
	fmt.Println(f.Command, destination, ok)
	fmt.Println(f)
	// Output:
	// SEND /queue/a true
	// SEND {destination:"/queue/a" content-type:"text/plain"} 5 bytes
}

// Frames, heads and views print safely: printable ASCII, bounded, credentials
// masked, the body as a number of bytes.
func ExampleFrame_String() {
	f := frame.Frame{
		Command: frame.CONNECT,
		Headers: headers.Pairs(headers.Login, "guest\x1b[2J", headers.Passcode, "hunter2"),
	}
	fmt.Println(f)
	fmt.Printf("%#v\n", f)

	noTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: noTime}))
	log.Info("received", "frame", f)
	// Output:
	// CONNECT {login:"guest\x1b[2J" passcode:***} 0 bytes
	// CONNECT {login:"guest\x1b[2J" passcode:***} 0 bytes
	// {"level":"INFO","msg":"received","frame":"CONNECT {login:\"guest\\x1b[2J\" passcode:***} 0 bytes"}
}

// A view borrows its memory, from a parser as a rule. Clone it to keep it.
func ExampleView_Clone() {
	buffer := []byte("hello")
	v := frame.View{Head: frame.Head{Command: frame.MESSAGE, Length: frame.Counted(5)}, Body: buffer}

	f := v.Clone()
	copy(buffer, "later")
	fmt.Printf("%s\n", f.Body)
	// Output: hello
}

func ExampleLookupCommand() {
	command, ok := frame.LookupCommand([]byte("SUBSCRIBE"))
	fmt.Println(command, ok, command.FromClient(), command.MayHaveBody(frame.V12))

	_, ok = frame.LookupCommand("subscribe")
	fmt.Println(ok)
	// Output:
	// SUBSCRIBE true true false
	// false
}

// A server that speaks 1.1 and 1.2 answers CONNECT frames.
func ExampleNegotiate() {
	server := frame.VersionsOf(frame.V11, frame.V12)
	for _, connect := range []*frame.Frame{
		{Command: frame.CONNECT, Headers: headers.Pairs(headers.AcceptVersion, "1.0,1.1,1.2,1.3")},
		{Command: frame.CONNECT}, // a client of 1.0
	} {
		version, ok := frame.Negotiate(connect.AcceptVersions(), server)
		if !ok {
			fmt.Println("no common version; the server has", server)
			continue
		}
		fmt.Println(&frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, version.String())})
	}
	// Output:
	// CONNECTED {version:"1.2"} 0 bytes
	// no common version; the server has 1.1,1.2
}

// A client offers versions, and reads the one agreed from CONNECTED.
func ExampleFrame_AgreedVersion() {
	connect := &frame.Frame{
		Command: frame.CONNECT,
		Headers: headers.Pairs(headers.AcceptVersion, frame.AllVersions.String(), headers.Host, "/"),
	}
	fmt.Println(connect)

	connected := &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, "1.1")}
	fmt.Println(connected.AgreedVersion())
	// Output:
	// CONNECT {accept-version:"1.0,1.1,1.2" host:"/"} 0 bytes
	// 1.1 true
}

func ExampleVersion_Escaping() {
	fmt.Println(frame.V12.Escaping(frame.SEND))
	fmt.Println(frame.V11.Escaping(frame.SEND))
	fmt.Println(frame.V12.Escaping(frame.CONNECT))
	// Output:
	// 1.2
	// 1.1
	// literal
}

// WebSocket sub-protocols, as a client offers them and as it reads the one
// that the server chose.
func ExampleVersions_Subprotocols() {
	fmt.Println(frame.AllVersions.Subprotocols())
	fmt.Println(frame.ParseSubprotocol("v12.stomp"))
	// Output:
	// [v12.stomp v11.stomp v10.stomp]
	// 1.2 true
}

// A list may have versions that are newer than this module.
func ExampleParseVersions() {
	offered := frame.ParseVersions("1.1,1.2,2.0")
	fmt.Println(offered, offered.Has(frame.V10), offered.Highest())
	// Output: 1.1,1.2 false 1.2
}

// A body without content-length ends at its first NUL.
func ExampleContentLength() {
	fmt.Println(frame.Counted(5).Get())
	fmt.Println(frame.ContentLength{}.Get())
	// Output:
	// 5 true
	// -1 false
}

// A proxy refuses what only the other side may send.
func ExampleCommand_FromServer() {
	for _, c := range []frame.Command{frame.SEND, frame.MESSAGE} {
		fmt.Println(c, c.FromClient(), c.FromServer())
	}
	// Output:
	// SEND true false
	// MESSAGE false true
}
