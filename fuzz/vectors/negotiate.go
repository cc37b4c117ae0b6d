package vectors

// Negotiate is a vector of negotiate.jsonl: the values of headers and what
// they mean. Which fields it has depends on Op; a nil Value, Client or Server
// is a header that is not there.
type Negotiate struct {
	Vector
	Op string

	Value          *Bytes   // but of "agree", "heart-beat-agree" and "subprotocols"
	Client, Server *Bytes   // of "agree" (client alone) and "heart-beat-agree"
	Speaks         []string // of "agree": the versions of the server
	Versions       []string // of "accept-version" the result, of "subprotocols" what there is to name
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

	Error *ValueError // in place of a result
}

// A ValueError is why a value cannot be read.
type ValueError struct {
	Kind   string // "syntax" or "range"
	Offset int
}
