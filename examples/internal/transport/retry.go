package transport

// RetryAfter is a header of ERROR, a number of seconds: what the server says is about
// this moment and not about the client, which may try again. HTTP has a header of
// this name.
const RetryAfter = "retry-after"
