// Package headers has what STOMP says about headers: their names, owned and
// borrowed lists of them, the escaping of names and values, and the values
// that have a syntax of their own.
//
// It is the leaf of the module: it knows nothing of frames or streams.
//
// # Terminology
//
// A header is a name and a value. An entry is one header in a frame. Names
// are case sensitive and may be repeated; the first entry of a name is its
// value, later ones are its history (STOMP 1.2, "Repeated Header Entries").
//
// A [List] of [Field] owns its memory: its strings never change. A [ListView] of
// [FieldView] borrows it: the bytes belong to whoever made the view, which says
// how long they stay valid. [ListView.Clone] is the way from borrowed to owned.
//
// Names and values in a List or a View are unescaped. How they look on the
// wire depends on the version and the command: see [Escaping].
//
// # Secrets
//
// Lists, views, fields and entries print for people (String, GoString,
// MarshalText) and mask the values of the names that [IsSecret] knows. Read a
// value with Get, or from the fields, to have it in full. Package fmt does not
// call these methods for an unexported field of another struct, nor for verbs
// such as %d: do not print those.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by their titles.
package headers
