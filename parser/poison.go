//go:build stomppoison

package parser

// poisoning makes a parser spoil what it has lent as soon as that is no longer
// valid, so that whoever keeps it too long sees so at once: names and values
// become "POISONED", and buffers of the parser are filled with 0xDB.
const poisoning = true
