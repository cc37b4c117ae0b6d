package headers

import "strconv"

// AckMode is the value of the ack header of SUBSCRIBE. The zero value is what
// a missing header means.
type AckMode uint8

const (
	AckAuto             AckMode = iota // a message counts as consumed when it is sent
	AckClient                          // ACK is cumulative
	AckClientIndividual                // ACK is for one message; 1.1 and 1.2
)

// ParseAckMode reads the value of the ack header of SUBSCRIBE: auto, client or
// client-individual. Anything else is a [*ValueError]. It does not look at the
// version: 1.0 has no client-individual.
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

// String returns the value as it stands in a header.
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
