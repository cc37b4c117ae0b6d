package headers

// Names of the headers that the STOMP specifications define. Names that a broker
// defines begin with the name of that broker.
const (
	AcceptVersion = "accept-version" // CONNECT: versions the client speaks; 1.1 and 1.2
	Ack           = "ack"            // SUBSCRIBE: an AckMode; MESSAGE in 1.2: what ACK and NACK name in id
	ContentLength = "content-length" // bytes in the body
	ContentType   = "content-type"   // MIME type of the body; 1.1 and 1.2
	Destination   = "destination"    // where a message goes; opaque
	HeartBeat     = "heart-beat"     // CONNECT, CONNECTED: HeartBeats; 1.1 and 1.2
	Host          = "host"           // CONNECT: virtual host; 1.1 and 1.2
	ID            = "id"             // SUBSCRIBE, UNSUBSCRIBE; ACK and NACK in 1.2
	Login         = "login"          // CONNECT: user
	Message       = "message"        // ERROR: short description
	MessageID     = "message-id"     // MESSAGE; ACK in 1.0, ACK and NACK in 1.1
	Passcode      = "passcode"       // CONNECT: password
	Receipt       = "receipt"        // any client frame but CONNECT: asks for a RECEIPT
	ReceiptID     = "receipt-id"     // RECEIPT, ERROR: the receipt header this answers
	Selector      = "selector"       // SUBSCRIBE: a filter; 1.0 names it, brokers define it
	Server        = "server"         // CONNECTED: name ["/" version] *(comment)
	Session       = "session"        // CONNECTED: identifier of the session
	Subscription  = "subscription"   // MESSAGE: identifier of the subscription; ACK and NACK in 1.1
	Transaction   = "transaction"    // BEGIN, COMMIT, ABORT; SEND, ACK, NACK within one
	Version       = "version"        // CONNECTED: version agreed; ERROR: versions the server speaks
)
