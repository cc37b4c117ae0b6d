package fuzz

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
	"pgregory.net/rapid"
)

// setting makes options of numbers that a fuzzer chooses: any number is some
// options. Limits are small; 0 is the default.
func setting(version uint8, allow uint16, limits uint32) parser.Options {
	field := func(shift int) int {
		n := int(limits >> shift & 0xff)
		if n >= 0xfe {
			return n - 0x100 // Unlimited and None
		}
		return n
	}
	return parser.Options{
		Version: frame.Version(version % 4),
		Allow:   parser.Allow(allow) & parser.AllowAll,
		Limits:  parser.Limits{HeaderLine: field(0), Headers: field(8), Head: field(16), Body: int64(field(24))},
	}
}

// addRows adds the inputs of the oracle's rows, and some that are longer.
func addRows(add func(input []byte, o parser.Options)) {
	for _, row := range oracleRows {
		input, _ := marked(row)
		if len(input) < 2000 {
			add([]byte(input), parser.Options{Version: row.version, Allow: row.allow, Limits: row.limits})
		}
	}
	for _, input := range []string{
		"CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\npasscode:a\\cb\nheart-beat:500,500\n\n\x00\n\nSEND\ndestination:/queue/a\ncontent-length:5\n\nhello\x00\n",
		"CONNECTED\nversion:1.2\nsession:ID:host-36145-1:30\nserver:ActiveMQ/5.17.2\nheart-beat:0,0\n\n\x00\nMESSAGE\nsubscription:1\nmessage-id:ID\\chost\\c1\ndestination:/queue/a\n\nbody\nbody\x00\n",
		"ERROR\nmessage:Bad\ncontent-type:text/plain\n\njava.lang.Exception\n\tat a.b(C.java:1)\n\x00\nRECEIPT\nreceipt-id:77\n\n\x00",
		"SEND\r\ncontent-length:3\r\ncontent-length:3\r\n\r\n\x00\r\n\x00\r\nACK\r\nid:\\n\\c\\\\\\r\r\n\r\n\x00",
	} {
		add([]byte(input), parser.Options{Version: v12})
	}
	for v := range vectors.All[vectors.Decode]() {
		if len(*v.Input) < 2000 {
			add([]byte(*v.Input), v.Options())
		}
	}
	for capture := range testdata.Captures() {
		if len(capture.Octets) < 1000 {
			add(capture.Octets, parser.Options{Version: v12})
		}
	}
}

// unsetting is the inverse of setting, for seeds.
func unsetting(o parser.Options) (version uint8, allow uint16, limits uint32) {
	field := func(n int) uint32 { return uint32(n) & 0xff }
	limits = field(o.Limits.HeaderLine) | field(o.Limits.Headers)<<8 | field(o.Limits.Head)<<16 | field(int(o.Limits.Body))<<24
	return uint8(o.Version), uint16(o.Allow), limits
}

// FuzzParser holds the parser to its promises, whatever the chunks.
func FuzzParser(f *testing.F) {
	addRows(func(input []byte, o parser.Options) {
		v, a, l := unsetting(o)
		f.Add(input, []byte{1}, v, a, l)
		f.Add(input, []byte{7, 0, 2}, v, a, l)
	})
	f.Fuzz(func(t *testing.T, input, sizes []byte, version uint8, allow uint16, limits uint32) {
		o := setting(version, allow, limits)
		chunks := CutBy(input, sizes)
		for _, err := range []error{
			checkEvents(chunks, o),
			checkEvents([][]byte{input}, o),
			checkFrames(chunks, o),
			checkLossless(chunks, o),
			checkSticky(chunks, [][]byte{input}, o),
			checkReset(chunks, o, [][]byte{input}, parser.Options{Version: frame.V12}),
			checkLenient(input, parser.Options{Version: o.Version, Limits: o.Limits}, o.Allow),
			checkViews(chunks, o),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzSwitch has the version and the limits change after the first frame.
func FuzzSwitch(f *testing.F) {
	addRows(func(input []byte, o parser.Options) {
		v, a, l := unsetting(o)
		f.Add([]byte("CONNECT\na:b\n\n\x00"+string(input)), []byte{14}, v, a, uint32(0), l)
	})
	f.Fuzz(func(t *testing.T, input, sizes []byte, version uint8, allow uint16, limits, later uint32) {
		o, then := setting(0, allow, limits), setting(version, allow, later)
		if err := checkEventsThen(CutBy(input, sizes), o, then.Version, then.Limits); err != nil {
			t.Error(err)
		}
	})
}

// FuzzOracle holds every way of decoding to the oracle.
func FuzzOracle(f *testing.F) {
	addRows(func(input []byte, o parser.Options) {
		v, a, l := unsetting(o)
		f.Add(input, []byte{3}, v, a, l)
	})
	f.Fuzz(func(t *testing.T, input, sizes []byte, version uint8, allow uint16, limits uint32) {
		o := setting(version, allow, limits)
		chunks := CutBy(input, sizes)
		for _, d := range decoders {
			decode := d.decoder(o)
			if err := CheckOracle(decode, chunks, o); err != nil {
				t.Errorf("%s: %v", d.name, err)
			}
			if err := CheckChunking(decode, chunks); err != nil {
				t.Errorf("%s: %v", d.name, err)
			}
			if err := CheckConcatenation(decode, input, input); err != nil {
				t.Errorf("%s: %v", d.name, err)
			}
		}
	})
}

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

// FuzzAccepted has the encoder write what the parser accepts.
func FuzzAccepted(f *testing.F) {
	addRows(func(input []byte, o parser.Options) { f.Add(input, uint8(o.Version)) })
	f.Fuzz(func(t *testing.T, input []byte, version uint8) {
		if err := checkAccepted(input, frame.Version(version%4)); err != nil {
			t.Error(err)
		}
	})
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

// FuzzEscape holds the escaping of strings to the tables of the specification.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "a", "\\", "\n", ":", "\r", "\x00", `\n\c\\\r`, `\\n`, `\t`, `a\`, "é\xff", "C:\\new"} {
		for e := range uint8(3) {
			f.Add(e, s)
		}
	}
	f.Fuzz(func(t *testing.T, escaping uint8, s string) {
		if err := checkEscape(headers.Escaping(escaping%3), s); err != nil {
			t.Error(err)
		}
	})
}
