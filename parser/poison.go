//go:build stomppoison

package parser

// poisoning makes a parser overwrite its memory as soon as views of it are no longer
// valid: names and values become "POISONED", and buffers are filled with 0xDB.
const poisoning = true
