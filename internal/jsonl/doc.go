// Package jsonl is the form of a STOMP stream as JSON, one object a line: what
// "stomp decode -o json" prints and "stomp encode" reads.
//
// # Frames
//
//	{"offset":0,"size":82,"command":"SEND","headers":[["destination","/queue/a"],["receipt","r-1"]],"body":"hello"}
//
// The offset is that of the first byte of the command from the start of the
// stream, the size that of the frame from there to its NUL, both in bytes.
// Headers are unescaped, in wire order, repeats kept. A frame without body has
// no body. The names of the leniencies that reading the frame took are in
// "allowed", where there are any.
//
// A JSON string cannot carry any byte. What is not UTF-8 is in base64, under
// another key: "command_base64", "headers_base64" (all names and values of the
// frame), "body_base64".
//
// # Between frames
//
//	{"offset":82,"eol":true}
//	{"offset":83,"heartbeats":2}
//	{"offset":85,"nuls":1,"allowed":["nul-padding"]}
//
// The end of line directly after the NUL of a frame belongs to that frame. All
// others are heart-beats. NULs between frames are padding, which a leniency
// admits. A run of heart-beats and NULs is one line.
//
// # Errors
//
//	{"offset":120,"frame":83,"error":"bad_escape","command":"SEND","header":"x-note","message":"..."}
//
// The last line, when the stream breaks the protocol: the fields of a
// [github.com/stompwire/stomp/parser.Error].
//
// # Findings
//
//	{"from":"client","offset":312,"command":"ACK","rule":"ack-id-required","must":true,"section":"STOMP 1.2, ACK","header":"id","message":"..."}
//	{"from":"client","offset":340,"command":"SEND","rule":"undefined-escapes","leniency":true,"must":true,"section":"...","message":"..."}
//
// A rule of package validate that a frame broke, or a leniency that reading it
// took, as "stomp check -o json" prints them. "note" has more about this one,
// where there is more. What was found outside of a frame has no command.
//
// # Characters
//
// Lines are UTF-8. Characters that are not printable, terminal escapes and
// those that turn the direction of text among them, are written as \u escapes,
// so that a line can be shown anywhere.
package jsonl
