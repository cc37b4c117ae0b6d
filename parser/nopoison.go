//go:build !stomppoison

package parser

// poisoning is true with the build tag stomppoison.
const poisoning = false
