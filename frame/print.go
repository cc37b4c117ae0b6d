package frame

import (
	"strconv"

	"github.com/stompwire/stomp/headers"
)

// The printed form is for people and logs: bounded printable ASCII, with secret
// values masked and only the size of the body:
//
//	SEND {destination:"/queue/a" receipt:"r-1"} 5 bytes
//
// String returns it for most verbs of package fmt, GoString for %#v, and
// MarshalText for loggers and JSON.

func appendCommand(dst []byte, c Command) []byte {
	if c.Known() {
		return append(dst, c...)
	}
	return headers.AppendQuoted(dst, c)
}

func appendSize(dst []byte, size int64) []byte {
	dst = strconv.AppendInt(append(dst, ' '), size, 10)
	if size == 1 {
		return append(dst, " byte"...)
	}
	return append(dst, " bytes"...)
}

func (f Frame) print() []byte {
	b := append(appendCommand(nil, f.Command), ' ')
	return appendSize(f.Headers.AppendPrinted(b), int64(len(f.Body)))
}

func (h Head) print() []byte {
	b := append(appendCommand(nil, h.Command), ' ')
	b = h.Headers.AppendPrinted(b)
	if n, ok := h.Length.Get(); ok {
		return appendSize(b, n)
	}
	return b
}

func (v View) print() []byte {
	b := append(appendCommand(nil, v.Command), ' ')
	return appendSize(v.Headers.AppendPrinted(b), int64(len(v.Body)))
}

// String returns the frame for people to read: bounded printable ASCII, with secret
// values masked and the size of the body in bytes.
func (f Frame) String() string { return string(f.print()) }

// GoString returns the same as String, so that %#v masks secrets.
func (f Frame) GoString() string { return f.String() }

// MarshalText returns the same as String, for loggers. It is not a wire form.
func (f Frame) MarshalText() ([]byte, error) { return f.print(), nil }

// String returns the head for people to read: bounded printable ASCII, with secret
// values masked, and content-length if there is one.
func (h Head) String() string { return string(h.print()) }

// GoString returns the same as String, so that %#v masks secrets.
func (h Head) GoString() string { return h.String() }

// MarshalText returns the same as String, for loggers. It is not a wire form.
func (h Head) MarshalText() ([]byte, error) { return h.print(), nil }

// String returns the view for people to read: bounded printable ASCII, with secret
// values masked and the size of the body in bytes.
func (v View) String() string { return string(v.print()) }

// GoString returns the same as String, so that %#v masks secrets.
func (v View) GoString() string { return v.String() }

// MarshalText returns the same as String, for loggers. It is not a wire form.
func (v View) MarshalText() ([]byte, error) { return v.print(), nil }
