package validate_test

import (
	"errors"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// A server that answers in a version the client has not offered does not make
// the client break rules of that version. It is itself judged by it. The bytes
// are those of a client of 1.2 with a server of 1.0.
func TestImposedVersion(t *testing.T) {
	for _, tt := range []struct {
		offered, version string
		client           frame.Head
		rule             validate.Rule // that it would break, had it offered the version
	}{
		{"1.2", "", head(frame.SUBSCRIBE, "id", "0", "destination", "d", "ack", "client-individual"), validate.SubscribeAckMode},
		{"1.2", "", head(frame.NACK, "id", "0"), validate.CommandInVersion},
		{"1.2", "", head(frame.ACK, "id", "0"), validate.AckMessageIDRequired},
		{"1.2", "", head(frame.SEND, "destination", "d", "a", "b\nc"), validate.HeaderEndOfLine}, // escaped on the wire
		{"1.2", "", head(frame.SEND, "destination", "d", "a:b", "c"), validate.HeaderNameColon},
		{"1.0", "1.2", head(frame.SUBSCRIBE, "destination", "d"), validate.SubscribeIDRequired},
		{"1.0", "1.2", head(frame.BEGIN, "transaction", "t", "content-length", "1"), validate.BodyNotAllowed},
		{"1.0", "1.2", head(frame.SUBSCRIBE, "destination", "d", "ack", " client"), validate.SubscribeAckMode},
	} {
		for _, offered := range []string{tt.offered, "1.0,1.1,1.2"} {
			s := validate.NewSession(validate.SessionLimits{})
			s.Step(validate.Client, head(frame.CONNECT, "accept-version", offered, "host", "h"))
			answer := head(frame.CONNECTED)
			if tt.version != "" {
				answer = head(frame.CONNECTED, "version", tt.version)
			}
			s.Step(validate.Server, answer)
			imposed := offered == tt.offered
			if err := s.Step(validate.Client, tt.client); errors.Is(err, tt.rule) == imposed {
				t.Errorf("%s offered, %q given: %s: %v", offered, tt.version, tt.client.Command, err)
			}
			if err := s.Step(validate.Client, head(frame.SEND)); !errors.Is(err, validate.SendDestinationRequired) {
				t.Errorf("%s offered, %q given: SEND: %v", offered, tt.version, err)
			}
			err := s.Step(validate.Server, head(frame.MESSAGE, "destination", "d", "message-id", "m"))
			if errors.Is(err, validate.MessageSubscriptionRequired) != (tt.version == "1.2") {
				t.Errorf("%s offered, %q given: MESSAGE: %v", offered, tt.version, err)
			}
		}
	}
}
