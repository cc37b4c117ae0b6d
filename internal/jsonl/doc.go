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
// A JSON string cannot carry any byte. A command or body that is not UTF-8 is in
// base64, under another key: "command_base64", "body_base64". A name or value of
// a header that is not UTF-8 is an object: ["x",{"base64":"/w=="}]. The key
// "headers_base64", under which all names and values are in base64, is read and
// no longer written. Headers may also be written as an object,
// {"destination":"/queue/a"}, in which numbers stand for their digits.
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
// # Captures
//
// Of a capture each line says in front which connection it is of, when it was
// complete, how many milliseconds after the connection began that was, and which
// side sent it. A connection has a line of its own where it begins:
//
//	{"connection":1,"time":"2026-01-02T03:04:05.6Z","client":"10.0.0.1:5000","server":"10.0.0.2:61613","over":"TCP"}
//	{"connection":1,"time":"2026-01-02T03:04:05.7Z","ms":100.000,"from":"client","offset":0,...}
//
// # Bytes that were not read
//
//	{"offset":85,"skipped":20,"missing":5}
//
// What was skipped while the next frame was looked for, some of which the capture
// does not have.
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
