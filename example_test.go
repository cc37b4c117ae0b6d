package stomp_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A client: any net.Conn can take the place of the two buffers.
func Example_client() {
	var out bytes.Buffer
	in := strings.NewReader("CONNECTED\nversion:1.2\n\n\x00\nMESSAGE\nsubscription:0\ndestination:/queue/a\n\nhello\x00\n")

	w := encoder.NewWriter(&out, frame.Unnegotiated, encoder.Options{})
	w.WriteFrame(&frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs(
		headers.AcceptVersion, frame.AllVersions.String(), headers.Host, "/")})
	r := parser.NewReader(in, parser.Options{})
	for f, err := range r.Frames() {
		if err != nil {
			fmt.Println(err)
		} else if f.Command == frame.CONNECTED {
			version, _ := f.AgreedVersion()
			r.SetVersion(version)
			w.SetVersion(version)
			w.WriteFrame(&frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs(
				headers.ID, "0", headers.Destination, "/queue/a")})
		} else {
			fmt.Printf("%v: %s\n", f.Command, f.Body)
		}
	}
	fmt.Printf("%q\n", out.String())
	// Output:
	// MESSAGE: hello
	// "CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\n\n\x00SUBSCRIBE\nid:0\ndestination:/queue/a\n\n\x00"
}

// A broker: octets in, as they come from a connection; answers out.
func Example_broker() {
	a := parser.NewAssembler(parser.Options{Limits: parser.LimitsBeforeLogin()})
	version := frame.Unnegotiated
	serve := func(chunk, out []byte) ([]byte, error) {
		for len(chunk) > 0 {
			v, n, ok, err := a.Next(chunk)
			if err != nil {
				return out, err // answer with an ERROR frame and close
			}
			chunk = chunk[n:]
			if ok && (v.Command == frame.CONNECT || v.Command == frame.STOMP) {
				if version, ok = frame.Negotiate(v.AcceptVersions(), frame.AllVersions); !ok {
					return encoder.AppendFrame(out, frame.RefuseVersion(frame.AllVersions), version, encoder.Options{})
				}
				a.SetVersion(version)
				a.SetLimits(parser.Limits{}) // the defaults
				b := encoder.Begin(out, frame.CONNECTED, version, encoder.Options{})
				b.Header(headers.Version, version.String())
				out, err = b.End(nil)
			} else if id, asked := v.Headers.Get(headers.Receipt); ok && asked {
				b := encoder.Begin(out, frame.RECEIPT, version, encoder.Options{})
				b.HeaderBytes([]byte(headers.ReceiptID), id)
				out, err = b.End(nil)
			}
			if err != nil {
				return out, err
			}
		}
		return out, nil
	}

	out, err := serve([]byte("CONNECT\naccept-version:1.1,1.2\nhost:/\n\n\x00\nSEND\nreceipt:r\\c1\n\nhel"), nil)
	fmt.Printf("%q %v\n", out, err)
	out, err = serve([]byte("lo\x00"), nil)
	fmt.Printf("%q %v\n", out, err)
	// Output:
	// "CONNECTED\nversion:1.2\n\n\x00" <nil>
	// "RECEIPT\nreceipt-id:r\\c1\n\n\x00" <nil>
}
