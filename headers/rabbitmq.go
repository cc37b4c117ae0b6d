package headers

// Header names of RabbitMQ's STOMP plug-in. Most are message properties or queue
// arguments of AMQP 0-9-1 in another spelling.
const (
	RabbitMQAMQPMessageID   = "amqp-message-id"  // SEND, MESSAGE: AMQP message-id property
	RabbitMQAppID           = "app-id"           // SEND, MESSAGE
	RabbitMQAutoDelete      = "auto-delete"      // SEND, SUBSCRIBE: the queue is deleted with its last consumer
	RabbitMQContentEncoding = "content-encoding" // SEND, MESSAGE
	RabbitMQCorrelationID   = "correlation-id"   // SEND, MESSAGE
	RabbitMQDurable         = "durable"          // SEND, SUBSCRIBE: queue survives a restart
	RabbitMQExclusive       = "exclusive"        // SEND, SUBSCRIBE: the queue is for this connection only
	RabbitMQExpiration      = "expiration"       // SEND, MESSAGE: milliseconds
	RabbitMQPersistent      = "persistent"       // SEND, MESSAGE: written to disk
	RabbitMQPrefetchCount   = "prefetch-count"   // SUBSCRIBE: the most messages outstanding
	RabbitMQPriority        = "priority"         // SEND, MESSAGE
	RabbitMQRedelivered     = "redelivered"      // MESSAGE
	RabbitMQReplyTo         = "reply-to"         // SEND, MESSAGE
	RabbitMQRequeue         = "requeue"          // NACK: whether the message goes back to the queue
	RabbitMQTimestamp       = "timestamp"        // SEND, MESSAGE
	RabbitMQType            = "type"             // SEND, MESSAGE
	RabbitMQUserID          = "user-id"          // SEND, MESSAGE

	RabbitMQDeadLetterExchange   = "x-dead-letter-exchange"    // SEND, SUBSCRIBE: queue argument
	RabbitMQDeadLetterRoutingKey = "x-dead-letter-routing-key" // SEND, SUBSCRIBE: queue argument
	RabbitMQExpires              = "x-expires"                 // SEND, SUBSCRIBE: queue argument, milliseconds
	RabbitMQMaxLength            = "x-max-length"              // SEND, SUBSCRIBE: queue argument, messages
	RabbitMQMaxLengthBytes       = "x-max-length-bytes"        // SEND, SUBSCRIBE: queue argument, bytes
	RabbitMQMaxPriority          = "x-max-priority"            // SEND, SUBSCRIBE: queue argument
	RabbitMQMessageTTL           = "x-message-ttl"             // SEND, SUBSCRIBE: queue argument, milliseconds
	RabbitMQOverflow             = "x-overflow"                // SEND, SUBSCRIBE: queue argument, what a full queue does
	RabbitMQSingleActiveConsumer = "x-single-active-consumer"  // SEND, SUBSCRIBE: queue argument
	RabbitMQStreamFilter         = "x-stream-filter"           // SUBSCRIBE: which messages of a stream
	RabbitMQQueueName            = "x-queue-name"              // SUBSCRIBE: name of the queue behind a topic or exchange
	RabbitMQQueueType            = "x-queue-type"              // SEND, SUBSCRIBE: classic, quorum, stream
	RabbitMQStreamOffset         = "x-stream-offset"           // SUBSCRIBE: where in a stream to begin
)
