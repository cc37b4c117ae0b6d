package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An other is an implementation in another language, by its driver.
type other struct {
	name    string
	command []string
}

// drivers returns the drivers; drivers/README.md says how they are called. The
// jars of Netty are those of Debian.
func drivers() []other {
	jars, _ := filepath.Glob("/usr/share/java/netty-*.jar") // the pattern is good
	classes := strings.Join(jars, string(os.PathListSeparator))
	return []other{
		{"stompjs", []string{"node", "drivers/stompjs.mjs"}},
		{"stompit", []string{"node", "drivers/stompit.mjs"}},
		{"netty", []string{"java", "-cp", classes, "drivers/Netty.java"}},
		{"stomp.py", []string{"/usr/bin/python3", "drivers/stomppy.py"}},
	}
}

// readOthers measures the other implementations that are installed, in chunks
// of 64 KiB, each for a second after a warm-up of its own.
func readOthers(b *testing.B, workload string, stream []byte, frames int) {
	const seconds = "1"
	file := filepath.Join(b.TempDir(), workload)
	if err := os.WriteFile(file, stream, 0o666); err != nil {
		b.Fatal(err)
	}
	for _, o := range drivers() {
		ns, err := o.read(file, fmt.Sprint(frames), seconds)
		if err != nil {
			b.Logf("%s is left out: %v", o.name, err)
			continue
		}
		b.Run("impl="+o.name+"/workload="+workload+"/"+chunkName(65536), func(b *testing.B) { b.ReportMetric(ns, "ns/op") })
	}
}

// read returns how many nanoseconds an implementation takes for one frame.
func (o other) read(args ...string) (ns float64, err error) {
	var stderr strings.Builder
	cmd := exec.Command(o.command[0], append(o.command[1:], args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%w %s", err, stderr.String())
	}
	var result struct{ Frames, Ns float64 }
	if err := json.Unmarshal(out, &result); err != nil {
		return 0, err
	}
	return result.Ns / result.Frames, nil
}
