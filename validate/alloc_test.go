package validate_test

import (
	"strconv"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

func noAllocs(t *testing.T, what string, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(200, f); n != 0 {
		t.Errorf("%s allocates %v times", what, n)
	}
}

// A frame that keeps all rules costs no allocation, whatever its headers.
func TestFrameAllocs(t *testing.T) {
	long := make([]byte, 300)
	for i := range long {
		long[i] = 'a'
	}
	for _, c := range []struct {
		from    validate.Role
		version frame.Version
		frame.Head
	}{
		{validate.Client, frame.V12, benchSend},
		{validate.Server, frame.V12, benchTelemetry},
		{validate.Client, frame.V12, benchAck},
		{validate.Client, frame.V12, head(frame.SEND, "destination", "/queue/\u00e9"+string(long), "n\U0001f600", "x", string(long), "x", "content-type", "text/"+string(long)+`;a="b c"`)},
		{validate.Client, frame.Unnegotiated, head(frame.CONNECT, "accept-version", "1.0,1.1,1.2", "host", "h", "heart-beat", "1,2")},
		{validate.Server, frame.Unnegotiated, head(frame.CONNECTED, "version", "1.2", "server", "a/1 b", "session", string(long))},
		{validate.Client, frame.V11, head(frame.SUBSCRIBE, "id", "0", "destination", string(long), "ack", "client-individual")},
		{validate.Client, frame.V10, head(frame.SEND, "destination", "a:"+string(long))},
	} {
		owned := c.Head.Clone()
		w := frame.View{Head: c.Head}
		n, _ := w.Length.Get()
		for i := range n {
			w.Body = append(w.Body, byte(i))
		}
		owned.Body = w.Body
		noAllocs(t, "Head of "+c.String(), func() { fail(t, validate.CheckHead(c.Head, c.version, c.from)) })
		noAllocs(t, "View of "+c.String(), func() { fail(t, validate.CheckView(w, c.version, c.from)) })
		noAllocs(t, "Frame of "+c.String(), func() { fail(t, validate.CheckFrame(owned, c.version, c.from)) })
	}
}

func fail(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}

// Once its storage has grown, a session allocates nothing, for identifiers
// that it has never seen neither.
func TestStepAllocs(t *testing.T) {
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		s := session(t, validate.SessionLimits{}, version)
		step := func(from validate.Role, h frame.Head) { fail(t, s.Step(from, h)) }
		step(validate.Client, head(frame.SUBSCRIBE, "id", "auto", "destination", "a"))
		step(validate.Client, head(frame.SUBSCRIBE, "id", "sub", "destination", "d", "ack", "client"))

		n := 100000 // changed in place, so that each round has its own names
		name := []byte(strconv.Itoa(n))
		header := func(pairs ...string) (v headers.ListView) {
			for i := 0; i < len(pairs); i += 2 {
				e := headers.FieldView{Name: []byte(pairs[i]), Value: []byte(pairs[i+1])}
				if pairs[i+1] == "*" {
					e.Value = name
				}
				v = append(v, e)
			}
			return v
		}
		var round []struct {
			from validate.Role
			frame.Head
		}
		add := func(from validate.Role, c frame.Command, pairs ...string) {
			round = append(round, struct {
				from validate.Role
				frame.Head
			}{from, frame.Head{Command: c, Headers: header(pairs...)}})
		}
		add(validate.Client, frame.BEGIN, "transaction", "*")
		add(validate.Client, frame.SEND, "destination", "d", "transaction", "*", "receipt", "*")
		add(validate.Server, frame.RECEIPT, "receipt-id", "*")
		add(validate.Server, frame.MESSAGE, "subscription", "auto", "message-id", "*", "destination", "a")
		add(validate.Server, frame.MESSAGE, "subscription", "sub", "message-id", "*", "destination", "d", "ack", "*")
		add(validate.Client, frame.ACK, "subscription", "sub", "message-id", "*", "id", "*", "transaction", "*")
		add(validate.Client, frame.COMMIT, "transaction", "*")
		add(validate.Client, frame.SUBSCRIBE, "id", "*", "destination", "d", "ack", "client")
		add(validate.Server, frame.MESSAGE, "subscription", "*", "message-id", "*", "destination", "d", "ack", "*")
		add(validate.Client, frame.UNSUBSCRIBE, "id", "*")
		play := func() {
			for i := len(name) - 1; ; i-- { // count, in decimal
				if name[i]++; name[i] <= '9' {
					break
				}
				name[i] = '0'
			}
			for i := range round {
				step(round[i].from, round[i].Head)
			}
		}
		for range 300 {
			play()
		}
		noAllocs(t, version, play)
	}
}
