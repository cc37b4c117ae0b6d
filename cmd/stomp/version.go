package main

import (
	"flag"
	"runtime/debug"
	"strings"
)

func versionCommand() *command {
	return &command{
		name:    "version",
		summary: "print the version of this tool",
		help:    "Prints the version of this tool, the revision it was built from where that is\nknown, and the version of Go.",
		flags: func(*flag.FlagSet) func(*env, []string) error {
			return func(e *env, args []string) error {
				if len(args) > 0 {
					return callError("no arguments")
				}
				return e.print(versionLine(debug.ReadBuildInfo()))
			}
		},
	}
}

// versionLine says in a line what the build information says.
func versionLine(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "stomp, built without version information\n"
	}
	words := []string{"stomp", info.Main.Version}
	if info.Main.Version == "" {
		words[1] = "(devel)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			words = append(words, s.Value)
		}
	}
	return strings.Join(append(words, info.GoVersion), " ") + "\n"
}
