// Package foreign tests somebody else's codec, the frame reader of go-stomp
// v3.1.5, with packages fuzz and fuzz/vectors, and measures it with package
// fuzz/workload. Everything is in its examples, to be copied for another codec.
package foreign
