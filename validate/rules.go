package validate

import "github.com/stompwire/stomp/frame"

// The rules about commands, their direction and their order.
const (
	_ Rule = iota

	CommandDirection  // a command that only the other role sends
	CommandInVersion  // NACK or STOMP in 1.0
	ConnectFirst      // a client's first frame is not CONNECT or STOMP
	ConnectOnce       // a second CONNECT or STOMP
	ConnectedAwaited  // a client's frame between CONNECT and CONNECTED
	ConnectPreferred  // STOMP in place of CONNECT
	ConnectedFirst    // a server's first frame is neither CONNECTED nor ERROR
	ConnectedUnasked  // CONNECTED before a CONNECT
	ConnectedOnce     // a second CONNECTED
	DisconnectLast    // a client's frame after DISCONNECT
	FrameAfterError   // a server's frame after ERROR
	DisconnectReceipt // DISCONNECT that asks for no receipt
)

// The rules about headers of any name, the body, and the standard headers.
const (
	HeaderNameEmpty          = DisconnectReceipt + 1 + iota // a header without a name
	HeaderNameColon                                         // a colon in a name, in a frame that is not escaped
	HeaderEndOfLine                                         // an end of line in a header, in a frame that is not escaped
	HeaderValueColon                                        // a colon in a value that no escape stands for
	HeaderUTF8                                              // a name or value that is not UTF-8
	HeaderASCII                                             // a name or value that is not ASCII, in 1.0
	HeaderValueEmpty                                        // an empty value, in 1.0
	ContentLengthSyntax                                     // a content-length that is no number
	ContentLengthConflict                                   // a second content-length, of another value
	ContentLengthRepeated                                   // a second content-length, of the same value
	ContentLengthMatchesBody                                // a content-length that is not the length of the body
	ContentLengthRequired                                   // a NUL in a body without content-length
	ContentLengthExpected                                   // a body without content-length
	BodyNotAllowed                                          // a body on a frame that may have none
	ContentTypeSyntax                                       // a content-type that is no MIME type, in 1.2
	ContentTypeMIME                                         // a content-type that is no MIME type, in 1.1
	ContentTypeExpected                                     // a body without content-type
	ReceiptOnConnect                                        // a CONNECT that asks for a receipt
)

// The rules about single commands: the handshake, sending, subscribing.
const (
	ConnectAcceptVersionRequired = ReceiptOnConnect + 1 + iota
	ConnectHostRequired
	AcceptVersionList        // accept-version is not a list of rising versions
	HeartBeatSyntax          // heart-beat is not two numbers
	ConnectedVersionRequired // also when a 1.0 server answers a client that does not offer 1.0
	ConnectedVersionSyntax   // version is not one version
	ConnectedVersionOffered  // a version the client has not offered
	ConnectedServerSyntax    // server has no name where it should begin
	SendDestinationRequired
	SubscribeDestinationRequired
	SubscribeIDRequired
	SubscribeIDUnique // the id of a subscription that is there
	SubscribeAckMode  // an ack mode that the version does not have
	UnsubscribeIDRequired
	UnsubscribeDestinationRequired // neither destination nor id, in 1.0
	UnsubscribeKnown               // no such subscription
)

// The rules about single commands: acknowledging, transactions.
const (
	AckIDRequired = UnsubscribeKnown + 1 + iota
	AckMessageIDRequired
	AckSubscriptionRequired
	AckSubscriptionKnown // no such subscription
	AckKnown             // no pending message of that name
	AckAuto              // ACK or NACK for a message that needs none
	NackIDRequired
	NackMessageIDRequired
	NackSubscriptionRequired
	NackSubscriptionKnown // no such subscription
	NackKnown             // no pending message of that name
	BeginTransactionRequired
	BeginTransactionUnique // the name of a transaction that is there
	CommitTransactionRequired
	CommitTransactionKnown // no such transaction
	AbortTransactionRequired
	AbortTransactionKnown // no such transaction
	TransactionKnown      // SEND, ACK or NACK in a transaction that is not there
)

// The rules about single commands: what servers send.
const (
	MessageDestinationRequired = TransactionKnown + 1 + iota
	MessageMessageIDRequired
	MessageSubscriptionRequired
	MessageSubscriptionExpected // no subscription header though the subscription has an id, in 1.0
	MessageSubscriptionKnown    // no such subscription
	MessageAfterUnsubscribe     // the subscription has been removed; the frames may have crossed
	MessageAckRequired          // no ack header though the subscription asks for acknowledgement
	MessageAckUnique            // the ack value of a pending message, in 1.2
	MessageIDUnique             // the message-id of a pending message of the subscription
	ReceiptIDRequired
	ReceiptKnown // no frame asked for this receipt, or it was given before
	ErrorMessageExpected
	ErrorReceiptKnown // no frame asked for this receipt

	endOfRules
)

