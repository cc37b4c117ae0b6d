package headers

// Header names of ActiveMQ Classic. Most are JMS message properties or consumer
// options.
const (
	ActiveMQMessageType         = "amq-msg-type"         // SEND: text or bytes; without it content-length decides
	ActiveMQBrowser             = "browser"              // SUBSCRIBE: look at a queue without consuming
	ActiveMQClientID            = "client-id"            // CONNECT: JMS client id, for durable subscriptions
	ActiveMQCorrelationID       = "correlation-id"       // SEND, MESSAGE: JMSCorrelationID
	ActiveMQExpires             = "expires"              // SEND, MESSAGE: milliseconds since 1970
	ActiveMQGroupID             = "JMSXGroupID"          // SEND, MESSAGE
	ActiveMQGroupSeq            = "JMSXGroupSeq"         // SEND, MESSAGE: -1 closes the group
	ActiveMQOriginalDestination = "original-destination" // MESSAGE, ADVISORY
	ActiveMQPersistent          = "persistent"           // SEND, MESSAGE
	ActiveMQPriority            = "priority"             // SEND, MESSAGE: 0 to 9
	ActiveMQRedelivered         = "redelivered"          // MESSAGE
	ActiveMQReplyTo             = "reply-to"             // SEND, MESSAGE
	ActiveMQRequestID           = "request-id"           // CONNECT
	ActiveMQResponseID          = "response-id"          // CONNECTED: the request-id of CONNECT
	ActiveMQTimestamp           = "timestamp"            // MESSAGE: milliseconds since 1970
	ActiveMQTransformation      = "transformation"       // SUBSCRIBE, SEND: object messages as XML or JSON
	ActiveMQTransformationError = "transformation-error" // MESSAGE: why a transformation failed
	ActiveMQType                = "type"                 // SEND, MESSAGE: JMSType
	ActiveMQUserID              = "JMSXUserID"           // MESSAGE: user that sent it

	ActiveMQScheduledDelay  = "AMQ_SCHEDULED_DELAY"  // SEND: milliseconds
	ActiveMQScheduledPeriod = "AMQ_SCHEDULED_PERIOD" // SEND: milliseconds
	ActiveMQScheduledRepeat = "AMQ_SCHEDULED_REPEAT" // SEND
	ActiveMQScheduledCron   = "AMQ_SCHEDULED_CRON"   // SEND

	ActiveMQDispatchAsync              = "activemq.dispatchAsync"              // SUBSCRIBE
	ActiveMQExclusive                  = "activemq.exclusive"                  // SUBSCRIBE
	ActiveMQMaximumPendingMessageLimit = "activemq.maximumPendingMessageLimit" // SUBSCRIBE
	ActiveMQNoLocal                    = "activemq.noLocal"                    // SUBSCRIBE
	ActiveMQPrefetchSize               = "activemq.prefetchSize"               // SUBSCRIBE: the most messages outstanding
	ActiveMQConsumerPriority           = "activemq.priority"                   // SUBSCRIBE: priority of the consumer
	ActiveMQRetroactive                = "activemq.retroactive"                // SUBSCRIBE
	ActiveMQSubscriptionName           = "activemq.subscriptionName"           // SUBSCRIBE, UNSUBSCRIBE: durable subscription
)
