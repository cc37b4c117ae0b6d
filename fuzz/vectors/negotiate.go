package vectors

// Negotiate is a vector of negotiate.jsonl: values of headers, and what they mean. Op
// decides which fields are set. A nil Value, Client or Server means a missing header.
type Negotiate struct {
	Vector
	Op string

	Value          *Bytes   // of all but "agree", "heart-beat-agree" and "subprotocols"
	Client, Server *Bytes   // of "heart-beat-agree"; Client also of "agree"
	Speaks         []string // of "agree": the versions of the server
	Versions       []string // of "accept-version", the result; of "subprotocols", the versions to name
	Version        *string  // of "subprotocol"
	Names          []string // of "subprotocols"
	Agreed         *string  // of "agree" and "connected-version"
	Refusal        *string  // of "agree" without agreement: the version header of the ERROR
	Mode           *string  // of "ack-mode"
	Send, Receive  *int64   // of "heart-beat", in milliseconds
	FromClient     *int64   `json:"from_client"` // of "heart-beat-agree", in milliseconds
	FromServer     *int64   `json:"from_server"`
	Limit          *int64   // of "content-length"
	Number         *string  // of "content-length", in decimal

	Error *ValueError // instead of a result
}

// A ValueError is why a value cannot be read.
type ValueError struct {
	Kind   string // "syntax" or "range"
	Offset int
}
