package validate

import "github.com/stompwire/stomp/frame"

const (
	v10  = frame.Versions(1 << frame.V10)
	v11  = frame.Versions(1 << frame.V11)
	v12  = frame.Versions(1 << frame.V12)
	v11f = v11 | v12 // 1.1 and later
	all  = v10 | v11f

	in10  = "STOMP 1.0, "
	in11  = "STOMP 1.1, "
	in12  = "STOMP 1.2, "
	in11f = "STOMP 1.1 and 1.2, "
	inAll = "STOMP 1.0, 1.1 and 1.2, "

	inHandshake     = "STOMP 1.0, Introduction; STOMP 1.1 and 1.2, Connecting"
	inContentLength = "STOMP 1.0, SEND; STOMP 1.1 and 1.2, Header content-length"
)

// rules is the only description of each rule. The texts of errors and the help of the
// tool are made from it.
var rules = [endOfRules]ruleInfo{
	0: {section: "no section", requirement: "There is no such rule", text: "no such rule"},

	// Commands, their direction and their order.

	CommandDirection: {
		id: "command-direction", must: true, binds: both, versions: all, section: inAll + "Augmented BNF",
		requirement: "Clients send the commands of clients, servers those of servers",
		text:        "{command} must only be sent by {owner}",
	},
	CommandInVersion: {
		id: "command-in-version", must: true, binds: client, versions: v10, section: in10 + "Augmented BNF",
		requirement: "STOMP 1.0 has no NACK and no STOMP",
		text:        "{command} must not be sent in STOMP 1.0, which does not have it",
	},
	ConnectFirst: {
		id: "connect-first", must: true, binds: client, versions: all, section: inHandshake,
		requirement: "The first frame of a client is CONNECT or STOMP",
		text:        "{command} must not be sent before CONNECT",
	},
	ConnectOnce: {
		id: "connect-once", must: true, binds: client, versions: all, section: inHandshake,
		requirement: "A client connects once",
		text:        "{command} must not be sent again on the same connection",
	},
	ConnectPreferred: {
		id: "connect-preferred", must: false, binds: client, versions: v11f, section: in11f + "CONNECT or STOMP Frame",
		requirement: "Clients send CONNECT, which all servers know, rather than STOMP",
		text:        "STOMP should be CONNECT, which all servers know",
	},
	ConnectedFirst: {
		id: "connected-first", must: true, binds: server, versions: all, section: inAll + "Server Frames",
		requirement: "The first frame of a server is CONNECTED or ERROR",
		text:        "{command} must not be sent before CONNECTED",
	},
	ConnectedUnasked: {
		id: "connected-unasked", must: true, binds: server, versions: all, section: inHandshake,
		requirement: "CONNECTED answers CONNECT or STOMP",
		text:        "CONNECTED must not be sent before the client has sent CONNECT",
	},
	ConnectedOnce: {
		id: "connected-once", must: true, binds: server, versions: all, section: inAll + "Server Frames",
		requirement: "A server sends CONNECTED once",
		text:        "CONNECTED must not be sent a second time",
	},
	DisconnectLast: {
		id: "disconnect-last", must: true, binds: client, versions: all, section: inAll + "DISCONNECT",
		requirement: "DISCONNECT is the last frame of a client",
		text:        "{command} must not be sent after DISCONNECT",
	},
	FrameAfterRefusal: {
		id: "frame-after-refusal", must: false, binds: server, versions: v11f, section: in11f + "Connecting",
		requirement: "A server that refuses a connection with ERROR then closes it",
		text:        "{command} should not be sent after the ERROR that refused the connection",
	},
	FrameAfterError: {
		id: "frame-after-error", must: true, binds: server, versions: v12, section: in12 + "ERROR",
		requirement: "A server closes the connection after ERROR",
		text:        "{command} must not be sent after ERROR, which ends the connection",
	},
	DisconnectReceipt: {
		id: "disconnect-receipt", must: false, binds: client, versions: v11f, section: in11f + "DISCONNECT",
		requirement: "DISCONNECT has a receipt header",
		text:        "DISCONNECT should have a receipt header, so that the client can wait for the RECEIPT",
		command:     cmdDisconnect, header: hdrReceipt,
	},

	// Headers of any name, the body, and the standard headers.

	HeaderNameEmpty: {
		id: "header-name-empty", must: true, binds: both, versions: all, section: inAll + "Augmented BNF",
		requirement: "A header has a name",
		text:        "{command} must not have a header with an empty name",
	},
	HeaderNameColon: {
		id: "header-name-colon", must: true, binds: both, versions: all, section: inAll + "Augmented BNF",
		requirement: "In a frame that is not escaped, no header name contains a colon",
		text:        "{header} of {command} must not have a colon in its name, which cannot be escaped there",
	},
	HeaderEndOfLine: {
		id: "header-end-of-line", must: true, binds: both, versions: all, section: inAll + "Augmented BNF",
		requirement: "In a frame that is not escaped, no header contains a line ending",
		text:        "{header} of {command} must not contain a line ending, which cannot be escaped there",
	},
	HeaderValueColon: {
		id: "header-value-colon", must: true, binds: both, versions: v11f, section: in11f + "Value Encoding",
		requirement: "In a frame that is escaped, a colon in a header is written as \\c",
		text:        "a colon in {header} of {command} must be written as \\c",
	},
	HeaderUTF8: {
		id: "header-utf8", must: true, binds: both, versions: v11f, section: in11f + "Value Encoding",
		requirement: "Header names and values are UTF-8",
		text:        "{header} of {command} must be UTF-8",
	},
	HeaderASCII: {
		id: "header-ascii", must: false, binds: both, versions: v10, section: in10 + "Augmented BNF",
		requirement: "Header names and values are ASCII",
		text:        "{header} of {command} should be ASCII in STOMP 1.0",
	},
	HeaderValueEmpty: {
		id: "header-value-empty", must: false, binds: both, versions: v10, section: in10 + "Augmented BNF",
		requirement: "A header value is not empty",
		text:        "{header} of {command} should not be empty in STOMP 1.0",
	},
	ContentLengthSyntax: {
		id: "content-length-syntax", must: true, binds: both, versions: all, section: inContentLength,
		requirement: "The content-length header is a number in decimal digits",
		text:        "the content-length header of {command} must be a number in decimal digits", value: true,
	},
	ContentLengthConflict: {
		id: "content-length-conflict", must: false, binds: both, versions: all,
		section:     "STOMP 1.0, SEND; STOMP 1.1 and 1.2, Repeated Header Entries",
		requirement: "A repeated content-length header has the same number",
		text:        "the content-length header of {command} should not be repeated with another number",
	},
	ContentLengthMatchesBody: {
		id: "content-length-matches-body", must: true, binds: both, versions: all, section: inContentLength,
		requirement: "The content-length header is the length of the body in bytes",
		text:        "the content-length header of {command} must be the length of the body in bytes, not in characters",
	},
	ContentLengthRequired: {
		id: "content-length-required", must: true, binds: both, versions: all, section: inContentLength,
		requirement: "A frame whose body contains NUL has a content-length header",
		text:        "{command} must have a content-length header, because its body contains NUL",
	},
	ContentLengthExpected: {
		id: "content-length-expected", must: false, binds: both, versions: all, section: inContentLength,
		requirement: "SEND, MESSAGE and ERROR with a body have a content-length header",
		text:        "{command} should have a content-length header, because it has a body",
	},
	BodyNotAllowed: {
		id: "body-not-allowed", must: true, binds: both, versions: all,
		section:     "STOMP 1.0, RECEIPT; STOMP 1.1, Value Encoding; STOMP 1.2, Body",
		requirement: "Only SEND, MESSAGE and ERROR have a body; in 1.0 all but RECEIPT may",
		text:        "{command} must not have a body",
	},
	ContentTypeSyntax: {
		id: "content-type-syntax", must: true, binds: both, versions: v12, section: in12 + "Header content-type",
		requirement: "The content-type header is a MIME type",
		text:        "the content-type header of {command} must be a MIME type such as text/plain", value: true,
	},
	ContentTypeMIME: {
		id: "content-type-mime", must: false, binds: both, versions: v11, section: in11 + "Header content-type",
		requirement: "The content-type header is a MIME type",
		text:        "the content-type header of {command} should be a MIME type such as text/plain", value: true,
	},
	ContentTypeExpected: {
		id: "content-type-expected", must: false, binds: both, versions: v11f, section: in11f + "Header content-type",
		requirement: "SEND, MESSAGE and ERROR with a body have a content-type header",
		text:        "{command} should have a content-type header, because it has a body",
	},
	ReceiptOnConnect: {
		id: "receipt-on-connect", must: false, binds: client, versions: all,
		section:     "STOMP 1.0, Receipt; STOMP 1.1 and 1.2, Header receipt",
		requirement: "Frames other than CONNECT ask for receipts",
		text:        "{command} should not have a receipt header; its answer is CONNECTED",
	},

	// The handshake.

	ConnectAcceptVersionRequired: {
		id: "connect-accept-version-required", must: true, binds: client, versions: v11f, section: in11f + "CONNECT or STOMP Frame",
		requirement: "CONNECT and STOMP have an accept-version header",
		text:        "{command} must have an accept-version header",
		header:      hdrAcceptVersion,
	},
	ConnectHostRequired: {
		id: "connect-host-required", must: true, binds: client, versions: v11f, section: in11f + "CONNECT or STOMP Frame",
		requirement: "CONNECT and STOMP have a host header",
		text:        "{command} must have a host header",
		header:      hdrHost,
	},
	AcceptVersionList: {
		id: "accept-version-list", must: false, binds: client, versions: v11f, section: in11f + "Protocol Negotiation",
		requirement: "The accept-version header lists versions in rising order, with commas",
		text:        "the accept-version header of {command} should list versions in rising order, with commas and no blanks, such as 1.1,1.2", value: true,
	},
	HeartBeatSyntax: {
		id: "heart-beat-syntax", must: true, binds: both, versions: v11f, section: in11f + "Heart-beating",
		requirement: "The heart-beat header is two numbers of milliseconds, with a comma",
		text:        "the heart-beat header of {command} must be two numbers of milliseconds, with a comma and no blanks, such as 10000,10000", value: true,
	},
	ConnectedVersionRequired: {
		id: "connected-version-required", must: true, binds: server, versions: v11f, section: in11f + "CONNECTED Frame",
		requirement: "CONNECTED has a version header",
		text:        "CONNECTED must have a version header",
		command:     cmdConnected, header: hdrVersion,
	},
	ConnectedVersionSyntax: {
		id: "connected-version-syntax", must: true, binds: server, versions: v11f, section: in11f + "CONNECTED Frame",
		requirement: "The version header of CONNECTED is one version",
		text:        "the version header of CONNECTED must be one version such as 1.2", value: true,
	},
	ConnectedVersionOffered: {
		id: "connected-version-offered", must: true, binds: server, versions: v11f, section: in11f + "Protocol Negotiation",
		requirement: "The version of the session is one that the client offers",
		text:        "the version header of CONNECTED must be one that the client offers in accept-version", value: true,
	},
	ConnectedServerSyntax: {
		id: "connected-server-syntax", must: true, binds: server, versions: v11f, section: in11f + "CONNECTED Frame",
		requirement: "The server header of CONNECTED begins with a name",
		text:        "the server header of CONNECTED must begin with a name, and may have a version as in name/1.0", value: true,
	},

	// Sending, subscribing, acknowledging, transactions.

	SendDestinationRequired: {
		id: "send-destination-required", must: true, binds: client, versions: all, section: inAll + "SEND",
		requirement: "SEND has a destination header",
		text:        "SEND must have a destination header",
		command:     cmdSend, header: hdrDestination,
	},
	SubscribeDestinationRequired: {
		id: "subscribe-destination-required", must: true, binds: client, versions: all, section: inAll + "SUBSCRIBE",
		requirement: "SUBSCRIBE has a destination header",
		text:        "SUBSCRIBE must have a destination header",
		command:     cmdSubscribe, header: hdrDestination,
	},
	SubscribeIDRequired: {
		id: "subscribe-id-required", must: true, binds: client, versions: v11f, section: in11f + "SUBSCRIBE id Header",
		requirement: "SUBSCRIBE has an id header",
		text:        "SUBSCRIBE must have an id header",
		command:     cmdSubscribe, header: hdrID,
	},
	SubscribeIDUnique: {
		id: "subscribe-id-unique", must: true, binds: client, versions: v11f, section: in11f + "SUBSCRIBE id Header",
		requirement: "Open subscriptions of a connection have different ids",
		text:        "the id header of SUBSCRIBE must not be that of an open subscription",
	},
	SubscribeAckMode: {
		id: "subscribe-ack-mode", must: true, binds: client, versions: all,
		section:     "STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header",
		requirement: "The ack header of SUBSCRIBE is auto, client or, since 1.1, client-individual",
		text:        "the ack header of SUBSCRIBE must be auto, client or, since STOMP 1.1, client-individual", value: true,
	},
	UnsubscribeIDRequired: {
		id: "unsubscribe-id-required", must: true, binds: client, versions: v11f, section: in11f + "UNSUBSCRIBE",
		requirement: "UNSUBSCRIBE has an id header",
		text:        "UNSUBSCRIBE must have an id header",
		command:     cmdUnsubscribe, header: hdrID,
	},
	UnsubscribeDestinationRequired: {
		id: "unsubscribe-destination-required", must: true, binds: client, versions: v10, section: in10 + "UNSUBSCRIBE",
		requirement: "UNSUBSCRIBE has a destination or an id header",
		text:        "UNSUBSCRIBE must have a destination or an id header",
	},
	UnsubscribeKnown: {
		id: "unsubscribe-known", must: true, binds: client, versions: all, section: inAll + "UNSUBSCRIBE",
		requirement: "UNSUBSCRIBE names an open subscription",
		text:        "UNSUBSCRIBE names no open subscription", value: true,
	},
	AckIDRequired: {
		id: "ack-id-required", must: true, binds: client, versions: v12, section: in12 + "ACK",
		requirement: "ACK has an id header",
		text:        "ACK must have an id header, with the ack header of the MESSAGE as its value",
		command:     cmdAck, header: hdrID,
	},
	AckMessageIDRequired: {
		id: "ack-message-id-required", must: true, binds: client, versions: v10 | v11, section: "STOMP 1.0 and 1.1, ACK",
		requirement: "ACK has a message-id header",
		text:        "ACK must have a message-id header",
		command:     cmdAck, header: hdrMessageID,
	},
	AckSubscriptionRequired: {
		id: "ack-subscription-required", must: true, binds: client, versions: v11, section: in11 + "ACK",
		requirement: "ACK has a subscription header",
		text:        "ACK must have a subscription header",
		command:     cmdAck, header: hdrSubscription,
	},
	AckSubscriptionKnown: {
		id: "ack-subscription-known", must: true, binds: client, versions: v11, section: in11 + "ACK",
		requirement: "The subscription header of ACK is the id of a subscription",
		text:        "the subscription header of ACK must be the id of a subscription", value: true,
	},
	AckKnown: {
		id: "ack-known", must: true, binds: client, versions: all, section: inAll + "ACK",
		requirement: "ACK names a message that waits for acknowledgment",
		text:        "ACK names no message that waits for acknowledgment", value: true,
	},
	AckAuto: {
		id: "ack-auto", must: false, binds: client, versions: all, section: inAll + "ACK",
		requirement: "ACK and NACK are for subscriptions that ask for acknowledgment",
		text:        "{command} should not be sent for a message of a subscription in ack mode auto",
	},
	NackIDRequired: {
		id: "nack-id-required", must: true, binds: client, versions: v12, section: in12 + "NACK",
		requirement: "NACK has an id header",
		text:        "NACK must have an id header, with the ack header of the MESSAGE as its value",
		command:     cmdNack, header: hdrID,
	},
	NackMessageIDRequired: {
		id: "nack-message-id-required", must: true, binds: client, versions: v11, section: in11 + "NACK",
		requirement: "NACK has a message-id header",
		text:        "NACK must have a message-id header",
		command:     cmdNack, header: hdrMessageID,
	},
	NackSubscriptionRequired: {
		id: "nack-subscription-required", must: true, binds: client, versions: v11, section: in11 + "NACK",
		requirement: "NACK has a subscription header",
		text:        "NACK must have a subscription header",
		command:     cmdNack, header: hdrSubscription,
	},
	NackSubscriptionKnown: {
		id: "nack-subscription-known", must: true, binds: client, versions: v11, section: in11 + "NACK",
		requirement: "The subscription header of NACK is the id of a subscription",
		text:        "the subscription header of NACK must be the id of a subscription", value: true,
	},
	NackKnown: {
		id: "nack-known", must: true, binds: client, versions: v11f, section: in11f + "NACK",
		requirement: "NACK names a message that waits for acknowledgment",
		text:        "NACK names no message that waits for acknowledgment", value: true,
	},
	BeginTransactionRequired: {
		id: "begin-transaction-required", must: true, binds: client, versions: all, section: inAll + "BEGIN",
		requirement: "BEGIN has a transaction header",
		text:        "BEGIN must have a transaction header",
		command:     cmdBegin, header: hdrTransaction,
	},
	BeginTransactionUnique: {
		id: "begin-transaction-unique", must: true, binds: client, versions: all, section: inAll + "BEGIN",
		requirement: "Open transactions of a connection have different names",
		text:        "the transaction header of BEGIN must not be that of an open transaction",
	},
	CommitTransactionRequired: {
		id: "commit-transaction-required", must: true, binds: client, versions: all, section: inAll + "COMMIT",
		requirement: "COMMIT has a transaction header",
		text:        "COMMIT must have a transaction header",
		command:     cmdCommit, header: hdrTransaction,
	},
	CommitTransactionKnown: {
		id: "commit-transaction-known", must: true, binds: client, versions: all, section: inAll + "COMMIT",
		requirement: "COMMIT names an open transaction",
		text:        "COMMIT names no open transaction", value: true,
	},
	AbortTransactionRequired: {
		id: "abort-transaction-required", must: true, binds: client, versions: all, section: inAll + "ABORT",
		requirement: "ABORT has a transaction header",
		text:        "ABORT must have a transaction header",
		command:     cmdAbort, header: hdrTransaction,
	},
	AbortTransactionKnown: {
		id: "abort-transaction-known", must: true, binds: client, versions: all, section: inAll + "ABORT",
		requirement: "ABORT names an open transaction",
		text:        "ABORT names no open transaction", value: true,
	},
	TransactionKnown: {
		id: "transaction-known", must: true, binds: client, versions: all, section: inAll + "BEGIN",
		requirement: "SEND, ACK and NACK with a transaction header name an open transaction",
		text:        "the transaction header of {command} must be one that BEGIN has opened", value: true,
	},

	// What servers send.

	MessageDestinationRequired: {
		id: "message-destination-required", must: true, binds: server, versions: all, section: inAll + "MESSAGE",
		requirement: "MESSAGE has a destination header",
		text:        "MESSAGE must have a destination header",
		command:     cmdMessage, header: hdrDestination,
	},
	MessageMessageIDRequired: {
		id: "message-message-id-required", must: true, binds: server, versions: all, section: inAll + "MESSAGE",
		requirement: "MESSAGE has a message-id header",
		text:        "MESSAGE must have a message-id header",
		command:     cmdMessage, header: hdrMessageID,
	},
	MessageSubscriptionRequired: {
		id: "message-subscription-required", must: true, binds: server, versions: v11f, section: in11f + "MESSAGE",
		requirement: "MESSAGE has a subscription header",
		text:        "MESSAGE must have a subscription header",
		command:     cmdMessage, header: hdrSubscription,
	},
	MessageSubscriptionExpected: {
		id: "message-subscription-expected", must: false, binds: server, versions: v10, section: in10 + "SUBSCRIBE",
		requirement: "MESSAGE has a subscription header where the subscription has an id",
		text:        "MESSAGE should have a subscription header, because the subscription has an id",
	},
	MessageSubscriptionKnown: {
		id: "message-subscription-known", must: true, binds: server, versions: all, section: inAll + "MESSAGE",
		requirement: "MESSAGE belongs to a subscription of the client",
		text:        "MESSAGE belongs to no subscription of the client", value: true,
	},
	MessageAfterUnsubscribe: {
		id: "message-after-unsubscribe", must: false, binds: server, versions: all, section: inAll + "UNSUBSCRIBE",
		requirement: "A subscription that is removed gets no more messages",
		text:        "MESSAGE should not be sent for a subscription that UNSUBSCRIBE has removed",
	},
	MessageAckRequired: {
		id: "message-ack-required", must: true, binds: server, versions: v12, section: in12 + "MESSAGE",
		requirement: "MESSAGE has an ack header where the subscription asks for acknowledgment",
		text:        "MESSAGE must have an ack header, because the subscription asks for acknowledgment",
	},
	MessageAckUnique: {
		id: "message-ack-unique", must: true, binds: server, versions: v12, section: in12 + "MESSAGE",
		requirement: "Messages that wait for acknowledgment have different ack headers",
		text:        "the ack header of MESSAGE must not be that of another message that waits for acknowledgment",
	},
	MessageIDUnique: {
		id: "message-id-unique", must: true, binds: server, versions: v11f, section: in11f + "MESSAGE",
		requirement: "Messages of a subscription that wait for acknowledgment have different message-ids",
		text:        "the message-id header of MESSAGE must not be that of another message of the subscription that waits for acknowledgment",
	},
	ReceiptIDRequired: {
		id: "receipt-id-required", must: true, binds: server, versions: all, section: inAll + "RECEIPT",
		requirement: "RECEIPT has a receipt-id header",
		text:        "RECEIPT must have a receipt-id header",
		command:     cmdReceipt, header: hdrReceiptID,
	},
	ReceiptKnown: {
		id: "receipt-known", must: true, binds: server, versions: all, section: inAll + "RECEIPT",
		requirement: "RECEIPT answers a frame that asks for it, once",
		text:        "RECEIPT answers no frame that waits for a receipt", value: true,
	},
	ErrorMessageExpected: {
		id: "error-message-expected", must: false, binds: server, versions: all, section: inAll + "ERROR",
		requirement: "ERROR has a message header",
		text:        "ERROR should have a message header",
		command:     cmdError, header: hdrMessage,
	},
	ErrorReceiptKnown: {
		id: "error-receipt-known", must: false, binds: server, versions: v11f, section: in11f + "ERROR",
		requirement: "The receipt-id header of ERROR is the receipt header of a client's frame",
		text:        "the receipt-id header of ERROR should be the receipt header of a client's frame", value: true,
	},
}
