package server

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func parseRights(t *testing.T, file string) *Rights {
	t.Helper()
	r := new(Rights)
	if err := r.Add("rights.txt", strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRightsFile(t *testing.T) {
	const form = `want "LOGIN RIGHT DESTINATION", where RIGHT is send, subscribe or send,subscribe`
	for _, test := range []struct{ line, want string }{
		{"anna send", form},
		{"anna send /queue/a # a comment", form},
		{"anna /queue/a send", form},
		{"anna:secret", form},
		{"anna read /queue/a", form},
		{"anna Send /queue/a", form},
		{"anna send, /queue/a", form},
		{"an* send /queue/a", "there are no patterns of logins"},
		{"anna send queue/a", "DESTINATION begins with /topic/, /queue/ or /user/"},
		{"anna send /queues/a", "DESTINATION begins with /topic/, /queue/ or /user/"},
		{"anna send /queue/", "DESTINATION begins with /topic/, /queue/ or /user/"},
		{"anna send *", "DESTINATION begins with /topic/, /queue/ or /user/"},
		{"anna send /user/anna", "/user/NAME/..."},
		{"anna send /user/*", "/user/NAME/..."},
		{"anna send /queue/\xff", "not UTF-8"},
		{"anna send /queue/\uFFFD", "not UTF-8"},
		{strings.Repeat("x", 1<<17), "token too long"},
	} {
		err := new(Rights).Add("rights.txt", strings.NewReader("# who may what\r\n\r\n\tanna  send /queue/a\r\n"+test.line+"\nbob send /queue/b"))
		if err == nil || !strings.HasPrefix(err.Error(), "rights.txt, line 4: ") || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.80s: %v, want %q", test.line, err, test.want)
		}
	}
	for file, want := range map[string]bool{"": false, "* send **": false, "* send **\nanna send **": true} {
		if r := parseRights(t, file); r.NameLogins() != want {
			t.Errorf("%q names logins: %v", file, !want)
		}
	}
	if (*Rights)(nil).NameLogins() {
		t.Error("no file names logins")
	}
}

func TestRightsAllow(t *testing.T) {
	r := parseRights(t, `
anna send            /queue/orders
anna subscribe       /queue/orders.*
anna send,subscribe  /topic/**
bob  subscribe,send  /queue/a.b[c]+\d|x
bob  send            /queue/*/in/**/end
*    subscribe       /user/*/queue/replies
#*   send            **
root subscribe       **`)
	for _, test := range []struct {
		login       string
		right       Right
		destination string
		want        bool
	}{
		{"anna", Send, "/queue/orders", true},
		{"anna", Subscribe, "/queue/orders", false},
		{"Anna", Send, "/queue/orders", false},
		{"ann", Send, "/queue/orders", false},
		{"", Send, "/queue/orders", false},
		{"*", Send, "/queue/orders", false},
		{"anna", Send, "/queue/orders/", false},
		{"anna", Send, "/queue/order", false},
		{"anna", Send, "/queue/orders\n", false},
		{"anna", Send, "\n/queue/orders", false},
		{"anna", Send, "/Queue/orders", false},
		{"anna", Send, "/queue/../queue/orders", false},

		{"anna", Subscribe, "/queue/orders.new", true},
		{"anna", Subscribe, "/queue/orders.", true},
		{"anna", Subscribe, "/queue/orders.a.b", true},
		{"anna", Subscribe, "/queue/orders.\xff\n", true},
		{"anna", Subscribe, "/queue/orders.a/b", false},
		{"anna", Subscribe, "/queue/orders.a/", false},
		{"anna", Subscribe, "/queue/orders", false},
		{"anna", Subscribe, "/queue/ordersx", false},
		{"anna", Subscribe, "/queue/*", false},

		{"anna", Send, "/topic/a/b/", true},
		{"anna", Subscribe, "/topic/a\nb", true},
		{"anna", Subscribe, "/queue//topic/a", false},

		{"bob", Send, `/queue/a.b[c]+\d|x`, true},
		{"bob", Subscribe, `/queue/a.b[c]+\d|x`, true},
		{"bob", Send, "/queue/a.bcc1", false},
		{"bob", Send, "x", false},
		{"bob", Send, "/queue/a/in/b/c/end", true},
		{"bob", Send, "/queue/a/in//end", true},
		{"bob", Send, "/queue/a/x/in/b/end", false},
		{"bob", Send, "/queue/a/in/end", false},

		{"", Subscribe, "/user/bob/queue/replies", true},
		{"anna", Subscribe, "/user/bob/x/queue/replies", false},
		{"anna", Send, "/user/bob/queue/replies", false},
		{"#*", Send, "/queue/x", false},
		{"root", Subscribe, "/queue/anything/at\nall", true},
		{"root", Send, "/queue/orders", false},
	} {
		if got := r.allow(test.login, test.right, test.destination); got != test.want {
			t.Errorf("%q may %v %q: %v", test.login, test.right, test.destination, got)
		}
	}
	if !(*Rights)(nil).allow("", Send, "/queue/a") || new(Rights).allow("", Send, "/queue/a") {
		t.Error("no file must allow everything, an empty one nothing")
	}
}

// A client that uses a destination without the right gets ERROR, and the frame
// has no effect, whichever way the client tries.
func TestRightsHold(t *testing.T) {
	log := new(script.Buffer)
	b := start(t, Config{
		Log:    slog.New(slog.NewTextHandler(log, nil)),
		Logins: map[string]string{"anna": "secret-a", "bob": "secret-b", "eve/x": "secret-e"},
		Rights: parseRights(t, `
anna send,subscribe **
*    send,subscribe /queue/public.*
*    send,subscribe /topic/a
bob  subscribe      /queue/jobs
bob  send           /user/anna/queue/in
bob  subscribe      /user/bob/**`),
	})
	const maySend, maySubscribe = "this login may not send to this destination (-rights)", "this login may not subscribe to this destination (-rights)"
	connect := func(version frame.Version, login, more string) string {
		return "CONNECT\naccept-version:" + version.String() + "\nhost:/\nlogin:" + login + "\npasscode:secret-" + login[:1] + "\n" + more + "\n\x00"
	}
	send := func(destination string) string { return "SEND\ndestination:" + destination + "\n\nx\x00" }
	subscribe := func(destination string) string { return "SUBSCRIBE\nid:1\ndestination:" + destination + "\n\n\x00" }
	const begin, commit = "BEGIN\ntransaction:t\n\n\x00", "COMMIT\ntransaction:t\n\n\x00"

	anna := b.dial(t)
	anna.Write(connect(frame.V12, "anna", ""))
	anna.Expect(frame.CONNECTED)
	anna.version = frame.V12
	anna.SetVersion(frame.V12)
	for i, d := range []string{"/queue/secret", "/topic/secret", "/queue/jobs", "/user/queue/in", "/user/queue/other"} {
		anna.subscribe(string(rune('0'+i)), d, "auto")
	}

	for _, test := range []struct{ name, login, say, want string }{
		{"a queue", "bob", send("/queue/secret"), maySend},
		{"a topic", "bob", send("/topic/secret"), maySend},
		{"a queue to read", "bob", subscribe("/queue/secret"), maySubscribe},
		{"a topic to read", "bob", subscribe("/topic/secret"), maySubscribe},
		{"the other right", "bob", send("/queue/jobs"), maySend},
		{"another login", "eve/x", subscribe("/queue/jobs"), maySubscribe},
		{"dead letters", "bob", subscribe(deadLetters), maySubscribe},

		{"a transaction", "bob", begin + "SEND\ntransaction:t\ndestination:/queue/secret\n\nx\x00" + commit, maySend},
		{"later in a transaction", "bob", begin + "SEND\ntransaction:t\ndestination:/queue/public.a\n\nx\x00SEND\ntransaction:t\ndestination:/topic/secret\n\nx\x00" + commit, maySend},

		{"a slash at the end", "bob", send("/queue/secret/"), maySend},
		{"a slash at the end of what is allowed", "bob", send("/topic/a/"), maySend},
		{"two slashes", "bob", send("/queue//secret"), maySend},
		{"a path", "bob", send("/queue/public.x/../secret"), maySend},
		{"another case", "bob", send("/queue/Public.a"), maySend},
		{"a space", "bob", subscribe("/topic/a "), maySubscribe},
		{"wildcards", "bob", subscribe("/queue/*"), maySubscribe},
		{"wildcards of others", "bob", subscribe("/topic/>"), maySubscribe},
		{"a pattern as it stands", "bob", subscribe("**"), "destinations begin with"},
		{"an unknown kind", "bob", send("/temp-queue/secret"), "destinations begin with"},
		{"a composite destination", "bob", send("/topic/a,/queue/secret"), maySend},

		{"an escaped line feed", "bob", send(`/topic/a\n`), maySend},
		{"an escaped line feed in front", "bob", send(`\n/topic/a`), "destinations begin with"},
		{"an escaped colon", "bob", send(`/topic/a\c`), maySend},
		{"an escape that there is not", "bob", send(`/topic/secre\t`), "escape"},
		{"a second destination", "bob", send("/topic/secret\ndestination:/topic/a"), maySend},
		{"an escaped name", "bob", "SEND\ndestination:/queue/secret\ndestin\\cation:/topic/a\n\nx\x00", maySend},

		{"a user", "bob", send("/user/anna/queue/other"), maySend},
		{"a user, two slashes", "bob", send("/user/anna//queue/in"), maySend},
		{"oneself", "bob", send("/user/bob/queue/in"), maySend},
		{"a user without a name", "bob", send("/user//anna/queue/in"), maySend},
		{"a login with a slash", "eve/x", subscribe("/user/queue/in"), "no slash"},
		{"a user's address", "anna", send("/user/queue"), "destinations begin with"},
	} {
		for _, over := range []string{"TCP", "WebSocket"} {
			t.Run(test.name+" over "+over, func(t *testing.T) {
				c := b.dial(t)
				if over == "WebSocket" {
					c, _ = b.dialWebSocket(t, "v12.stomp")
				}
				before := b.Stats()
				c.Write(connect(frame.V12, test.login, "") + test.say)
				c.Expect(frame.CONNECTED)
				c.SetVersion(frame.V12)
				f := c.failed(test.want)
				if all := f.String() + string(f.Body); strings.Contains(all, "secret") || strings.Contains(all, "public") || f.Headers.Value(headers.Destination) != "" {
					t.Errorf("%v %s", f, f.Body)
				}
				if n := b.Stats(); n.Sent != before.Sent || n.Queued != before.Queued {
					t.Error("the message was sent")
				}
			})
		}
	}

	// In every version the first header counts. Version 1.0 has no escapes.
	for _, v := range versions {
		c := b.dial(t)
		c.Write(connect(v, "bob", "login:anna\npasscode:secret-a\n") + "SUBSCRIBE\nid:1\ndestination:/queue/secret\ndestination:/topic/a\n\n\x00")
		c.Expect(frame.CONNECTED)
		c.SetVersion(v)
		c.failed(maySubscribe)
	}
	c := b.dial(t)
	c.Write(connect(frame.V10, "bob", "") + send(`/topic/a\c`))
	c.Expect(frame.CONNECTED)
	c.failed(maySend)

	// What is allowed works. Nothing sent to anna reaches bob.
	c = b.dial(t)
	c.Write(connect(frame.V12, "bob", ""))
	c.Expect(frame.CONNECTED)
	c.SetVersion(frame.V12)
	c.Write("SUBSCRIBE\nid:1\ndestination:/queue/public.\\c\n\n\x00" + "SUBSCRIBE\nid:2\ndestination:/user/anna/queue/in\nreceipt:r\n\n\x00")
	c.Expect(frame.RECEIPT)
	c.Write(send("/user/anna/queue/in"))
	anna.message("x")
	anna.sync()
	c.Write(begin + "SEND\ntransaction:t\ndestination:/queue/public.\\c\n\nx\x00" + commit)
	if f := c.Expect(frame.MESSAGE); f.Headers.Value(headers.Destination) != "/queue/public.:" {
		t.Error(f)
	}
	if n := b.Stats(); n.Ended[byRights] == 0 {
		t.Error("no session is counted that was ended for lack of rights")
	}
	const want = `this login may not send to this destination (-rights): login \"bob\", destination \"/queue/secret\""`
	if text := log.String(); !strings.Contains(text, want) || strings.Contains(text, "secret-") {
		t.Errorf("%s, want %s", text, want)
	}
}
