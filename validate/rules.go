package validate

// The rules, in the order in which violations are reported. The comments say what
// breaks them. (SHOULD) marks a rule that is not a MUST.
const (
	_ Rule = iota

	// Commands, their direction and their order.

	CommandDirection  // a command that only the other role sends
	CommandInVersion  // NACK or STOMP in 1.0
	ConnectFirst      // a client's first frame is not CONNECT or STOMP
	ConnectOnce       // a second CONNECT or STOMP
	ConnectPreferred  // STOMP in place of CONNECT (SHOULD)
	ConnectedFirst    // a server's first frame is neither CONNECTED nor ERROR
	ConnectedUnasked  // CONNECTED before a CONNECT
	ConnectedOnce     // a second CONNECTED
	DisconnectLast    // a client's frame after DISCONNECT
	FrameAfterRefusal // a server's frame after the ERROR that refused the connection (SHOULD)
	FrameAfterError   // a server's frame after ERROR, in 1.2
	DisconnectReceipt // DISCONNECT without a receipt header (SHOULD)

	// Headers of any name, the body, and the standard headers.

	HeaderNameEmpty          // a header without a name
	HeaderNameColon          // a colon in a name, in a frame that is not escaped
	HeaderEndOfLine          // a line ending in a header, in a frame that is not escaped
	HeaderValueColon         // a colon in a value that is not written as \c
	HeaderUTF8               // a name or value that is not UTF-8
	HeaderASCII              // a name or value that is not ASCII, in 1.0 (SHOULD)
	HeaderValueEmpty         // an empty value, in 1.0 (SHOULD)
	ContentLengthSyntax      // a content-length that is not a number
	ContentLengthConflict    // a second content-length with another value (SHOULD)
	ContentLengthMatchesBody // a content-length that is not the length of the body
	ContentLengthRequired    // a NUL in a body without content-length
	ContentLengthExpected    // a body without content-length (SHOULD)
	BodyNotAllowed           // a body on a frame that must not have one
	ContentTypeSyntax        // a content-type that is not a MIME type, in 1.2
	ContentTypeMIME          // a content-type that is not a MIME type, in 1.1 (SHOULD)
	ContentTypeExpected      // a body without content-type (SHOULD)
	ReceiptOnConnect         // a CONNECT that asks for a receipt (SHOULD)

	// The handshake.

	ConnectAcceptVersionRequired // no accept-version header
	ConnectHostRequired          // no host header
	AcceptVersionList            // accept-version is not a list of rising versions (SHOULD)
	HeartBeatSyntax              // heart-beat is not two numbers
	ConnectedVersionRequired     // no version header, though the client does not offer 1.0
	ConnectedVersionSyntax       // version is not one version
	ConnectedVersionOffered      // a version that the client does not offer
	ConnectedServerSyntax        // server does not begin with a name

	// Sending, subscribing, acknowledging, transactions.

	SendDestinationRequired        // no destination header
	SubscribeDestinationRequired   // no destination header
	SubscribeIDRequired            // no id header
	SubscribeIDUnique              // the id of an open subscription
	SubscribeAckMode               // an ack mode that the version does not have
	UnsubscribeIDRequired          // no id header
	UnsubscribeDestinationRequired // neither destination nor id, in 1.0
	UnsubscribeKnown               // no such subscription
	AckIDRequired                  // no id header
	AckMessageIDRequired           // no message-id header
	AckSubscriptionRequired        // no subscription header
	AckSubscriptionKnown           // no such subscription
	AckKnown                       // no pending message of that name
	AckAuto                        // ACK or NACK for a message that needs none (SHOULD)
	NackIDRequired                 // no id header
	NackMessageIDRequired          // no message-id header
	NackSubscriptionRequired       // no subscription header
	NackSubscriptionKnown          // no such subscription
	NackKnown                      // no pending message of that name
	BeginTransactionRequired       // no transaction header
	BeginTransactionUnique         // the name of an open transaction
	CommitTransactionRequired      // no transaction header
	CommitTransactionKnown         // no such transaction
	AbortTransactionRequired       // no transaction header
	AbortTransactionKnown          // no such transaction
	TransactionKnown               // SEND, ACK or NACK in a transaction that is not open

	// What servers send.

	MessageDestinationRequired  // no destination header
	MessageMessageIDRequired    // no message-id header
	MessageSubscriptionRequired // no subscription header
	MessageSubscriptionExpected // no subscription header though the subscription has an id, in 1.0 (SHOULD)
	MessageSubscriptionKnown    // no such subscription
	MessageAfterUnsubscribe     // the subscription has been removed; the frames may have crossed (SHOULD)
	MessageAckRequired          // no ack header though the subscription asks for acknowledgment
	MessageAckUnique            // the ack value of a pending message, in 1.2
	MessageIDUnique             // the message-id of a pending message of the subscription
	ReceiptIDRequired           // no receipt-id header
	ReceiptKnown                // no frame asked for this receipt, or it was given before
	ErrorMessageExpected        // no message header (SHOULD)
	ErrorReceiptKnown           // no frame asked for this receipt (SHOULD)

	endOfRules
)
