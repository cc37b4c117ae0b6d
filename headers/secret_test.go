package headers_test

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/headers"
)

// A name of 64 octets, blanks counted, is still looked at; a longer one is
// none of the names.
func TestIsSecretLongNames(t *testing.T) {
	padded := "passcode" + strings.Repeat(" ", 64-len("passcode"))
	if !headers.IsSecret(padded) {
		t.Error("a name of 64 octets is not looked at")
	}
	if headers.IsSecret(padded + " ") {
		t.Error("a name of 65 octets is looked at")
	}
}
