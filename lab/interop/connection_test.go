package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stompwire/stomp/lab/interop/driver"
)

// drive starts a driver that is a shell script.
func drive(t *testing.T, script string) (*connection, error) {
	t.Helper()
	r := &run{folder: t.TempDir()}
	if err := os.Mkdir(filepath.Join(r.folder, "drivers"), 0o755); err != nil {
		t.Fatal(err)
	}
	return r.startDriver([]string{"/bin/sh", "-c", script})
}

// A driver that cannot load a module ends without a greeting. That is an error at
// once, which says where its log is, and shows the end of that.
func TestDriverDoesNotStart(t *testing.T) {
	for _, script := range []string{"echo cannot find module >&2; exit 1", "echo cannot find module >&2; echo no JSON; sleep 1000"} {
		_, err := drive(t, script)
		if err == nil || !strings.Contains(err.Error(), "sh does not start: ") || !strings.Contains(err.Error(), "/drivers/sh-") || !strings.HasSuffix(err.Error(), ".log: cannot find module") {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// So is one that ends later, in its cell.
func TestDriverEnds(t *testing.T) {
	for _, script := range []string{
		`echo '{"peer": "x"}'; read line; echo out of luck >&2; exit 1`,
		`echo '{"peer": "x"}'; echo out of luck >&2; exec 0<&-; exit 1`,
	} {
		d, err := drive(t, script)
		if err != nil {
			t.Fatal(err)
		}
		c := &cell{opened: []*connection{d}}
		d.cell = c
		r := c.do(func(*cell) { d.ask(driver.Command{Op: "connect"}) })
		if r.verdict != fail || !strings.HasPrefix(r.reason, "connect: the driver has ended: ") || !strings.HasSuffix(r.reason, ".log: out of luck") {
			t.Errorf("%s: %v %s", script, r.verdict, r.reason)
		}
	}
}

func TestDriverName(t *testing.T) {
	for want, program := range map[string][]string{
		"stompjs.mjs":  {"node", "/d/stompjs.mjs", "/tools.d"},
		"rubystomp.rb": {"ruby", "-W0", "/d/rubystomp.rb"},
		"gostomp":      {"/run/gostomp"},
	} {
		if got := driverName(program); got != want {
			t.Errorf("%v is %s, want %s", program, got, want)
		}
	}
}
