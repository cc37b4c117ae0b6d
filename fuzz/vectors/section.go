package vectors

import (
	"slices"
	"strings"
)

// Titles of the sections of the specifications that vectors may cite, those
// that say something about bytes. The first of STOMP 1.0 has no title.
var sections = map[string][]string{
	"STOMP 1.0": {
		"Introduction", "Client Commands", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "BEGIN", "COMMIT", "ACK", "ABORT", "DISCONNECT",
		"Standard Headers", "Receipt", "Server Frames", "MESSAGE", "RECEIPT", "ERROR", "Augmented BNF",
	},
	"STOMP 1.1": {
		"STOMP Frames", "Value Encoding", "Size Limits", "Repeated Header Entries", "Connecting", "CONNECT or STOMP Frame",
		"CONNECTED Frame", "Protocol Negotiation", "Once Connected", "Client Frames", "SEND", "SUBSCRIBE", "SUBSCRIBE id Header",
		"SUBSCRIBE ack Header", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN", "COMMIT", "ABORT", "DISCONNECT", "Standard Headers",
		"Header content-length", "Header content-type", "Header receipt", "Server Frames", "MESSAGE", "RECEIPT", "ERROR",
		"Heart-beating", "Augmented BNF",
	},
	"STOMP 1.2": {
		"STOMP Frames", "Value Encoding", "Body", "Standard Headers", "Header content-length", "Header content-type",
		"Header receipt", "Repeated Header Entries", "Size Limits", "Connection Lingering", "Connecting",
		"CONNECT or STOMP Frame", "CONNECTED Frame", "Protocol Negotiation", "Heart-beating", "Client Frames", "SEND",
		"SUBSCRIBE", "SUBSCRIBE id Header", "SUBSCRIBE ack Header", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN", "COMMIT", "ABORT",
		"DISCONNECT", "Server Frames", "MESSAGE", "RECEIPT", "ERROR", "Frames and Headers", "Augmented BNF",
	},
}

// isSection reports whether s is a specification and the title of one of its
// sections.
func isSection(s string) bool {
	specification, title, _ := strings.Cut(s, ", ")
	return slices.Contains(sections[specification], title)
}
