package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A command is the number of a frame.Command, for tables.
type command uint8

const (
	extension command = iota // not in the specifications
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

// lookupCommand returns the number of a command: one comparison, or few, with
// constants of its length.
func lookupCommand(c frame.Command) command {
	switch len(c) {
	case 3:
		if c == frame.ACK {
			return cmdAck
		}
	case 4:
		switch c {
		case frame.SEND:
			return cmdSend
		case frame.NACK:
			return cmdNack
		}
	case 5:
		switch c {
		case frame.STOMP:
			return cmdStomp
		case frame.BEGIN:
			return cmdBegin
		case frame.ABORT:
			return cmdAbort
		case frame.ERROR:
			return cmdError
		}
	case 6:
		if c == frame.COMMIT {
			return cmdCommit
		}
	case 7:
		switch c {
		case frame.MESSAGE:
			return cmdMessage
		case frame.RECEIPT:
			return cmdReceipt
		case frame.CONNECT:
			return cmdConnect
		}
	case 9:
		switch c {
		case frame.SUBSCRIBE:
			return cmdSubscribe
		case frame.CONNECTED:
			return cmdConnected
		}
	case 10:
		if c == frame.DISCONNECT {
			return cmdDisconnect
		}
	case 11:
		if c == frame.UNSUBSCRIBE {
			return cmdUnsubscribe
		}
	}
	return extension
}

// A header is the number of a header that some rule looks at.
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

// lookupHeader returns the number of a header name, in the manner of
// lookupCommand.
func lookupHeader[T text](name T) header {
	switch len(name) {
	case 2:
		if string(name) == headers.ID {
			return hdrID
		}
	case 3:
		if string(name) == headers.Ack {
			return hdrAck
		}
	case 4:
		if string(name) == headers.Host {
			return hdrHost
		}
	case 6:
		if string(name) == headers.Server {
			return hdrServer
		}
	case 7:
		switch string(name) {
		case headers.Receipt:
			return hdrReceipt
		case headers.Version:
			return hdrVersion
		case headers.Message:
			return hdrMessage
		}
	case 10:
		switch string(name) {
		case headers.MessageID:
			return hdrMessageID
		case headers.ReceiptID:
			return hdrReceiptID
		case headers.HeartBeat:
			return hdrHeartBeat
		}
	case 11:
		switch string(name) {
		case headers.Destination:
			return hdrDestination
		case headers.Transaction:
			return hdrTransaction
		}
	case 12:
		switch string(name) {
		case headers.Subscription:
			return hdrSubscription
		case headers.ContentType:
			return hdrContentType
		}
	case 14:
		switch string(name) {
		case headers.ContentLength:
			return hdrContentLength
		case headers.AcceptVersion:
			return hdrAcceptVersion
		}
	}
	return otherHeader
}
