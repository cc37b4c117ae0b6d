package headers

import "strconv"

// AckMode is the value of the ack header of SUBSCRIBE (STOMP 1.2, "SUBSCRIBE ack
// Header"). The zero value is AckAuto, which a missing header means.
type AckMode uint8

const (
	AckAuto             AckMode = iota // a message counts as consumed when it is sent
	AckClient                          // an ACK covers earlier messages too, except in 1.0
	AckClientIndividual                // an ACK covers one message; 1.1 and 1.2
)

// ParseAckMode reads the value of the ack header of SUBSCRIBE: auto, client or
// client-individual. For anything else, also an empty value, it returns AckAuto and a
// [*ValueError]. It accepts client-individual although STOMP 1.0 does not have it.
func ParseAckMode[T ~string | ~[]byte](s T) (AckMode, error) {
	switch string(s) {
	case "auto":
		return AckAuto, nil
	case "client":
		return AckClient, nil
	case "client-individual":
		return AckClientIndividual, nil
	}
	return AckAuto, &ValueError{Ack, 0, ErrSyntax}
}

// String returns the value as it is in a header.
func (m AckMode) String() string {
	switch m {
	case AckAuto:
		return "auto"
	case AckClient:
		return "client"
	case AckClientIndividual:
		return "client-individual"
	}
	return "AckMode(" + strconv.Itoa(int(m)) + ")"
}

// Explicit reports whether messages of the subscription need an ACK or NACK.
func (m AckMode) Explicit() bool { return m == AckClient || m == AckClientIndividual }
