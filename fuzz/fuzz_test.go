package fuzz

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/parser"
	"pgregory.net/rapid"
)

// FuzzEncoder has the encoder write any frame: names and values are the
// strings of list, which 0xfe separates.
func FuzzEncoder(f *testing.F) {
	for _, row := range []struct{ command, list, body string }{
		{"SEND", "destination\xfe/queue/a", "hello"},
		{"SEND", "a\nb\xfec:d\xfee\\f\xfeg\rh\xfei\x00", "a\x00b"},
		{"SEND", "content-length\xfe2", "ab"},
		{"SEND", "content-length\xfe02\xfecontent-length\xfe2", "ab"},
		{"SEND", "\xfeempty name", ""},
		{"SEND", "a\xfeends in CR\r", ""},
		{"CONNECT", "passcode\xfea\\cb:c\xfea:b\xfe", ""},
		{"CONNECT", "injected\xfea\n\n\x00SEND", ""},
		{"SUBSCRIBE", "", "body"},
		{"SE\nND", "", ""},
		{"\r", "", ""},
		{"", "", ""},
		{"MY OWN:COMMAND", "a\xfeb", "x"},
		{strings.Repeat("X", 9000), "a\xfeb\r", "x"},
		{"ERROR", "message\xfex\ry", "x\x00"},
	} {
		for v := range uint8(4) {
			f.Add(row.command, row.list, []byte(row.body), v, v)
			f.Add(row.command, row.list, []byte(row.body), v, 4|v) // any command
		}
	}
	f.Fuzz(func(t *testing.T, command, list string, body []byte, version, options uint8) {
		fr := &frame.Frame{Command: frame.Command(command), Body: body}
		if list != "" {
			parts := append(strings.Split(list, "\xfe"), "")
			for i := 0; i+1 < len(parts); i += 2 {
				fr.Headers.Add(parts[i], parts[i+1])
			}
		}
		v := frame.Version(version % 4)
		o := encoder.Options{Length: encoder.Length(options % 2), CRLF: options&2 != 0, UnknownCommand: options&4 != 0}
		if options&8 != 0 {
			o.Length = encoder.LengthAsGiven
		}
		decode := unlimited(v, o)
		if err := CheckEncoder(Encoding(v, o), decode, fr); err != nil {
			t.Error(err)
		}
	})
}

// unlimited returns a decoder for what an encoder writes, however long.
func unlimited(v frame.Version, o encoder.Options) Decoder {
	po := parser.Options{
		Version: v,
		Limits:  parser.Limits{HeaderLine: parser.Unlimited, Headers: parser.Unlimited, Head: parser.Unlimited, Body: parser.Unlimited},
	}
	if o.UnknownCommand {
		po.Allow = parser.AllowUnknownCommand
	}
	return AssemblerDecoder(po)
}

// FuzzRoundTrip lets the fuzzer steer the generator of frames.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "\x00", strings.Repeat("\xff", 200), strings.Repeat("\x01\x80\x00\x10", 100)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		v := Versions().Draw(t, "version")
		o := encoder.Options{CRLF: rapid.Bool().Draw(t, "CR LF")}
		if err := CheckRoundTrip(Encoding(v, o), unlimited(v, o), Frames(v).Draw(t, "frame")); err != nil {
			t.Fatal(err)
		}
	}))
}

// FuzzAccepted has the encoder write what the parser accepts.
func FuzzAccepted(f *testing.F) {
	for v := range vectors.All[vectors.Decode]() {
		if len(*v.Input) < 2000 {
			f.Add([]byte(*v.Input), uint8(v.Options().Version))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte, version uint8) {
		if err := checkAccepted(input, frame.Version(version%4)); err != nil {
			t.Error(err)
		}
	})
}
