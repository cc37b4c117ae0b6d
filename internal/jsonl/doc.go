// Package jsonl is the form of a STOMP stream as JSON, one object a line: what
// "stomp decode -o json" prints and "stomp encode" reads.
//
// # Frames
//
//	{"offset":0,"size":82,"command":"SEND","headers":[["destination","/queue/a"],["receipt","r-1"]],"body":"hello"}
//
// The offset is that of the first octet of the command from the start of the
// stream, the size that of the frame from there to its NUL, both in octets.
// Headers are unescaped, in wire order, repeats kept. A frame without body has
// no body. The names of the leniencies that reading the frame took are in
// "allowed", where there are any.
//
// A JSON string cannot carry any octet. What is not UTF-8 is in base64, under
// another key: "command_base64", "headers_base64" (all names and values of the
// frame), "body_base64".
//
// # Heart-beats
//
//	{"offset":82,"heartbeats":2}
//
// A run of end of lines between frames.
//
// # Errors
//
//	{"offset":120,"frame":83,"error":"bad_escape","command":"SEND","header":"x-note","message":"..."}
//
// The last line, when the stream breaks the protocol: the fields of a
// [github.com/stompwire/stomp/parser.Error].
//
// # Rules
//
//	{"from":"client","offset":312,"command":"ACK","rule":"ack-id-required","must":true,"section":"STOMP 1.2, ACK","header":"id","message":"..."}
//
// A rule of package validate that a frame broke, as "stomp check -o json" has it.
//
// # Characters
//
// Lines are UTF-8. Characters that are not printable, terminal escapes and
// those that turn the direction of text among them, are written as \u escapes,
// so that a line can be shown anywhere.
package jsonl
