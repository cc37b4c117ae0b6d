package client

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

var (
	// ErrClosed: Close was called.
	ErrClosed = errors.New("stomp client: closed")
	// ErrConnectionLost: the connection broke while an operation was in
	// flight. Whether the broker has seen the frame is not known. The error
	// wraps what broke the connection.
	ErrConnectionLost = errors.New("stomp client: connection lost")
	// ErrUnsubscribed: Unsubscribe was called.
	ErrUnsubscribed = errors.New("stomp client: unsubscribed")
	// ErrNoAck: the message cannot be acknowledged: its subscription is in mode
	// auto, or the broker has not given it the header that is needed.
	ErrNoAck = errors.New("stomp client: the message cannot be acknowledged")
)

// A ServerError is an ERROR frame. The connection is closed after it.
type ServerError struct {
	// Message is the message header, where the passcode that the client sent,
	// if the server repeats it, is "***".
	Message string
	// Frame is the whole frame, as it came.
	Frame *frame.Frame
}

func newServerError(f *frame.Frame, passcode string) *ServerError {
	message, _ := f.Headers.Get(headers.Message)
	if passcode != "" {
		message = strings.ReplaceAll(message, passcode, "***")
	}
	return &ServerError{Message: message, Frame: f}
}

// Error returns the message header in quotes, cut where it is long.
func (e *ServerError) Error() string {
	return "stomp client: the server says " + string(headers.AppendQuoted(nil, e.Message))
}

// A SilentError says that nothing came from a server that had agreed to send
// heart-beats.
type SilentError struct {
	After time.Duration // how long nothing came
}

// Error returns the error in one line.
func (e *SilentError) Error() string {
	return fmt.Sprintf("stomp client: nothing came for %v, not even a heart-beat", e.After)
}

// Timeout reports true: the error is a time-out as package net has them.
func (e *SilentError) Timeout() bool { return true }

func lost(cause error) error {
	if errors.Is(cause, ErrClosed) {
		return ErrClosed
	}
	return fmt.Errorf("%w: %w", ErrConnectionLost, cause)
}
