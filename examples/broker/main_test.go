package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The program as people and scripts run it: what it prints, what it serves, and
// how it stops.
func TestProgram(t *testing.T) {
	program := filepath.Join(t.TempDir(), "broker")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("anna:secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-tcp", "127.0.0.1:0", "-ws", "127.0.0.1:0", "-users", users, "-quiet")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer kill.Stop()
	defer cmd.Process.Kill()

	lines := bufio.NewScanner(stdout)
	address := map[string]string{}
	for _, want := range []string{`^listening (tcp) (127\.0\.0\.1:\d+)$`, `^listening (ws) (ws://127\.0\.0\.1:\d+/ws)$`, `^listening (http) (http://127\.0\.0\.1:\d+/)$`} {
		lines.Scan()
		m := regexp.MustCompile(want).FindStringSubmatch(lines.Text())
		if m == nil {
			t.Fatalf("%q, want %s; %s", lines.Text(), want, &stderr)
		}
		address[m[1]] = m[2]
	}

	page, err := http.Get(address["http"])
	if err != nil {
		t.Fatal(err)
	}
	html, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil || !strings.Contains(string(html), "STOMP chat") {
		t.Errorf("%q, %v", html, err)
	}
	if r, err := http.Get(address["http"] + "ws"); err != nil || r.StatusCode != http.StatusUpgradeRequired {
		t.Error(r, err)
	}

	c, err := net.Dial("tcp", address["tcp"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "CONNECT\naccept-version:1.2\nhost:/\nlogin:anna\npasscode:secret\n\n\x00")
	c.SetReadDeadline(time.Now().Add(time.Minute))
	r := bufio.NewReader(c)
	if connected, err := r.ReadString(0); err != nil || !strings.HasPrefix(connected, "CONNECTED\nversion:1.2\n") {
		t.Fatalf("%q, %v", connected, err)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if last, err := io.ReadAll(r); err != nil || !strings.Contains(string(last), "ERROR\n") || !strings.Contains(string(last), "\nmessage:the broker is stopping\n") {
		t.Errorf("%q, %v", last, err)
	}
	c.Close()
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("%v, %s", err, &stderr)
	}
}
