// Package jsonl defines the JSON form of a STOMP stream, with one object on each line.
// "stomp decode -o json" prints it, and "stomp encode" reads it.
//
// # Frames
//
//	{"offset":0,"size":82,"command":"SEND","headers":[["destination","/queue/a"],["receipt","r-1"]],"body":"hello"}
//
// "offset" is the offset of the first byte of the command in the stream, and "size" the
// size of the frame from there to its NUL, both in bytes. Headers are unescaped, in
// wire order, including repeats. "body" is absent if the body is empty. "allowed" has
// the names of the leniencies that the frame needed, if any.
//
// A JSON string cannot carry every byte. A command or body that is not UTF-8 is in
// base64 under another key, "command_base64" or "body_base64". A header name or value
// that is not UTF-8 is an object: ["x",{"base64":"/w=="}]. The key "headers_base64",
// under which all names and values are in base64, is still read, but no longer written.
// Headers may also be an object, {"destination":"/queue/a"}, in which numbers stand for
// their digits.
//
// # Between frames
//
//	{"offset":82,"eol":true}
//	{"offset":83,"heartbeats":2}
//	{"offset":85,"nuls":1,"allowed":["nul-padding"]}
//
// The line ending directly after the NUL of a frame belongs to that frame. All others
// are heart-beats. NULs between frames are padding, which needs a leniency. A run of
// heart-beats and NULs is one line.
//
// # Captures
//
// In a capture, each line begins with the number of its connection, the number of the
// packet that completed it, the time of that, the milliseconds since the connection
// began, and the side that sent it. Only files of packets have packet, and recordings
// have no time. Each connection begins with a line of its own:
//
//	{"connection":1,"time":"2026-01-02T03:04:05.6Z","client":"10.0.0.1:5000","server":"10.0.0.2:61613","over":"TCP"}
//	{"connection":1,"packet":4,"time":"2026-01-02T03:04:05.7Z","ms":100.000,"from":"client","offset":0,...}
//
// # Bytes that were not read
//
//	{"offset":85,"skipped":20,"missing":5}
//
// These are bytes that were skipped in search of the next frame. The capture does not
// have all of them.
//
// # Errors
//
//	{"offset":120,"frame":83,"error":"bad_escape","command":"SEND","header":"x-note","message":"..."}
//
// This is the last line if the stream breaks the protocol. It has the fields of a
// [github.com/stompwire/stomp/parser.Error].
//
// # Findings
//
//	{"from":"client","offset":312,"command":"ACK","rule":"ack-id-required","must":true,"section":"STOMP 1.2, ACK","header":"id","message":"..."}
//	{"from":"client","offset":340,"command":"SEND","rule":"undefined-escapes","leniency":true,"must":true,"section":"...","message":"..."}
//
// "stomp check -o json" prints a line for each rule of package validate that a frame
// broke, and for each leniency that it needed. "note" says more, if there is more to
// say. A finding outside of a frame has no command.
//
// # Characters
//
// Lines are UTF-8. Characters that are not printable, such as terminal escapes and
// those that change the direction of text, are written as \u escapes, so that a line
// can be shown anywhere.
package jsonl
