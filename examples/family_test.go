package examples_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The programs are one family: the help begins with what the program is, and a
// flag has the same meaning everywhere.
func TestFamily(t *testing.T) {
	programs := []string{"broker", "relay", "tap", "echo", "stomp-client pub", "stomp-client sub"}
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir, "./broker", "./relay", "./tap", "./echo", "./client/stomp-client")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	flags := regexp.MustCompile(`(?m)^  -(\S+)(?: (.*))?\n    \t([^;(\n]*)`)
	meanings, users := map[string]string{}, map[string]string{}
	for _, program := range programs {
		name, args, _ := strings.Cut(program, " ")
		help, err := exec.Command(filepath.Join(dir, name), append(strings.Fields(args), "-h")...).Output()
		if err != nil {
			t.Errorf("%s -h: %v", program, err)
		}
		first, _, _ := strings.Cut(string(help), "\n")
		if !strings.HasPrefix(strings.ToLower(first), program+" ") || !strings.Contains(string(help), "\n\nUsage: "+program+" [flags]") {
			t.Errorf("%s -h begins with %q", program, first)
		}
		all := flags.FindAllStringSubmatch(string(help), -1)
		if len(all) == 0 {
			t.Errorf("%s -h lists no flag: %s", program, help)
		}
		for _, m := range all {
			meaning := strings.TrimSpace(m[2] + " " + m[3])
			if before, ok := meanings[m[1]]; ok && before != meaning {
				t.Errorf("-%s is %q in %s and %q in %s", m[1], before, users[m[1]], meaning, program)
			}
			meanings[m[1]], users[m[1]] = meaning, program
		}
	}
}
