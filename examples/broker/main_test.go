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

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func build(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "broker")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// Wrong calls end with code 2 and say why.
func TestBadCalls(t *testing.T) {
	program := build(t)
	rights := filepath.Join(t.TempDir(), "rights.txt")
	if err := os.WriteFile(rights, []byte("# who may what\nanna send /queue/a\nanna sned /queue/b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := filepath.Join(t.TempDir(), "names.txt")
	if err := os.WriteFile(names, []byte("anna send /queue/a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ flags, want string }{
		{"-rights " + rights, "rights.txt, line 3: want \"LOGIN RIGHT DESTINATION\""},
		{"-rights /none", "no such file"},
		{"-rights " + names, "without -users and -user anybody may log in under any name"},
		{"-user anna", "want user:passcode"},
		{"-max-queue 0", "-max-queue is 0, want more than 0"},
	} {
		cmd := exec.Command(program, append([]string{"-tcp", "127.0.0.1:0", "-ws", ""}, strings.Fields(test.flags)...)...)
		kill := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		out, _ := cmd.CombinedOutput()
		kill.Stop()
		if cmd.ProcessState.ExitCode() != 2 || !strings.HasPrefix(string(out), "broker: ") || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: %v, %s; want %q", test.flags, cmd.ProcessState, out, test.want)
		}
	}
}

// The program as users and scripts run it: its output, its services, and how it
// stops.
func TestProgram(t *testing.T) {
	program := build(t)
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("anna:secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rights := filepath.Join(t.TempDir(), "rights")
	if err := os.WriteFile(rights, []byte("anna send /queue/a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-tcp", "127.0.0.1:0", "-ws", "127.0.0.1:0", "-users", users, "-rights", rights, "-metrics", "127.0.0.1:0", "-quiet")
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
	for _, want := range []string{`^listening (tcp) (127\.0\.0\.1:\d+)$`, `^listening (ws) (ws://127\.0\.0\.1:\d+/ws)$`, `^listening (http) (http://127\.0\.0\.1:\d+/)$`,
		`^listening (metrics) (http://127\.0\.0\.1:\d+/metrics)$`} {
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

	login := func() (net.Conn, *bufio.Reader) {
		c, err := net.Dial("tcp", address["tcp"])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, "CONNECT\naccept-version:1.2\nhost:/\nlogin:anna\npasscode:secret\n\n\x00")
		c.SetReadDeadline(time.Now().Add(time.Minute))
		r := bufio.NewReader(c)
		if connected, err := r.ReadString(0); err != nil || !strings.HasPrefix(connected, "CONNECTED\nversion:1.2\n") {
			t.Fatalf("%q, %v", connected, err)
		}
		return c, r
	}
	c, r := login()
	defer c.Close()
	checkMetrics(t, address["metrics"])
	other, answer := login()
	defer other.Close()
	io.WriteString(other, "SEND\ndestination:/queue/a\nreceipt:1\n\n\x00SUBSCRIBE\nid:1\ndestination:/queue/a\n\n\x00")
	if text, err := io.ReadAll(answer); err != nil || !regexp.MustCompile(`(?s)RECEIPT.*ERROR.*\nmessage:this login may not subscribe`).Match(text) {
		t.Errorf("%q, %v", text, err)
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

// checkMetrics checks the metrics of a broker with one client over TCP: the
// format, and that names and labels agree with the README.
func checkMetrics(t *testing.T, url string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for name, family := range all {
		if !strings.HasPrefix(name, "stomp_broker_") {
			continue
		}
		kind := "GAUGE"
		if strings.HasSuffix(name, "_total") {
			kind = "COUNTER"
		}
		if family.GetType().String() != kind || !strings.HasSuffix(family.GetHelp(), ".") || !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("%s: type %v, help %q; or the README lacks it", name, family.GetType(), family.GetHelp())
		}
		for _, m := range family.GetMetric() {
			key := name
			for _, l := range m.GetLabel() {
				key += " " + l.GetName() + "=" + l.GetValue()
				if !strings.Contains(string(readme), "`"+l.GetName()+"`") || l.GetName() != "command" && !strings.Contains(string(readme), "`"+l.GetValue()+"`") {
					t.Errorf("the README lacks %s of %s", l, name)
				}
			}
			got[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	for _, name := range regexp.MustCompile("`stomp_broker_[a-z_]+`").FindAllString(string(readme), -1) {
		if all[strings.Trim(name, "`")] == nil {
			t.Errorf("the README has %s, the broker has not", name)
		}
	}
	for key, want := range map[string]float64{
		"stomp_broker_connections transport=tcp":                          1,
		"stomp_broker_connections transport=ws":                           0,
		"stomp_broker_connections_total transport=tcp":                    1,
		"stomp_broker_sessions":                                           1,
		"stomp_broker_sessions_total":                                     1,
		"stomp_broker_refused_total reason=login":                         0,
		"stomp_broker_sessions_ended_total reason=max_outgoing":           0,
		"stomp_broker_frames_total command=CONNECT direction=to_broker":   1,
		"stomp_broker_frames_total command=CONNECTED direction=to_client": 1,
		"stomp_broker_messages_total event=sent":                          0,
		"stomp_broker_subscriptions":                                      0,
		"stomp_broker_memory_limit_bytes":                                 1 << 30,
	} {
		if n, ok := got[key]; !ok || n != want {
			t.Errorf("%s is %v, want %v", key, n, want)
		}
	}
	if in := got["stomp_broker_bytes_total direction=to_broker"]; in == 0 {
		t.Error("no byte is counted")
	}
}
