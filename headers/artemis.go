package headers

// Header names of ActiveMQ Artemis, which also reads many of those of ActiveMQ
// Classic.
const (
	ArtemisClientID                = "client-id"                 // CONNECT: JMS client id, for durable subscriptions
	ArtemisConsumerWindowSize      = "consumer-window-size"      // SUBSCRIBE: the most bytes outstanding
	ArtemisCorrelationID           = "correlation-id"            // SEND, MESSAGE
	ArtemisDestinationType         = "destination-type"          // SEND: ANYCAST or MULTICAST
	ArtemisDuplicateID             = "_AMQ_DUPL_ID"              // SEND: duplicate detection
	ArtemisDurableSubscriptionName = "durable-subscription-name" // SUBSCRIBE, UNSUBSCRIBE
	ArtemisExpires                 = "expires"                   // SEND, MESSAGE: milliseconds since 1970
	ArtemisGroupID                 = "JMSXGroupID"               // SEND, MESSAGE
	ArtemisLastValueName           = "_AMQ_LVQ_NAME"             // SEND: key in a last-value queue
	ArtemisNoLocal                 = "no-local"                  // SUBSCRIBE
	ArtemisPersistent              = "persistent"                // SEND, MESSAGE
	ArtemisPriority                = "priority"                  // SEND, MESSAGE
	ArtemisRedelivered             = "redelivered"               // MESSAGE
	ArtemisReplyTo                 = "reply-to"                  // SEND, MESSAGE
	ArtemisSubscriptionType        = "subscription-type"         // SUBSCRIBE: ANYCAST or MULTICAST
	ArtemisTimestamp               = "timestamp"                 // MESSAGE
	ArtemisType                    = "type"                      // SEND, MESSAGE
	ArtemisValidatedUser           = "_AMQ_VALIDATED_USER"       // MESSAGE: user that sent it
)
