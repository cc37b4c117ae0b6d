package validate_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// session is one of version 1.2 that has shaken hands.
func session(tb testing.TB, l validate.SessionLimits, version string) *validate.Session {
	tb.Helper()
	s := validate.NewSession(l)
	for _, f := range []struct {
		from validate.Role
		frame.Head
	}{
		{validate.Client, head(frame.CONNECT, "accept-version", "1.0,1.1,1.2", "host", "h")},
		{validate.Server, head(frame.CONNECTED, "version", version)},
	} {
		if err := s.Step(f.from, f.Head); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func mustStep(tb testing.TB, s *validate.Session, from validate.Role, h frame.Head) {
	tb.Helper()
	if err := s.Step(from, h); err != nil {
		tb.Fatalf("%v: %v", h, err)
	}
}

// Each limit lets L things be and refuses one more, by default and as given,
// and what it refused makes no violation later.
func TestLimits(t *testing.T) {
	subscribe := func(mode string) func(int) frame.Head {
		return func(i int) frame.Head {
			return head(frame.SUBSCRIBE, "id", strconv.Itoa(i), "destination", "d", "ack", mode)
		}
	}
	message := func(i int) frame.Head {
		return head(frame.MESSAGE, "subscription", "s", "message-id", strconv.Itoa(i), "destination", "d", "ack", strconv.Itoa(i))
	}
	named := func(c frame.Command, header string) func(int) frame.Head {
		return func(i int) frame.Head { return head(c, header, strconv.Itoa(i), "destination", "d") }
	}
	for _, c := range []struct {
		limit    string
		limits   validate.SessionLimits
		max      int
		from     validate.Role
		add      func(int) frame.Head
		who      validate.Role
		unknown  func(int) frame.Head // names what was not added
		release  func(int) frame.Head
		released validate.Role
	}{
		{"Subscriptions", validate.SessionLimits{}, validate.DefaultSubscriptions, validate.Client, subscribe("auto"),
			validate.Server, named(frame.UNSUBSCRIBE, "id"), named(frame.UNSUBSCRIBE, "id"), validate.Client},
		{"Subscriptions", validate.SessionLimits{Subscriptions: 3}, 3, validate.Client, subscribe("client"),
			validate.Client, named(frame.UNSUBSCRIBE, "id"), named(frame.UNSUBSCRIBE, "id"), validate.Client},
		{"Unacknowledged", validate.SessionLimits{}, validate.DefaultUnacknowledged, validate.Server, message,
			validate.Client, named(frame.ACK, "id"), named(frame.ACK, "id"), validate.Client},
		{"Unacknowledged", validate.SessionLimits{Unacknowledged: 2}, 2, validate.Server, message,
			validate.Client, named(frame.NACK, "id"), named(frame.ACK, "id"), validate.Client},
		{"Transactions", validate.SessionLimits{}, validate.DefaultTransactions, validate.Client, named(frame.BEGIN, "transaction"),
			validate.Client, named(frame.COMMIT, "transaction"), named(frame.COMMIT, "transaction"), validate.Client},
		{"Transactions", validate.SessionLimits{Transactions: 1}, 1, validate.Client, named(frame.BEGIN, "transaction"),
			validate.Client, named(frame.SEND, "transaction"), named(frame.ABORT, "transaction"), validate.Client},
		{"Receipts", validate.SessionLimits{}, validate.DefaultReceipts, validate.Client, named(frame.SEND, "receipt"),
			validate.Server, named(frame.RECEIPT, "receipt-id"), named(frame.RECEIPT, "receipt-id"), validate.Server},
		{"Receipts", validate.SessionLimits{Receipts: -1}, 0, validate.Client, named(frame.SEND, "receipt"),
			validate.Server, named(frame.RECEIPT, "receipt-id"), nil, validate.Server},
	} {
		t.Run(c.limit+"="+strconv.Itoa(c.max), func(t *testing.T) {
			s := session(t, c.limits, "1.2")
			if c.limit == "Unacknowledged" {
				mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client-individual"))
			}
			for i := range c.max {
				mustStep(t, s, c.from, c.add(i))
			}
			for range 2 {
				want := &validate.LimitError{Limit: c.limit, Max: c.max, Command: c.add(0).Command}
				var got *validate.LimitError
				if err := s.Step(c.from, c.add(c.max)); !errors.As(err, &got) {
					t.Fatalf("error is %v", err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("error (-want +got):\n%s", diff)
				}
			}
			who := c.who
			if h := c.unknown(0); h.Command == frame.UNSUBSCRIBE {
				who = validate.Client
			}
			mustStep(t, s, who, c.unknown(c.max))
			if c.max > 0 {
				mustStep(t, s, c.released, c.release(c.max-1))
				mustStep(t, s, c.from, c.add(c.max))
			}
		})
	}
}

// An identifier of ID bytes is remembered, a longer one is not.
func TestIDLimit(t *testing.T) {
	long := strings.Repeat("x", 9)
	for _, c := range []struct {
		from    validate.Role
		add     func(id string) frame.Head
		who     validate.Role
		unknown func(id string) frame.Head
	}{
		{validate.Client, func(id string) frame.Head { return head(frame.SUBSCRIBE, "id", id, "destination", "d") },
			validate.Server, func(id string) frame.Head {
				return head(frame.MESSAGE, "subscription", id, "message-id", "m", "destination", "d")
			}},
		{validate.Client, func(id string) frame.Head { return head(frame.BEGIN, "transaction", id) },
			validate.Client, func(id string) frame.Head { return head(frame.ABORT, "transaction", id) }},
		{validate.Client, func(id string) frame.Head { return head(frame.SEND, "destination", "d", "receipt", id) },
			validate.Server, func(id string) frame.Head { return head(frame.ERROR, "message", "m", "receipt-id", id) }},
		{validate.Server, func(id string) frame.Head {
			return head(frame.MESSAGE, "subscription", "s", "message-id", id, "destination", "d")
		}, validate.Client, func(id string) frame.Head { return head(frame.ACK, "subscription", "s", "message-id", id) }},
	} {
		s := session(t, validate.SessionLimits{ID: 8}, "1.1")
		mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client"))
		mustStep(t, s, c.from, c.add(long[:8]))
		err := s.Step(c.from, c.add(long))
		var got *validate.LimitError
		if errors.As(err, &got); got == nil || got.Limit != "ID" || got.Max != 8 {
			t.Errorf("%v: error is %v, want limit ID", c.add(long), err)
		}
		mustStep(t, s, c.who, c.unknown(long))
	}
	s := session(t, validate.SessionLimits{ID: 8, Subscriptions: 2}, "1.1")
	if err := s.Step(validate.Client, head(frame.SUBSCRIBE, "id", long, "destination", "d")); err == nil {
		t.Errorf("a long id is taken")
	}
	mustStep(t, s, validate.Client, head(frame.ACK, "subscription", long, "message-id", "1"))
}

// A limit and violations come together.
func TestLimitErrorWithViolations(t *testing.T) {
	s := session(t, validate.SessionLimits{Receipts: -1}, "1.2")
	err := s.Step(validate.Client, head(frame.SEND, "receipt", "1"))
	want := &validate.LimitError{Limit: "Receipts", Max: 0, Command: frame.SEND, Violations: validate.Violations{
		{Rule: validate.SendDestinationRequired, Command: frame.SEND, Header: "destination"},
	}}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if !errors.Is(err, validate.SendDestinationRequired) {
		t.Errorf("errors.Is does not find the rule in %v", err)
	}
	const text = " exceeds the limit of 0 receipts that are asked for and not given (SessionLimits.Receipts)"
	if want := "stomp: SEND" + text; err.Error() != want {
		t.Errorf("text is %q, want %q", err, want)
	}
	if err := s.Step(validate.Client, head("X\x1b", "receipt", "1")); err.Error() != `stomp: "X\x1b"`+text {
		t.Errorf("text is %q", err)
	}
}

// Removed subscriptions are remembered for a while with their messages, and
// give their room to messages of those that are open. What was forgotten is not
// called unknown.
func TestRemovedSubscriptions(t *testing.T) {
	message := func(sub, ack string) frame.Head {
		return head(frame.MESSAGE, "subscription", sub, "message-id", ack, "destination", "d", "ack", ack)
	}
	s := session(t, validate.SessionLimits{Unacknowledged: 3}, "1.2")
	subscribe := func(id string) {
		t.Helper()
		mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", id, "destination", "d", "ack", "client"))
	}
	remove := func(id string) {
		t.Helper()
		mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", id))
	}
	want := func(from validate.Role, h frame.Head, rules ...string) {
		t.Helper()
		same(t, h.String(), rules, ids(t, s.Step(from, h)))
	}
	ack := func(id string) frame.Head { return head(frame.ACK, "id", id) }
	for _, id := range []string{"a", "b", "c"} {
		subscribe(id)
		mustStep(t, s, validate.Server, message(id, id+"1"))
	}
	remove("a")
	remove("b")
	subscribe("b") // what was pending in the old one still is
	want(validate.Client, ack("b1"))
	want(validate.Client, ack("b1"), "ack-known")
	want(validate.Client, ack("x"), "ack-known")
	want(validate.Server, message("x", "x1"), "message-subscription-known")
	mustStep(t, s, validate.Server, message("c", "c2"))
	if s.Unacknowledged() != 3 {
		t.Errorf("%d messages pending, want 3", s.Unacknowledged())
	}
	mustStep(t, s, validate.Server, message("c", "c3")) // takes the room of a
	want(validate.Client, ack("a1"))
	want(validate.Client, ack("x"))
	want(validate.Server, message("a", "a2"))
	mustStep(t, s, validate.Client, ack("c3"))

	remove("b")
	for i := range 3 {
		want(validate.Server, message("b", strconv.Itoa(i)), "message-after-unsubscribe")
	}
	// No room but its own: it is forgotten.
	want(validate.Server, message("b", "4"), "message-after-unsubscribe")
	want(validate.Server, message("b", "5"))

	for i := range 100 {
		id := strconv.Itoa(i)
		subscribe(id)
		remove(id)
	}
	want(validate.Server, message("67", "x"))
	want(validate.Server, message("68", "x"), "message-after-unsubscribe")
}

// A message of a removed subscription may be acknowledged in any version and
// mode, whatever came after the UNSUBSCRIBE: the id came back, others were
// removed, room was needed.
func TestAckAfterUnsubscribe(t *testing.T) {
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		for _, mode := range []string{"auto", "client", "client-individual"} {
			for _, again := range []string{"", "auto", "client"} { // the mode in which the id comes back
				for _, others := range []int{0, 1, 31, 32, 200} {
					for _, command := range []frame.Command{frame.ACK, frame.NACK} {
						if version == "1.0" && (mode == "client-individual" || command == frame.NACK) {
							continue
						}
						s := session(t, validate.SessionLimits{}, version)
						subscribe := func(id, mode string) {
							mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", id, "destination", "d", "ack", mode))
						}
						subscribe("s", mode)
						for _, m := range []string{"m1", "m2"} {
							mustStep(t, s, validate.Server, head(frame.MESSAGE, "subscription", "s", "message-id", m, "destination", "d", "ack", m))
						}
						mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", "s"))
						for i := range others {
							subscribe("other"+strconv.Itoa(i), "client")
							mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", "other"+strconv.Itoa(i)))
						}
						if again != "" {
							subscribe("s", again)
						}
						err := s.Step(validate.Client, head(command, "subscription", "s", "message-id", "m2", "id", "m2"))
						if err := validate.Enforce(err); err != nil {
							t.Errorf("%s, mode %s, then %q, %d others removed, %s: %v", version, mode, again, others, command, err)
						}
					}
				}
			}
		}
	}
}

// What a transaction holds outlives its subscription, and nothing is lost when
// that comes back.
func TestTransactionOutlivesSubscription(t *testing.T) {
	for _, end := range []frame.Command{frame.COMMIT, frame.ABORT, frame.DISCONNECT} {
		s := session(t, validate.SessionLimits{Unacknowledged: 2}, "1.1")
		for range 2 {
			mustStep(t, s, validate.Client, head(frame.SUBSCRIBE, "id", "s", "destination", "d", "ack", "client"))
			mustStep(t, s, validate.Server, head(frame.MESSAGE, "subscription", "s", "message-id", "1", "destination", "d"))
			if s.Transactions() == 0 {
				mustStep(t, s, validate.Client, head(frame.BEGIN, "transaction", "t"))
				mustStep(t, s, validate.Client, head(frame.ACK, "subscription", "s", "message-id", "1", "transaction", "t"))
				mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", "s"))
			}
		}
		if s.Unacknowledged() != 1 || s.Transactions() != 1 {
			t.Errorf("%d pending, %d transactions before %s, want 1 and 1", s.Unacknowledged(), s.Transactions(), end)
		}
		mustStep(t, s, validate.Client, head(end, "transaction", "t", "receipt", "r"))
		if s.Unacknowledged() != 1 || s.Transactions() != 0 {
			t.Errorf("%d pending, %d transactions after %s, want 1 and 0", s.Unacknowledged(), s.Transactions(), end)
		}
	}
}

// Storage that grows while a transaction holds a message without a name stays
// in order, and an empty name is a name.
func TestStorageGrows(t *testing.T) {
	s := session(t, validate.SessionLimits{}, "1.2")
	deliver := func(ack string) {
		t.Helper()
		mustStep(t, s, validate.Server, head(frame.MESSAGE, "subscription", "", "message-id", ack, "destination", "d", "ack", ack))
	}
	subscribe := head(frame.SUBSCRIBE, "id", "", "destination", "d", "ack", "client-individual")
	mustStep(t, s, validate.Client, subscribe)
	mustStep(t, s, validate.Client, head(frame.BEGIN, "transaction", ""))
	deliver("")
	mustStep(t, s, validate.Client, head(frame.ACK, "id", "", "transaction", ""))
	mustStep(t, s, validate.Client, head(frame.UNSUBSCRIBE, "id", ""))
	mustStep(t, s, validate.Client, subscribe)
	deliver("")
	for i := range 1000 {
		deliver(strings.Repeat("x", i+1))
	}
	mustStep(t, s, validate.Client, head(frame.COMMIT, "transaction", ""))
	if s.Unacknowledged() != 1001 {
		t.Errorf("%d messages pending, want 1001", s.Unacknowledged())
	}
	mustStep(t, s, validate.Client, head(frame.ACK, "id", ""))
	for i := range 1000 {
		mustStep(t, s, validate.Client, head(frame.ACK, "id", strings.Repeat("x", i+1)))
	}
	if s.Unacknowledged() != 0 {
		t.Errorf("%d messages pending at the end, want 0", s.Unacknowledged())
	}
}

// A message of a subscription that was not remembered may be acknowledged.
func TestAckOfForgottenSubscription(t *testing.T) {
	for _, c := range []struct {
		version            string
		accept, ids        [2]string
		subscription, name string
	}{
		{"1.0", [2]string{"accept-version", "1.0"}, [2]string{"destination", "destination"}, "destination", "message-id"},
		{"1.2", [2]string{"accept-version", "1.2"}, [2]string{"id", "destination"}, "subscription", "id"},
	} {
		s := validate.NewSession(validate.SessionLimits{Subscriptions: 1})
		step := func(from validate.Role, h frame.Head) error { return s.Step(from, h) }
		connect := head(frame.CONNECT, c.accept[0], c.accept[1], "host", "h")
		for _, f := range []struct {
			from validate.Role
			frame.Head
		}{
			{validate.Client, connect},
			{validate.Server, head(frame.CONNECTED, "version", c.version)},
			{validate.Client, head(frame.SUBSCRIBE, c.ids[0], "/a", c.ids[1], "/a", "ack", "client")},
		} {
			if err := step(f.from, f.Head); err != nil {
				t.Fatal(c.version, err)
			}
		}
		var limit *validate.LimitError
		if err := step(validate.Client, head(frame.SUBSCRIBE, c.ids[0], "/b", c.ids[1], "/b", "ack", "client")); !errors.As(err, &limit) {
			t.Fatal(c.version, err)
		}
		message := head(frame.MESSAGE, "destination", "/b", c.subscription, "/b", "message-id", "m", "ack", "m")
		if c.version == "1.0" {
			message = head(frame.MESSAGE, "destination", "/b", "message-id", "m")
		}
		if err := step(validate.Server, message); err != nil {
			if err := validate.Enforce(err); err != nil {
				t.Errorf("%s: MESSAGE: %v", c.version, err)
			}
		}
		if err := step(validate.Client, head(frame.ACK, c.name, "m")); err != nil {
			t.Errorf("%s: ACK: %v", c.version, err)
		}
	}
}

// Limits that are no sensible numbers are taken at their word.
func TestLimitsAtTheEnds(t *testing.T) {
	for _, n := range []int{math.MinInt, -1, 1, math.MaxInt} {
		s := session(t, validate.SessionLimits{Subscriptions: n, Unacknowledged: n, Transactions: n, Receipts: n, ID: n}, "1.2")
		for i := range 3 {
			id := "12"[:min(i, 1)] + strconv.Itoa(i)[:1]
			crossed := func(err error) bool { return errors.As(err, new(*validate.LimitError)) }
			over := i >= n || len(id) > n
			for _, err := range []error{
				s.Step(validate.Client, head(frame.SUBSCRIBE, "id", id, "destination", "q", "ack", "client")),
				s.Step(validate.Client, head(frame.BEGIN, "transaction", id)),
				s.Step(validate.Client, head(frame.SEND, "destination", "q", "receipt", id)),
			} {
				if crossed(err) != over || !over && err != nil {
					t.Errorf("limits of %d, thing %d: error is %v", n, i, err)
				}
			}
		}
	}
	if n := (validate.SessionLimits{Unacknowledged: math.MaxInt, ID: math.MaxInt}).WorstCase(); n != math.MaxInt64 {
		t.Errorf("WorstCase is %d, want math.MaxInt64", n)
	}
}

// A role that is neither is an error, not a client's or a server's.
func TestOddRoles(t *testing.T) {
	for role := validate.Role(2); role < 6; role++ {
		for c := range frame.Commands() {
			s := session(t, validate.SessionLimits{}, "1.2")
			h := head(c, "receipt", "r")
			for name, err := range map[string]error{
				"Step":      s.Step(role, h),
				"StepView":  s.StepView(role, frame.View{Head: h}),
				"StepFrame": s.StepFrame(role, h.Clone()),
				"Head":      validate.CheckHead(h, frame.V12, role),
				"View":      validate.CheckView(frame.View{Head: h}, frame.V12, role),
				"Frame":     validate.CheckFrame(h.Clone(), frame.V12, role),
			} {
				if want := "stomp: " + role.String() + " is neither Client nor Server"; err == nil || err.Error() != want {
					t.Errorf("%s, Role(%d), %s: error is %v, want %s", name, role, c, err, want)
				}
			}
			if s.Phase(role) != validate.Idle || s.HeartBeat(role) != 0 {
				t.Errorf("Role(%d) has phase %v and heart-beat %v", role, s.Phase(role), s.HeartBeat(role))
			}
			mustStep(t, s, validate.Server, head(frame.ERROR, "message", "m")) // nothing has changed
		}
	}
}

// What a limit kept from being remembered is not called unknown later, nor is
// what came of it.
func TestForgottenByLimits(t *testing.T) {
	message := func(sub, name string) frame.Head {
		return head(frame.MESSAGE, "subscription", sub, "message-id", name, "destination", "d", "ack", name)
	}
	ack := func(sub, name string, more ...string) frame.Head {
		return head(frame.ACK, append([]string{"subscription", sub, "message-id", name, "id", name}, more...)...)
	}
	subscribe := func(id string) frame.Head {
		return head(frame.SUBSCRIBE, "id", id, "destination", "d", "ack", "client")
	}
	unsubscribe := func(id string) frame.Head { return head(frame.UNSUBSCRIBE, "id", id) }
	type step struct {
		from validate.Role
		frame.Head
	}
	client := func(h frame.Head) step { return step{validate.Client, h} }
	server := func(h frame.Head) step { return step{validate.Server, h} }
	for name, c := range map[string]struct {
		limits validate.SessionLimits
		steps  []step
	}{
		"no room for a late message": {validate.SessionLimits{Unacknowledged: 1}, []step{
			client(subscribe("a")), server(message("a", "1")), client(unsubscribe("a")), server(message("a", "2")), client(ack("a", "2"))}},
		"no room at all": {validate.SessionLimits{Unacknowledged: -1}, []step{
			client(subscribe("a")), client(unsubscribe("a")), server(message("a", "1")), client(ack("a", "1"))}},
		"a removed subscription comes back over the limit": {validate.SessionLimits{Subscriptions: 1}, []step{
			client(subscribe("a")), server(message("a", "1")), client(unsubscribe("a")), client(subscribe("b")),
			client(subscribe("a")), server(message("a", "1")), server(message("a", "2")), client(ack("a", "2")), client(ack("a", "1"))}},
		"a transaction over the limit is aborted": {validate.SessionLimits{Transactions: -1}, []step{
			client(subscribe("a")), client(head(frame.BEGIN, "transaction", "t")), server(message("a", "1")), client(ack("a", "1", "transaction", "t")),
			server(message("a", "2")), client(ack("a", "2")), client(head(frame.ABORT, "transaction", "t")), client(ack("a", "1"))}},
		"a transaction over the limit is committed": {validate.SessionLimits{Transactions: -1}, []step{
			client(subscribe("a")), client(head(frame.BEGIN, "transaction", "t")), server(message("a", "1")), client(ack("a", "1", "transaction", "t")),
			client(head(frame.COMMIT, "transaction", "t")), server(message("a", "1"))}},
	} {
		for _, version := range []string{"1.0", "1.1", "1.2"} {
			s := session(t, c.limits, version)
			for _, f := range c.steps {
				err := s.Step(f.from, f.Head)
				var limit *validate.LimitError
				if errors.As(err, &limit) {
					err = limit.Violations
				}
				if must := validate.Enforce(err); must != nil {
					t.Errorf("%s, %s: %v: %v", name, version, f.Head, must)
				}
			}
		}
	}
}
