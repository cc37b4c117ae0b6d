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
		help:    "Prints the version of this tool, the versions of the module\ngithub.com/stompwire/stomp and of Go that it was built with, and the revision if\nthat is known.",
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
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	words := []string{"stomp " + version}
	for _, m := range info.Deps {
		if m.Path == "github.com/stompwire/stomp" && m.Replace == nil {
			words = append(words, "library "+m.Version)
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			words = append(words, s.Value)
		}
	}
	return strings.Join(append(words, info.GoVersion), ", ") + "\n"
}