const (
	must   = true
	should = false

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
)

var rules = [endOfRules]ruleInfo{
	0: {text: "no such rule", section: "no section"},

	CommandDirection: {"command-direction", must, both, all, inAll + "Client Frames and Server Frames",
		"the command belongs to the other role", 0, 0},
	CommandInVersion: {"command-in-version", must, client, v10, in10 + "Augmented BNF",
		"the version does not have the command", 0, 0},
	ConnectFirst: {"connect-first", must, client, all, inAll + "Connecting",
		"the first frame of a client is CONNECT or STOMP", 0, 0},
	ConnectOnce: {"connect-once", must, client, all, inAll + "Connecting",
		"a client connects once", 0, 0},
	ConnectedAwaited: {"connected-awaited", must, client, all, inAll + "Once Connected",
		"a client waits for CONNECTED before it sends other frames", 0, 0},
	ConnectPreferred: {"connect-preferred", should, client, v11f, in11f + "CONNECT or STOMP Frame",
		"CONNECT is understood by more servers than STOMP", 0, 0},
	ConnectedFirst: {"connected-first", must, server, all, inAll + "Connecting",
		"a server answers CONNECT with CONNECTED or ERROR before it sends other frames", 0, 0},
	ConnectedUnasked: {"connected-unasked", must, server, all, inAll + "Connecting",
		"CONNECTED is the answer to CONNECT", 0, 0},
	ConnectedOnce: {"connected-once", must, server, all, inAll + "Connecting",
		"a server answers CONNECT once", 0, 0},
	DisconnectLast: {"disconnect-last", must, client, all, inAll + "DISCONNECT",
		"DISCONNECT is the last frame of a client", 0, 0},
	FrameAfterError: {"frame-after-error", should, server, v11f, in11f + "ERROR",
		"ERROR is the last frame of a server, which then closes the connection", 0, 0},
	DisconnectReceipt: {"disconnect-receipt", should, client, v11f, in11f + "DISCONNECT",
		"a graceful DISCONNECT asks for a receipt", cmdDisconnect, hdrReceipt},

	HeaderNameEmpty: {"header-name-empty", must, both, all, inAll + "Augmented BNF",
		"a header has a name", 0, 0},
	HeaderNameColon: {"header-name-colon", must, both, all, inAll + "Augmented BNF",
		"a header name in a frame without escapes has no colon", 0, 0},
	HeaderEndOfLine: {"header-end-of-line", must, both, all, inAll + "Augmented BNF",
		"a header in a frame without escapes has no end of line", 0, 0},
	HeaderValueColon: {"header-value-colon", should, both, v11f, in11f + "Augmented BNF",
		"a header value has no colon on the wire", 0, 0},
	HeaderUTF8: {"header-utf8", must, both, v11f, in11f + "Value Encoding",
		"header names and values are UTF-8", 0, 0},
	HeaderASCII: {"header-ascii", should, both, v10, in10 + "Augmented BNF",
		"header names and values are ASCII", 0, 0},
	HeaderValueEmpty: {"header-value-empty", should, both, v10, in10 + "Augmented BNF",
		"a header value is not empty", 0, 0},
	ContentLengthSyntax: {"content-length-syntax", must, both, all, inAll + "Header content-length",
		"content-length is a number of octets in ASCII digits", 0, 0},
	ContentLengthConflict: {"content-length-conflict", must, both, all, inAll + "Header content-length",
		"a frame has one content-length, not two different ones", 0, 0},
	ContentLengthRepeated: {"content-length-repeated", should, both, all, inAll + "Header content-length",
		"content-length stands in a frame once", 0, 0},
	ContentLengthMatchesBody: {"content-length-matches-body", must, both, all, inAll + "Header content-length",
		"content-length is the number of octets in the body", 0, 0},
	ContentLengthRequired: {"content-length-required", must, both, all, inAll + "Header content-length",
		"a body that has a NUL needs a content-length", 0, 0},
	ContentLengthExpected: {"content-length-expected", should, both, all, inAll + "Header content-length",
		"a frame with a body has a content-length", 0, 0},
	BodyNotAllowed: {"body-not-allowed", must, both, all, inAll + "Body",
		"the frame has no body", 0, 0},
	ContentTypeSyntax: {"content-type-syntax", must, both, v12, in12 + "Header content-type",
		"content-type is a MIME type", 0, 0},
	ContentTypeMIME: {"content-type-mime", should, both, v11, in11 + "Header content-type",
		"content-type should be a MIME type", 0, 0},
	ContentTypeExpected: {"content-type-expected", should, both, v11f, in11f + "Header content-type",
		"a frame with a body has a content-type", 0, 0},
	ReceiptOnConnect: {"receipt-on-connect", must, client, all, inAll + "Header receipt",
		"CONNECT cannot ask for a receipt", 0, 0},

	ConnectAcceptVersionRequired: {"connect-accept-version-required", must, client, v11f, in11f + "CONNECT or STOMP Frame",
		"the frame needs an accept-version header", 0, hdrAcceptVersion},
	ConnectHostRequired: {"connect-host-required", must, client, v11f, in11f + "CONNECT or STOMP Frame",
		"the frame needs a host header", 0, hdrHost},
	AcceptVersionList: {"accept-version-list", should, client, v11f, in11f + "Protocol Negotiation",
		"accept-version is a list of rising versions with commas between them", 0, 0},
	HeartBeatSyntax: {"heart-beat-syntax", must, both, v11f, in11f + "Heart-beating",
		"heart-beat is two numbers of milliseconds with a comma between them", 0, 0},
	ConnectedVersionRequired: {"connected-version-required", must, server, v11f, in11f + "CONNECTED Frame",
		"CONNECTED needs a version header", cmdConnected, hdrVersion},
	ConnectedVersionSyntax: {"connected-version-syntax", must, server, v11f, in11f + "CONNECTED Frame",
		"the version header of CONNECTED is one version", 0, 0},
	ConnectedVersionOffered: {"connected-version-offered", must, server, v11f, in11f + "Protocol Negotiation",
		"the version of the session is one that the client offered", 0, 0},
	ConnectedServerSyntax: {"connected-server-syntax", must, server, v11f, in11f + "CONNECTED Frame",
		"server begins with a name, and perhaps a slash and a version", 0, 0},
	SendDestinationRequired: {"send-destination-required", must, client, all, inAll + "SEND",
		"SEND needs a destination header", cmdSend, hdrDestination},
	SubscribeDestinationRequired: {"subscribe-destination-required", must, client, all, inAll + "SUBSCRIBE",
		"SUBSCRIBE needs a destination header", cmdSubscribe, hdrDestination},
	SubscribeIDRequired: {"subscribe-id-required", must, client, v11f, in11f + "SUBSCRIBE id Header",
		"SUBSCRIBE needs an id header", cmdSubscribe, hdrID},
	SubscribeIDUnique: {"subscribe-id-unique", must, client, v11f, in11f + "SUBSCRIBE id Header",
		"each subscription of a connection has its own id", 0, 0},
	SubscribeAckMode: {"subscribe-ack-mode", must, client, all, "STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header",
		"ack is one of the modes that the version has", 0, 0},
	UnsubscribeIDRequired: {"unsubscribe-id-required", must, client, v11f, in11f + "UNSUBSCRIBE",
		"UNSUBSCRIBE needs an id header", cmdUnsubscribe, hdrID},
	UnsubscribeDestinationRequired: {"unsubscribe-destination-required", must, client, v10, in10 + "UNSUBSCRIBE",
		"UNSUBSCRIBE needs a destination or an id header", 0, 0},
	UnsubscribeKnown: {"unsubscribe-known", must, client, all, inAll + "UNSUBSCRIBE",
		"UNSUBSCRIBE names a subscription that exists", 0, 0},

	AckIDRequired: {"ack-id-required", must, client, v12, in12 + "ACK",
		"ACK needs an id header", cmdAck, hdrID},
	AckMessageIDRequired: {"ack-message-id-required", must, client, v10 | v11, "STOMP 1.0 and 1.1, ACK",
		"ACK needs a message-id header", cmdAck, hdrMessageID},
	AckSubscriptionRequired: {"ack-subscription-required", must, client, v11, in11 + "ACK",
		"ACK needs a subscription header", cmdAck, hdrSubscription},
	AckSubscriptionKnown: {"ack-subscription-known", must, client, v11, in11 + "ACK",
		"ACK names a subscription that exists", 0, 0},
	AckKnown: {"ack-known", must, client, all, inAll + "ACK",
		"ACK names a message that waits for acknowledgement", 0, 0},
	AckAuto: {"ack-auto", should, client, all, "STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header",
		"messages of a subscription in auto mode need no acknowledgement", 0, 0},
	NackIDRequired: {"nack-id-required", must, client, v12, in12 + "NACK",
		"NACK needs an id header", cmdNack, hdrID},
	NackMessageIDRequired: {"nack-message-id-required", must, client, v11, in11 + "NACK",
		"NACK needs a message-id header", cmdNack, hdrMessageID},
	NackSubscriptionRequired: {"nack-subscription-required", must, client, v11, in11 + "NACK",
		"NACK needs a subscription header", cmdNack, hdrSubscription},
	NackSubscriptionKnown: {"nack-subscription-known", must, client, v11, in11 + "NACK",
		"NACK names a subscription that exists", 0, 0},
	NackKnown: {"nack-known", must, client, v11f, in11f + "NACK",
		"NACK names a message that waits for acknowledgement", 0, 0},
	BeginTransactionRequired: {"begin-transaction-required", must, client, all, inAll + "BEGIN",
		"BEGIN needs a transaction header", cmdBegin, hdrTransaction},
	BeginTransactionUnique: {"begin-transaction-unique", must, client, all, inAll + "BEGIN",
		"each transaction of a connection has its own name", 0, 0},
	CommitTransactionRequired: {"commit-transaction-required", must, client, all, inAll + "COMMIT",
		"COMMIT needs a transaction header", cmdCommit, hdrTransaction},
	CommitTransactionKnown: {"commit-transaction-known", must, client, all, inAll + "COMMIT",
		"COMMIT names a transaction that has begun and not ended", 0, 0},
	AbortTransactionRequired: {"abort-transaction-required", must, client, all, inAll + "ABORT",
		"ABORT needs a transaction header", cmdAbort, hdrTransaction},
	AbortTransactionKnown: {"abort-transaction-known", must, client, all, inAll + "ABORT",
		"ABORT names a transaction that has begun and not ended", 0, 0},
	TransactionKnown: {"transaction-known", must, client, all, inAll + "BEGIN",
		"the transaction has begun and not ended", 0, 0},

	MessageDestinationRequired: {"message-destination-required", must, server, all, inAll + "MESSAGE",
		"MESSAGE needs a destination header", cmdMessage, hdrDestination},
	MessageMessageIDRequired: {"message-message-id-required", must, server, all, inAll + "MESSAGE",
		"MESSAGE needs a message-id header", cmdMessage, hdrMessageID},
	MessageSubscriptionRequired: {"message-subscription-required", must, server, v11f, in11f + "MESSAGE",
		"MESSAGE needs a subscription header", cmdMessage, hdrSubscription},
	MessageSubscriptionExpected: {"message-subscription-expected", should, server, v10, in10 + "SUBSCRIBE",
		"MESSAGE has a subscription header when the subscription has an id", 0, 0},
	MessageSubscriptionKnown: {"message-subscription-known", must, server, all, inAll + "MESSAGE",
		"MESSAGE belongs to a subscription that exists", 0, 0},
	MessageAfterUnsubscribe: {"message-after-unsubscribe", should, server, all, inAll + "UNSUBSCRIBE",
		"a subscription that is removed gets no more messages", 0, 0},
	MessageAckRequired: {"message-ack-required", must, server, v12, in12 + "MESSAGE",
		"MESSAGE needs an ack header when the subscription asks for acknowledgement", 0, 0},
	MessageAckUnique: {"message-ack-unique", must, server, v12, in12 + "MESSAGE",
		"messages that wait for acknowledgement have different ack headers", 0, 0},
	MessageIDUnique: {"message-id-unique", must, server, v11f, in11f + "MESSAGE",
		"messages of a subscription that wait for acknowledgement have different message-id headers", 0, 0},
	ReceiptIDRequired: {"receipt-id-required", must, server, all, inAll + "RECEIPT",
		"RECEIPT needs a receipt-id header", cmdReceipt, hdrReceiptID},
	ReceiptKnown: {"receipt-known", must, server, all, inAll + "RECEIPT",
		"RECEIPT answers a frame that asked for it, once", 0, 0},
	ErrorMessageExpected: {"error-message-expected", should, server, all, inAll + "ERROR",
		"ERROR has a message header", cmdError, hdrMessage},
	ErrorReceiptKnown: {"error-receipt-known", should, server, v11f, in11f + "ERROR",
		"the receipt-id of ERROR is that of a frame that asked for a receipt", 0, 0},
}
