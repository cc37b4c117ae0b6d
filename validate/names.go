package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A command is a frame.Command as a number, for tables.
type command uint8

const (
	extension command = iota // outside the specifications
	cmdConnect
	cmdStomp
	cmdSend
	cmdSubscribe
	cmdUnsubscribe
	cmdBegin
	cmdCommit
	cmdAbort
	cmdAck
	cmdNack
	cmdDisconnect
	cmdConnected
	cmdMessage
	cmdReceipt
	cmdError
	numCommands
)

// lookupCommand returns c as a number.
func lookupCommand(c frame.Command) command {
	switch c {
	case frame.CONNECT:
		return cmdConnect
	case frame.STOMP:
		return cmdStomp
	case frame.SEND:
		return cmdSend
	case frame.SUBSCRIBE:
		return cmdSubscribe
	case frame.UNSUBSCRIBE:
		return cmdUnsubscribe
	case frame.BEGIN:
		return cmdBegin
	case frame.COMMIT:
		return cmdCommit
	case frame.ABORT:
		return cmdAbort
	case frame.ACK:
		return cmdAck
	case frame.NACK:
		return cmdNack
	case frame.DISCONNECT:
		return cmdDisconnect
	case frame.CONNECTED:
		return cmdConnected
	case frame.MESSAGE:
		return cmdMessage
	case frame.RECEIPT:
		return cmdReceipt
	case frame.ERROR:
		return cmdError
	}
	return extension
}

// A header is a header name that some rule checks, as a number.
type header uint8

const (
	otherHeader header = iota
	hdrDestination
	hdrID
	hdrSubscription
	hdrMessageID
	hdrTransaction
	hdrAck
	hdrReceipt
	hdrReceiptID
	hdrContentLength
	hdrContentType
	hdrAcceptVersion
	hdrHost
	hdrVersion
	hdrHeartBeat
	hdrServer
	hdrMessage
	numHeaders
)

var headerNames = [numHeaders]string{
	hdrDestination:   headers.Destination,
	hdrID:            headers.ID,
	hdrSubscription:  headers.Subscription,
	hdrMessageID:     headers.MessageID,
	hdrTransaction:   headers.Transaction,
	hdrAck:           headers.Ack,
	hdrReceipt:       headers.Receipt,
	hdrReceiptID:     headers.ReceiptID,
	hdrContentLength: headers.ContentLength,
	hdrContentType:   headers.ContentType,
	hdrAcceptVersion: headers.AcceptVersion,
	hdrHost:          headers.Host,
	hdrVersion:       headers.Version,
	hdrHeartBeat:     headers.HeartBeat,
	hdrServer:        headers.Server,
	hdrMessage:       headers.Message,
}

// headerSet is a set of headers, one bit for each.
type headerSet uint32

func (h header) bit() headerSet { return 1 << (h & 31) }

// lookupHeader returns a header name as a number.
func lookupHeader[T text](name T) header {
	if len(name) > len(headers.AcceptVersion) {
		return otherHeader // before string(name) copies it
	}
	switch string(name) {
	case headers.Destination:
		return hdrDestination
	case headers.ID:
		return hdrID
	case headers.Subscription:
		return hdrSubscription
	case headers.MessageID:
		return hdrMessageID
	case headers.Transaction:
		return hdrTransaction
	case headers.Ack:
		return hdrAck
	case headers.Receipt:
		return hdrReceipt
	case headers.ReceiptID:
		return hdrReceiptID
	case headers.ContentLength:
		return hdrContentLength
	case headers.ContentType:
		return hdrContentType
	case headers.AcceptVersion:
		return hdrAcceptVersion
	case headers.Host:
		return hdrHost
	case headers.Version:
		return hdrVersion
	case headers.HeartBeat:
		return hdrHeartBeat
	case headers.Server:
		return hdrServer
	case headers.Message:
		return hdrMessage
	}
	return otherHeader
}
