// Package headers implements STOMP headers: their names, owned and borrowed
// lists of them, the escaping of names and values, and the values that have a
// syntax of their own.
//
// # Terminology
//
// A header is a name and a value. Names are case sensitive and may be repeated
// in a frame. The first header with a name gives its value; later ones are
// the history of that value (STOMP 1.2, "Repeated Header Entries").
//
// A [List] of [Field] owns its memory. A [ListView] of [FieldView] borrows it:
// whoever made the view says how long it stays valid. [ListView.Clone] turns
// borrowed headers into owned ones.
//
// Names and values in a List or a ListView are unescaped. How they are written on
// the wire depends on the version and the command: see [Escaping].
//
// # Secrets
//
// The methods String, GoString and MarshalText mask the values of secret names:
// see [IsSecret]. Get and the fields themselves give a value in full. Package fmt
// does not call these methods for an unexported field of another struct, or for
// verbs such as %d: do not print headers that way.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by title.
package headers
