package parser

import (
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// describe says what the beginning of an unknown command line looks like. It shows
// only a word that looks like a command, because the line may be any data.
func describe(line []byte) string {
	if len(line) >= 2 && line[0] == 0x16 && line[1] == 3 {
		return "a TLS record: the peer speaks TLS"
	}
	n := 0
	for n < len(line) && ('A' <= line[n] && line[n] <= 'Z' || 'a' <= line[n] && line[n] <= 'z') {
		n++
	}
	word := string(line[:n])
	if n < len(line) && line[n] == ' ' {
		switch word {
		case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PRI", "CONNECT":
			return "an HTTP request: " + word
		}
	}
	if strings.HasPrefix(string(line), "HTTP/") {
		return "an HTTP response"
	}
	if n == 0 {
		return "begins with the byte 0x" + strconv.FormatUint(uint64(line[0]), 16)
	}
	if upper := strings.ToUpper(word); upper != word && !frame.Command(upper).Known() {
		return "" // it may be anything, even a password
	}
	if n == len(line) || line[n] == '\n' || line[n] == '\r' {
		return strconv.Quote(word)
	}
	return strconv.Quote(word) + ", then the byte 0x" + strconv.FormatUint(uint64(line[n]), 16)
}
