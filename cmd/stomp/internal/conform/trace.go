package conform

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
)

// A Trace is all that went over the connections of one probe.
type Trace struct {
	mu    sync.Mutex
	begun time.Time
	steps []Step
}

// A Step is one thing that happened on a connection.
type Step struct {
	At    time.Duration // since the probe began
	Conn  int           // which connection, from 1
	What  string        // "opens", "sends", "receives", "ends"
	Bytes []byte        // that were sent or received
	Note  string
}

func newTrace() *Trace { return &Trace{begun: time.Now()} }

func (t *Trace) add(conn int, what string, b []byte, note string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := time.Since(t.begun)
	if n := len(t.steps); n > 0 && b != nil {
		// What comes in pieces is shown as one, unless time passes between.
		if last := &t.steps[n-1]; last.Conn == conn && last.What == what && at-last.At < 20*time.Millisecond && len(last.Bytes) > 0 {
			last.Bytes = append(last.Bytes, b...)
			return
		}
	}
	t.steps = append(t.steps, Step{at, conn, what, bytes.Clone(b), note})
}

// Steps returns what has happened so far. The bytes are not to be changed.
func (t *Trace) Steps() []Step {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Step(nil), t.steps...)
}

// mostShown is how many bytes of a step are shown.
const mostShown = 4096

// Text returns the trace for people, a line of the text for each line of a
// frame, in the notation of Go. Passcodes are masked.
func (t *Trace) Text() string {
	var b strings.Builder
	arrows := map[string]string{"sends": ">", "receives": "<"}
	for _, s := range t.Steps() {
		lead := fmt.Sprintf("%6d ms  %d ", s.At.Milliseconds(), s.Conn)
		arrow, ok := arrows[s.What]
		if !ok {
			fmt.Fprintf(&b, "%s %s\n", lead, strings.TrimSpace(s.What+" "+s.Note))
			continue
		}
		for line := range bytes.Lines(visible(s.Bytes)) {
			fmt.Fprintf(&b, "%s%s %s\n", lead, arrow, quote(line))
			lead = strings.Repeat(" ", len(lead))
		}
		if over := len(s.Bytes) - mostShown; over > 0 {
			fmt.Fprintf(&b, "%s%s ... %d bytes more\n", lead, arrow, over)
		}
	}
	return b.String()
}

// visible returns the bytes of a step that may be shown.
func visible(b []byte) []byte {
	if len(b) > mostShown {
		b = b[:mostShown]
	}
	const name = "passcode:"
	var out []byte
	for line := range bytes.Lines(b) {
		if bytes.HasPrefix(line, []byte(name)) {
			line = []byte(name + "***\n")
		}
		out = append(out, line...)
	}
	return out
}

// quote shows bytes as printable ASCII, in the notation of Go.
func quote(b []byte) string {
	q := fmt.Sprintf("%+q", b)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
