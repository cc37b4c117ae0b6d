//go:build faults

package conform

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// except makes a fault of a rule that is not enforced.
func except(found string, rules ...validate.Rule) brokerFault {
	return brokerFault{word: "does not enforce " + rules[0].ID(), except: rules, found: found}
}

// allow makes a fault of a leniency.
func allow(found string, a parser.Allow) brokerFault {
	return brokerFault{word: "allows " + a.String(), allow: a, found: found}
}

// brokerFaults are what a testBroker can do wrong.
var brokerFaults = []brokerFault{
	allow("escapes/undefined-tab-1.* escapes/undefined-capital-1.* escapes/undefined-zero-1.* escapes/dangling-1.* escapes/undefined-in-name-1.* escapes/carriage-return-1.1", parser.AllowUndefinedEscapes),
	allow("escapes/carriage-return-1.1", parser.AllowEscapedCR),
	{word: "takes what begins like SEND for SEND", allow: parser.AllowUnknownCommand, found: "headers/command-lower-case headers/command-mixed-case headers/command-longer headers/command-shorter headers/command-after-blank headers/command-before-blank"},
	except("headers/send-without-destination-1.* headers/name-in-other-case errors/sent", validate.SendDestinationRequired),
	except("headers/subscribe-without-destination-1.*", validate.SubscribeDestinationRequired),
	except("headers/subscribe-without-id-1.*", validate.SubscribeIDRequired),
	except("headers/unsubscribe-without-id-1.*", validate.UnsubscribeIDRequired),
	except("headers/ack-without-id-1.2", validate.AckIDRequired),
	except("headers/ack-without-message-id-1.*", validate.AckMessageIDRequired, validate.AckKnown),
	except("headers/ack-without-subscription-1.1", validate.AckSubscriptionRequired),
	except("headers/nack-without-id-1.2", validate.NackIDRequired),
	except("headers/begin-without-transaction-1.*", validate.BeginTransactionRequired),
	except("headers/commit-without-transaction-1.*", validate.CommitTransactionRequired),
	except("headers/abort-without-transaction-1.*", validate.AbortTransactionRequired),
	except("headers/subscribe-ack-mode-unknown-1.*", validate.SubscribeAckMode),
	except("headers/subscribe-id-twice-1.*", validate.SubscribeIDUnique),
	except("headers/begin-twice-1.2", validate.BeginTransactionUnique),
	except("headers/commit-unknown-1.* headers/commit-twice headers/commit-after-abort transactions/not-of-another", validate.CommitTransactionKnown),
	except("headers/abort-unknown-1.*", validate.AbortTransactionKnown),
	except("headers/send-in-unknown-transaction", validate.TransactionKnown),
	{word: "ABORT commits", found: `acks/in-transaction-aborted transactions/abort-1.* transactions/two`},
	{word: "ACK does nothing", found: `acks/settles-1.* acks/cumulative-1.* acks/cumulative-last-1.* acks/individual-last-1.* acks/individual-middle-1.* acks/individual-settles-1.* acks/in-transaction-committed`},
	{word: "ACK is for all", found: `acks/cumulative-1.* acks/individual-last-1.* acks/individual-middle-1.*`},
	{word: "ACK is for all subscriptions", found: `acks/other-subscription`},
	{word: "ACK is for one too few", found: `acks/cumulative-1.* acks/cumulative-last-1.*`},
	{word: "COMMIT drops", found: `acks/in-transaction-committed transactions/commit-1.* transactions/two transactions/name-again transactions/name-of-another transactions/all-of-three transactions/message-whole`},
	{word: "CONNECTED twice", found: `handshake/connect-twice handshake/stomp-twice server/connected-once`},
	{word: "ERROR without content-length", found: `errors/has-content-length`},
	{word: "ERROR without message", found: `errors/has-message`},
	{word: "ERROR without receipt-id", found: `errors/has-receipt-id`},
	{word: "ERROR without versions", found: `handshake/no-common-version-lists`},
	{word: "MESSAGE without ack", found: `acks/ack-header-client acks/ack-header-client-individual acks/ack-headers-differ server/message-ack-required`},
	{word: "MESSAGE without content-length", found: `framing/message-has-length`},
	{word: "MESSAGE without destination", found: `messages/destination-1.* messages/same-destination server/message-destination-required`},
	{word: "MESSAGE without message-id", found: `messages/message-id-1.* messages/ids-unique server/message-message-id-required`},
	{word: "MESSAGE without subscription", found: `messages/subscription-1.* escapes/in-subscription-1.* subscriptions/two-destinations subscriptions/same-destination-twice subscriptions/fifty server/message-subscription-required server/message-subscription-expected`},
	{word: "NACK ends the connection", found: `receipts/nack`},
	{word: "RECEIPT for all", found: `receipts/not-asked server/receipt-known`},
	{word: "RECEIPT twice", found: `receipts/twenty server/receipt-known`},
	{word: "RECEIPT with a body", found: `server/body-not-allowed`},
	{word: "STOMP is unknown", found: `handshake/stomp-command-1.*`},
	{word: "UNSUBSCRIBE removes all", found: `subscriptions/unsubscribe-one-of-two`},
	{word: "accepts any version", found: `handshake/no-common-version`},
	{word: "ack headers that repeat", found: `acks/ack-headers-differ acks/settles-1.2 acks/cumulative-1.2 acks/cumulative-last-1.2 acks/individual-last-1.2 acks/individual-middle-1.2 acks/individual-settles-1.2 acks/nack-individual-1.2 acks/in-transaction-committed server/message-ack-unique`},
	{word: "acknowledges in a transaction at once", found: `acks/in-transaction-aborted`},
	{word: "at most ten subscriptions", found: `subscriptions/fifty`},
	{word: "auto waits for ACK", found: `subscriptions/default-is-auto acks/auto-settles-1.*`},
	{word: "bodies as UTF-8", found: `framing/body-every-byte framing/body-not-utf8`},
	{word: "client-individual is client", found: `acks/individual-last-1.* acks/individual-middle-1.*`},
	{word: "client is client-individual", found: `acks/cumulative-1.* acks/cumulative-last-1.*`},
	{word: "closes without ERROR", found: `handshake/no-common-version errors/sent limits/headers-2000 limits/line-256-kib limits/name-64-kib limits/receipt-8-kib limits/subscription-id-4-kib limits/transaction-4-kib`},
	{word: "commits when a connection ends", found: `transactions/disconnect-aborts transactions/lost-connection-aborts`},
	{word: "content-type is lost", found: `framing/content-type`},
	{word: "crashes at TLS", found: `hostile/tls-hello`},
	{word: "crashes at an ACK without headers", found: `headers/ack-without-id-1.2 headers/ack-without-message-id-1.* hostile/ack-bare`},
	{word: "crashes at long lines", found: `limits/body-1-mib limits/body-1-mib-without-length`},
	{word: "cuts bodies at 32 KiB", found: `framing/body-64-kib`},
	{word: "cuts bodies at NUL", found: `framing/body-with-nuls-1.* framing/body-every-byte framing/body-one-nul framing/body-like-a-frame transactions/message-whole`},
	{word: "cuts characters of four bytes", found: `receipts/id-utf8 escapes/utf8-four-bytes`},
	{word: "cuts values", found: `escapes/long-value`},
	{word: "deaf to heart-beats", found: `heart-beats/from-client-1.* heart-beats/crlf`},
	{word: "destination in capitals", found: `messages/same-destination`},
	{word: "drops empty values", found: `escapes/empty-value`},
	{word: "drops headers of users", found: `escapes/colon-1.* escapes/line-feed-1.* escapes/backslash-1.* escapes/one-pass-1.* escapes/name-1.* escapes/written-1.* escapes/carriage-return-1.2 escapes/literal-1.0 escapes/from-1.2-to-1.* escapes/from-1.1-to-1.2 escapes/user-header-1.* escapes/blanks-before escapes/blanks-behind escapes/blank-alone escapes/tab escapes/blank-in-name escapes/utf8-two-bytes escapes/utf8-three-bytes escapes/utf8-four-bytes escapes/utf8-name escapes/empty-value escapes/long-value escapes/comma escapes/number escapes/true escapes/many-headers escapes/repeated-first-counts framing/crlf-is-no-value framing/crlf-mixed transactions/message-whole`},
	{word: "drops names with underscores", found: `escapes/strange-names`},
	{word: "drops what is in a transaction", found: `acks/in-transaction-committed transactions/commit-1.* transactions/two transactions/name-again transactions/name-of-another transactions/all-of-three transactions/message-whole`},
	{word: "escapes twice", found: `escapes/colon-1.* escapes/line-feed-1.* escapes/backslash-1.* escapes/one-pass-1.* escapes/name-1.* escapes/written-1.* escapes/in-receipt-1.* escapes/in-subscription-1.* escapes/carriage-return-1.2 escapes/from-1.2-to-1.1 escapes/from-1.1-to-1.2`},
	{word: "loses a message of twenty", found: `messages/none-lost`},
	{word: "takes a CR at the end of a chunk for a bare one", found: `framing/crlf-cut`},
	{word: "goes on after ERROR", found: `handshake/no-common-version-closes errors/closes-1.* errors/closes-after-bad-escape errors/closes-after-unknown-command errors/closes-after-begin-without-transaction errors/nothing-after`},
	{word: "goes on after UNSUBSCRIBE", found: `subscriptions/unsubscribe subscriptions/unsubscribe-one-of-two subscriptions/unsubscribe-by-destination-1.0`},
	{word: "hears heart-beats only", found: `heart-beats/frames-count heart-beats/in-pieces`},
	{word: "heart-beat of words", found: `server/heart-beat-syntax`},
	{word: "ids of all connections", found: `subscriptions/id-of-connection`},
	{word: "ignores transactions", found: `acks/in-transaction-aborted transactions/abort-1.* transactions/not-before-commit transactions/disconnect-aborts transactions/lost-connection-aborts transactions/two transactions/name-of-another`},
	{word: "knows no versions of the future", found: `handshake/future-version-too`},
	{word: "message-ids that repeat", found: `messages/ids-unique acks/ack-headers-differ server/message-ack-unique server/message-id-unique`},
	{word: "mixes transactions", found: `transactions/two`},
	{word: "names in lower case", found: `escapes/case-of-name`},
	{word: "numbers are numbers", found: `escapes/number`},
	{word: "one RECEIPT for an id", found: `receipts/same-twice`},
	{word: "one transaction too few", found: `transactions/commit-1.* transactions/all-of-three`},
	{word: "receipt-id as a number", found: `receipts/id-number`},
	{word: "receipt-id cut", found: `receipts/id-long`},
	{word: "receipt-id without blanks", found: `receipts/id-with-blanks`},
	{word: "refuses CR LF", found: `handshake/connect-crlf framing/body-every-byte framing/body-crlf framing/body-crlf-without-length framing/crlf framing/crlf-is-no-value framing/crlf-mixed framing/crlf-cut framing/crlf-between heart-beats/crlf`},
	{word: "refuses content-length without a body", found: `handshake/content-length-zero framing/length-on-other-frames`},
	{word: "same session", found: `handshake/session-unique`},
	{word: "sends heart-beats too late", found: `heart-beats/from-server-1.* heart-beats/both`},
	{word: "sends no heart-beats", found: `heart-beats/from-server-1.* heart-beats/both`},
	{word: "server without a name", found: `server/connected-server-syntax`},
	{word: "stays open after ERROR", found: `handshake/no-common-version-closes errors/closes-1.* errors/closes-after-bad-escape errors/closes-after-unknown-command errors/closes-after-begin-without-transaction`},
	{word: "subscription of another", found: `subscriptions/two-destinations subscriptions/fifty`},
	{word: "takes the lowest version", found: `handshake/highest-of-three handshake/highest-of-two handshake/versions-in-any-order`},
	{word: "the default is client", found: `subscriptions/default-is-auto`},
	{word: "the last of repeated headers counts", found: `escapes/repeated-first-counts`},
	{word: "thirty headers", found: `escapes/many-headers`},
	{word: "trims bodies", found: `framing/body-line-feeds framing/body-crlf framing/body-crlf-without-length`},
	{word: "trims names", found: `escapes/blank-in-name`},
	{word: "trims values", found: `receipts/id-with-blanks escapes/blanks-before escapes/blanks-behind escapes/blank-alone escapes/tab`},
	{word: "unescapes CONNECT", found: `handshake/backslash-in-connect`},
	{word: "unescapes bodies", found: `framing/body-with-backslashes`},
	{word: "unescapes in 1.0", found: `escapes/literal-1.0`},
	{word: "unescapes no names", found: `escapes/name-1.*`},
	{word: "unescapes twice", found: `escapes/one-pass-1.* escapes/in-receipt-1.* escapes/in-subscription-1.* escapes/from-1.2-to-1.1 escapes/from-1.1-to-1.2`},
	{word: "takes 0 for a promise", found: `heart-beats/from-server-1.* heart-beats/none-from-client heart-beats/none-at-all`},
	{word: "writes colons as they are", found: `escapes/one-pass-1.* escapes/name-1.* escapes/written-1.* escapes/in-subscription-1.* escapes/from-1.2-to-1.1 escapes/from-1.1-to-1.2`},
	{word: "writes no escapes", found: `escapes/line-feed-1.* escapes/one-pass-1.* escapes/name-1.* escapes/written-1.* escapes/in-receipt-1.* escapes/in-subscription-1.* escapes/carriage-return-1.2 escapes/from-1.2-to-1.1 escapes/from-1.1-to-1.2`},
	{word: "delivers nothing to who has sent it", found: `messages/delivery-1.*`},
	{word: "no RECEIPT for SEND", found: `receipts/send-1.* receipts/id-with-blanks receipts/id-utf8 receipts/id-long receipts/id-number receipts/twenty receipts/same-twice receipts/not-asked`},
	{word: "no RECEIPT for SUBSCRIBE", found: `receipts/subscribe`},
	{word: "no RECEIPT for UNSUBSCRIBE", found: `receipts/unsubscribe`},
	{word: "no RECEIPT for BEGIN", found: `receipts/begin`},
	{word: "no RECEIPT for COMMIT", found: `receipts/commit`},
	{word: "no RECEIPT for ABORT", found: `receipts/abort`},
	{word: "no RECEIPT for ACK", found: `receipts/ack`},
	{word: "no RECEIPT for NACK", found: `receipts/nack`},
	{word: "no RECEIPT for DISCONNECT", found: `receipts/disconnect-1.*`},
}

