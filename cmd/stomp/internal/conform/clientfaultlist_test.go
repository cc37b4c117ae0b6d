//go:build faults

package conform

import (
	"slices"
	"testing"

	"github.com/stompwire/stomp/parser"
)

// clientFaults are what a testDriver can do wrong.
var clientFaults = []clientFault{
	{word: "allows undefined escapes", allow: parser.AllowUndefinedEscapes, found: `refuses/undefined-escape-1.* refuses/dangling-escape-1.* refuses/carriage-return-1.1`},
	{word: "allows the escape of a carriage return", allow: parser.AllowEscapedCR, found: `refuses/carriage-return-1.1`},
	{word: "ACK by message-id in 1.2", found: `acks/ack-1.2 acks/nack-1.2 acks/escaped-id-1.2 acks/in-transaction`},
	{word: "ACK without subscription", found: `acks/ack-1.1 acks/nack-1.1 acks/escaped-id-1.1`},
	{word: "ACK without transaction", found: `acks/in-transaction`},
	{word: "COMMIT of another", found: `transactions/commit-1.*`},
	{word: "CONNECT without accept-version", found: `connect/frame-1.*`},
	{word: "CONNECT without host", found: `connect/frame-1.*`},
	{word: "CONNECT without passcode", found: `connect/credentials-1.*`},
	{word: "CR LF is not known", found: `connect/crlf-in-connected reads/crlf`},
	{word: "DISCONNECT without receipt", found: `ends/disconnect-receipt`},
	{word: "SEND without transaction", found: `transactions/commit-1.* transactions/abort-1.*`},
	{word: "SUBSCRIBE without id", found: `subscribes/unsubscribe-1.* subscribes/frame-1.* acks/ack-1.1 acks/nack-1.1 acks/escaped-id-1.1`},
	{word: "UNSUBSCRIBE of another", found: `subscribes/unsubscribe-1.*`},
	{word: "asks for no receipt", found: `sends/receipt-1.* sends/receipt-awaited`},
	{word: "bodies are text", found: `reads/body-every-byte`},
	{word: "chunks are frames", found: `connect/connected-byte-by-byte reads/byte-by-byte reads/cut-at-many-bytes`},
	{word: "cuts bodies at NUL", found: `reads/body-with-nuls-1.* reads/body-every-byte reads/body-like-a-frame reads/byte-by-byte reads/cut-at-many-bytes reads/twenty-in-one-write reads/eols-between reads/crlf`},
	{word: "deaf to heart-beats", found: `heart-beats/received`},
	{word: "does not say that the connection has ended", found: `ends/closed`},
	{word: "does not wait for receipts", found: `sends/receipt-awaited`},
	{word: "no content-length", found: `sends/nuls-1.* sends/length`},
	{word: "one frame a chunk", found: `reads/cut-at-many-bytes reads/twenty-in-one-write reads/eols-between`},
	{word: "sends after DISCONNECT", found: `ends/nothing-after-disconnect`},
	{word: "sends no heart-beats", found: `heart-beats/sent-1.*`},
	{word: "takes ERROR for CONNECTED", found: `connect/error connect/error-1.1`},
	{word: "takes any version", found: `connect/other-version connect/future-version`},
	{word: "the last of repeated headers counts", found: `reads/repeated-header`},
	{word: "trims what it reads", found: `reads/blanks`},
	{word: "trims what it sends", found: `sends/blanks`},
	{word: "unescapes no names", found: `reads/escaped-name-1.*`},
	{word: "unescapes twice", found: `reads/escapes-one-pass-1.*`},
	{word: "wants heart-beats in any case", found: `heart-beats/none-wanted heart-beats/header-missing`},
	{word: "writes no escapes", found: `sends/colon-1.* sends/line-feed-1.* sends/backslash-1.* sends/path-1.* sends/colon-in-name-1.* sends/carriage-return-1.2 acks/escaped-id-1.*`},
}

func TestClientFaults(t *testing.T) {
	eachFault(t, clientFaults, func(f clientFault) []string {
		results, err := runTestDriver(f)
		if err != nil {
			return []string{f.word + ": " + err.Error()}
		}
		return compare(f.word, f.found, results)
	})
	if slices.ContainsFunc(clientFaults, func(f clientFault) bool { return f.found == "" }) {
		t.Error("a fault that nothing finds")
	}
}
