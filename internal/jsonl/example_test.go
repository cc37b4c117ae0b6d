package jsonl_test

import (
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/jsonl"
)

func ExampleAppendFrame() {
	v := frame.View{
		Head: frame.Head{
			Command: frame.SEND,
			Headers: headers.ListView{{Name: []byte("destination"), Value: []byte("/queue/a")}},
		},
		Body: []byte("hello"),
	}
	fmt.Printf("%s", jsonl.AppendFrame(nil, 0, 37, v, 0))
	// Output:
	// {"offset":0,"size":37,"command":"SEND","headers":[["destination","/queue/a"]],"body":"hello"}
}

func ExampleParse() {
	line, err := jsonl.Parse([]byte(`{"command":"ACK","headers":[["id","7"]]}`))
	fmt.Println(line.Frame, err)
	line, err = jsonl.Parse([]byte(`{"command":"ACK","header":[["id","7"]]}`))
	fmt.Println(line.Frame, err)
	// Output:
	// ACK {id:"7"} 0 bytes <nil>
	// <nil> unknown key "header"
}