// TestBrokerFaults switches on one fault at a time.
func TestBrokerFaults(t *testing.T) {
	eachFault(t, brokerFaults, func(f brokerFault) []string {
		r, err := NewRun(testSettings(startBroker(t, f).url()))
		if err != nil {
			return []string{err.Error()}
		}
		results, err := r.Do()
		if err != nil {
			return []string{f.word + ": the run ended early: " + err.Error()}
		}
		return compare(f.word, f.found, results)
	})
}

// eachFault checks faults. The runs mostly wait, so many of them go on at once. What
// is wrong then is checked again beside fewer others, and at last alone, since it may
// only have been late.
func eachFault[F any](t *testing.T, faults []F, check func(F) []string) {
	for _, atOnce := range []int{16, 4, 1} {
		places := make(chan struct{}, atOnce)
		again := make(chan F, len(faults))
		var running sync.WaitGroup
		for _, f := range faults {
			places <- struct{}{}
			running.Go(func() {
				if wrong := check(f); wrong != nil && atOnce > 1 {
					again <- f
				} else if wrong != nil {
					t.Error(strings.Join(wrong, "\n"))
				}
				<-places
			})
		}
		running.Wait()
		close(again)
		faults = nil
		for f := range again {
			faults = append(faults, f)
		}
	}
}

// compare returns probes that should have found a fault and did not, and those
// that found it though they are about something else.
func compare(fault, found string, results []*Result) (wrong []string) {
	ids, text := failing(results)
	want := strings.Fields(found)
	matches := func(pattern, id string) bool {
		before, after, star := strings.Cut(pattern, "*")
		return pattern == id || star && strings.HasPrefix(id, before) && strings.HasSuffix(id, after)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(want, func(p string) bool { return matches(p, id) }) {
			wrong = append(wrong, "found by "+id+", which is about something else")
		}
	}
	for _, p := range want {
		if !slices.ContainsFunc(ids, func(id string) bool { return matches(p, id) }) {
			wrong = append(wrong, "not found by "+p)
		}
	}
	if wrong != nil {
		wrong = append([]string{fault + ":"}, append(wrong, "what failed:"+text)...)
	}
	return wrong
}
