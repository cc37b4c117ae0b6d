//go:build stomppoison

package parser

// poisoning makes a parser overwrite what it has lent as soon as that is no longer
// valid: names and values become "POISONED", and its buffers are filled with 0xDB.
const poisoning = true
