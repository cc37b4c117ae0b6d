package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/stompwire/stomp/parser"
)

var (
	// ErrClosed: Close was called.
	ErrClosed = errors.New("stomp client: closed")
	// ErrConnectionLost: the connection broke while an operation was in
	// progress. Whether the broker has the frame is unknown. The error wraps
	// what broke the connection.
	ErrConnectionLost = errors.New("stomp client: connection lost")
	// ErrUnsubscribed: Unsubscribe was called.
	ErrUnsubscribed = errors.New("stomp client: unsubscribed")
	// ErrFull: a message came while the buffer of the subscription was full, and
	// SubscribeOptions.WhenFull is End.
	ErrFull = errors.New("stomp client: the subscription has ended because its buffer was full")
	// ErrNoAck: the message cannot be acknowledged. It came without a
	// subscription, its subscription is in mode auto, or the broker did not
	// send the header that an ACK needs.
	ErrNoAck = errors.New("stomp client: the message cannot be acknowledged")
)

// A SilentError reports a server that agreed to send heart-beats and sent
// nothing.
type SilentError struct {
	After time.Duration // how long nothing came
}

// Error returns the error in one line.
func (e *SilentError) Error() string {
	return fmt.Sprintf("nothing came for %v, not even a heart-beat", e.After)
}

// Timeout reports true: the error is a timeout as package net defines them.
func (e *SilentError) Timeout() bool { return true }

// lost returns the error of an operation that the end of the connection ended.
func lost(cause error) error {
	if errors.Is(cause, ErrClosed) {
		return ErrClosed
	}
	return fmt.Errorf("%w: %w", ErrConnectionLost, cause)
}

// named adds what raises a limit to an error about one.
func named(err error) error {
	var e *parser.Error
	if errors.As(err, &e) && e.IsLimit() {
		return fmt.Errorf("%w; Options.Limits raises it", err)
	}
	return err
}
