package login

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestUsers(t *testing.T) {
	u := Users{}
	if !u.Allow("anybody", "") {
		t.Error("without users everybody may log in")
	}
	for _, s := range []string{"joe:secret", "ann:", "eve:a:b"} {
		if err := u.Add(s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []string{"joe", ":x", ""} {
		if u.Add(s) == nil {
			t.Errorf("%q is no user", s)
		}
	}
	for _, test := range []struct {
		login, passcode string
		want            bool
	}{
		{"joe", "secret", true}, {"ann", "", true}, {"eve", "a:b", true},
		{"joe", "secre", false}, {"joe", "", false}, {"bob", "", false}, {"", "", false},
	} {
		if got := u.Allow(test.login, test.passcode); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestAddFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "users")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	u := Users{}
	write("# staff\n\njoe:secret\r\nann: two words \n")
	if err := u.AddFile(name); err != nil || u["joe"] != "secret" || u["ann"] != " two words " || len(u) != 2 {
		t.Error(u, err)
	}
	write("joe:secret\ntopsecret\n")
	if err := u.AddFile(name); err == nil || !strings.Contains(err.Error(), "line 2") || strings.Contains(err.Error(), "topsecret") {
		t.Error(err)
	}
	if u.AddFile(name+"none") == nil {
		t.Error("no error for a file that is not there")
	}
}

func right() bool { return true }
func wrong() bool { return false }

// One address gets about one guess per second, however many connections it
// uses. A successful login does not give it more.
func TestGuard(t *testing.T) {
	var g Guard
	here, there := prefix("192.0.2.1:1"), prefix("192.0.2.2:1")
	now, start := time.Now(), time.Now()
	guesses := 0
	for range 1000 { // each attempt comes as soon as it is allowed
		if _, wait := g.try(here, now, wrong); wait == 0 {
			guesses++
			if _, wait := g.try(here, now, right); wait <= 0 {
				t.Fatal("a second login is judged at the same time")
			}
			continue
		} else {
			if wait > 1500*time.Millisecond {
				t.Fatalf("a right login may have to wait for %v: some clients give up after 2 s", wait)
			}
			now = now.Add(wait)
		}
	}
	if least := time.Duration(guesses-6) * longest; now.Sub(start) < least {
		t.Errorf("%d guesses in %v", guesses, now.Sub(start))
	}
	if ok, wait := g.try(there, now, right); !ok || wait != 0 {
		t.Error("another address has to wait")
	}
	now = now.Add(longest)
	if ok, wait := g.try(here, now, right); !ok || wait != 0 {
		t.Error("the address has waited, and is not let in")
	}
	// After a while a failure costs little again.
	now = now.Add(2 * forget)
	g.try(here, now, wrong)
	if _, wait := g.try(here, now, right); wait > firstWait {
		t.Error(wait)
	}
}

// The number of recorded failures is limited.
func TestGuardForgets(t *testing.T) {
	var g Guard
	now := time.Now()
	for i := range 3 * addresses {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		g.try(netip.PrefixFrom(a, 32), now, wrong)
		if i == 2*addresses {
			now = now.Add(2 * forget) // all of them have expired
		}
	}
	if len(g.failures) > addresses+1 {
		t.Error(len(g.failures))
	}
	now = now.Add(2 * forget)
	for range 6 * addresses {
		g.try(netip.Prefix{}, now, wrong)
		now = now.Add(longest)
	}
	if len(g.failures) > 1 {
		t.Errorf("%d failures are remembered long after", len(g.failures))
	}
}

func TestPrefix(t *testing.T) {
	for peer, want := range map[string]string{
		"192.0.2.7:4711": "192.0.2.7/32", "[::ffff:192.0.2.7]:1": "192.0.2.7/32",
		"[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64", "pipe": "invalid Prefix",
	} {
		if got := prefix(peer).String(); got != want {
			t.Errorf("%s: %s, want %s", peer, got, want)
		}
	}
}

// Closing done ends a wait.
func TestCheck(t *testing.T) {
	var g Guard
	if !g.Check("192.0.2.1:1", nil, right) || g.Check("192.0.2.1:1", nil, wrong) {
		t.Error("the first one is judged at once")
	}
	done := make(chan struct{})
	close(done)
	if g.Check("192.0.2.1:2", done, right) {
		t.Error("judged though it was called off")
	}
	if !g.Check("192.0.2.1:2", nil, right) {
		t.Error("right after its wait, and refused")
	}
}
