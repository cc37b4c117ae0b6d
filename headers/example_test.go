package headers_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/stompwire/stomp/headers"
)

func ExamplePairs() {
	l := headers.Pairs(
		headers.Destination, "/queue/a",
		headers.Receipt, "r-1",
	)
	fmt.Println(l)
	// Output: {destination:"/queue/a" receipt:"r-1"}
}

func ExampleList() {
	var l headers.List // ready for use
	l.Add("foo", "World")
	l.Add("foo", "Hello") // a repeat: the first entry counts

	value, ok := l.Get("foo")
	fmt.Println(value, ok)
	for value := range l.Values("foo") {
		fmt.Println("-", value)
	}

	l.Prepend("foo", "Hi") // a server that updates a header and keeps its history
	fmt.Println(l)
	l.Set("foo", "Hey") // this value and no other
	fmt.Println(l)
	fmt.Println(l.Delete("foo"), "deleted,", len(l), "left")
	// Output:
	// World true
	// - World
	// - Hello
	// {foo:"Hi" foo:"World" foo:"Hello"}
	// {foo:"Hey"}
	// 1 deleted, 0 left
}

// A list is a slice: headers in wire order.
func ExampleList_range() {
	for _, header := range headers.Pairs("b", "1", "a", "2") {
		fmt.Println(header.Name, "=", header.Value)
	}
	// Output:
	// b = 1
	// a = 2
}

// Values of credentials are masked wherever a list, or one of its fields, is
// printed; Get has them in full.
func ExampleList_String() {
	l := headers.Pairs(headers.Login, "guest", headers.Passcode, "hunter2")
	fmt.Println(l)
	fmt.Printf("%#v\n", l[1])
	passcode, _ := l.Get(headers.Passcode)
	fmt.Println(len(passcode), "bytes")
	// Output:
	// {login:"guest" passcode:***}
	// passcode:***
	// 7 bytes
}

// A view borrows the memory of whoever made it. Clone it to keep it.
func ExampleListView_Clone() {
	buffer := []byte("destination/queue/a")
	v := headers.ListView{{Name: buffer[:11:11], Value: buffer[11:]}}

	l := v.Clone()
	copy(buffer, "overwritten by what came next")
	fmt.Println(l)
	// Output: {destination:"/queue/a"}
}

// Text is Get for a value that is to be kept.
func ExampleListView_Text() {
	buffer := []byte("destination/queue/a")
	v := headers.ListView{{Name: buffer[:11:11], Value: buffer[11:]}}

	destination, ok := v.Text(headers.Destination)
	copy(buffer, "overwritten by what came next")
	fmt.Println(destination, ok)
	// Output: /queue/a true
}

func ExampleAppendEscaped() {
	wire, err := headers.AppendEscaped(nil, headers.Escape12, "session:1\nsession:2")
	fmt.Printf("%s %v\n", wire, err)

	// In version 1.0 nothing stands for a line feed.
	_, err = headers.AppendEscaped(nil, headers.Literal, "a\nb")
	fmt.Println(err)
	// Output:
	// session\c1\nsession\c2 <nil>
	// stomp: line feed has no escape at offset 1 (escaping literal)
}

func ExampleAppendUnescaped() {
	value, err := headers.AppendUnescaped(nil, headers.Escape12, `C:\\new`)
	fmt.Printf("%s %v\n", value, err)

	_, err = headers.AppendUnescaped(nil, headers.Escape12, `a\tb`)
	var escape *headers.EscapeError
	if errors.As(err, &escape) {
		fmt.Println(escape.Detail, "at", escape.Offset)
	}
	// Output:
	// C:\new <nil>
	// undefined escape at 1
}

// Each side says what it can do and what it would like; the slower wish of
// the two counts, and 0 means none.
func ExampleNegotiateHeartBeats() {
	client, err := headers.ParseHeartBeats("4000,10000")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := headers.HeartBeats{Send: 5 * time.Second, Receive: 15 * time.Second}

	fromClient, fromServer := headers.NegotiateHeartBeats(client, server)
	fmt.Println("answer", server)
	fmt.Println("the client sends something every", fromClient)
	fmt.Println("the server sends something every", fromServer)
	// Output:
	// answer 5000,15000
	// the client sends something every 15s
	// the server sends something every 10s
}

func ExampleParseContentLength() {
	n, err := headers.ParseContentLength("42")
	fmt.Println(n, err)
	_, err = headers.ParseContentLength("-1")
	fmt.Println(err, errors.Is(err, headers.ErrSyntax))
	_, err = headers.ParseContentLength("18446744073709551618")
	fmt.Println(err, errors.Is(err, headers.ErrRange))
	// Output:
	// 42 <nil>
	// stomp: content-length: bad syntax at offset 0 true
	// stomp: content-length: out of range at offset 19 true
}

func ExampleParseAckMode() {
	mode, err := headers.ParseAckMode("client-individual")
	fmt.Println(mode, mode.Explicit(), err)
	// Output: client-individual true <nil>
}

// Logs and traces ask before they show a value.
func ExampleIsSecret() {
	fmt.Println(headers.IsSecret("passcode"), headers.IsSecret("Authorization"), headers.IsSecret("login"))
	// Output: true true false
}
