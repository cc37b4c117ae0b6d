package main

import (
	"flag"
	"os/exec"
	"strings"
	"testing"
)

// Each script names every command, every flag and every value.
func TestCompletion(t *testing.T) {
	for shell, flagForm := range map[string]string{"bash": " -", "zsh": " -", "fish": " -o "} {
		script := ran(nil, "completion", shell)
		for _, c := range commands() {
			if !strings.Contains(script, c.name) {
				t.Errorf("%s: no %s", shell, c.name)
			}
			c.flagsOf(func(f *flag.Flag, choices string) {
				if !strings.Contains(script, flagForm+f.Name) && !strings.Contains(script, "\"-"+f.Name) || !strings.Contains(script, choices) {
					t.Errorf("%s: %s has no -%s", shell, c.name, f.Name)
				}
			})
		}
		if !strings.Contains(script, "ack-known") {
			t.Errorf("%s: no rules", shell)
		}
	}
	if got := ran(nil, "completion", "cmd"); !strings.Contains(got, "want bash, zsh or fish") {
		t.Errorf("got %s", got)
	}
}

// The script completes, in a bash.
func TestCompletionInBash(t *testing.T) {
	for line, want := range map[string]string{
		"stomp dec":                "decode",
		"stomp decode -sin":        "-since",
		"stomp check -o ":          "text json junit",
		"stomp help ack-k":         "ack-known",
		"stomp check x -heart":     "-heart-beat-tolerance",
		"stomp completion ":        "bash zsh fish",
		"stomp encode -length alw": "always",
	} {
		words := strings.Split(line, " ")
		script := ran(nil, "completion", "bash") + "COMP_WORDS=("
		for _, w := range words {
			script += "'" + w + "' "
		}
		script += ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_stomp\necho ${COMPREPLY[*]}\n"
		out, err := exec.Command("bash", "--norc", "-c", script).Output()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: got %s, %v", line, out, err)
		}
	}
}
