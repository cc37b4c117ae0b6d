package main

import (
	"flag"
	"fmt"
	"strings"
)

const completionHelp = `
Prints a script with which a shell completes commands, flags and rules:

  bash  source <(stomp completion bash)
  zsh   source <(stomp completion zsh)
  fish  stomp completion fish | source

Put the line for your shell in .bashrc, .zshrc or config.fish.
`

func completionCommand() *command {
	return &command{
		name:    "completion",
		args:    "bash | zsh | fish",
		summary: "print a completion script for a shell",
		help:    completionHelp,
		flags: func(*flag.FlagSet) func(*env, []string) error {
			return func(e *env, args []string) error {
				if len(args) == 1 {
					switch args[0] {
					case "bash":
						return e.print(bashCompletion())
					case "zsh":
						return e.print("autoload -U +X bashcompinit && bashcompinit\n" + bashCompletion())
					case "fish":
						return e.print(fishCompletion())
					}
				}
				return callError("want bash, zsh or fish")
			}
		},
	}
}

// values are what flags may be given, for completion.
var values = map[string]string{
	"color": "auto always never", "version": "auto 1.0 1.1 1.2", "from": "client server", "length": "auto always never",
}

// forms are the values of -o, by command.
var forms = map[string]string{
	"decode": "text json hex", "check": "text json junit", "stats": "text json", "bench": "text json",
}

// flagsOf calls a function for each flag of a command.
func (c *command) flagsOf(each func(f *flag.Flag, choices string)) {
	fs := c.flagSet()
	c.flags(fs)
	fs.VisitAll(func(f *flag.Flag) {
		choices := values[f.Name]
		if f.Name == "o" {
			choices = forms[c.name]
		}
		each(f, choices)
	})
}

func commandNames() string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return strings.Join(names, " ")
}

func ruleNames() string {
	names := []string{"rules"}
	for id := range findable() {
		names = append(names, id)
	}
	return strings.Join(names, " ")
}

func bashCompletion() string {
	var b strings.Builder
	b.WriteString(`_stomp() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "` + commandNames() + `" -- "$word"))
		return
	fi
	case "${COMP_WORDS[1]} $before" in
	"help help") words="` + commandNames() + " " + ruleNames() + `" ;;
	"completion completion") words="bash zsh fish" ;;
`)
	for _, c := range commands() {
		c.flagsOf(func(f *flag.Flag, choices string) {
			if choices != "" {
				fmt.Fprintf(&b, "\t\"%s -%s\") words=\"%s\" ;;\n", c.name, f.Name, choices)
			}
		})
	}
	b.WriteString("\tesac\n\tif [ -z \"$words\" ] && [[ $word == -* ]]; then\n\t\tcase ${COMP_WORDS[1]} in\n")
	for _, c := range commands() {
		var names []string
		c.flagsOf(func(f *flag.Flag, _ string) { names = append(names, "-"+f.Name) })
		if len(names) > 0 {
			fmt.Fprintf(&b, "\t\t%s) words=\"%s\" ;;\n", c.name, strings.Join(names, " "))
		}
	}
	b.WriteString(`		esac
	fi
	if [ -n "$words" ]; then
		COMPREPLY=($(compgen -W "$words" -- "$word"))
	else
		COMPREPLY=($(compgen -f -- "$word"))
	fi
}
complete -o filenames -F _stomp stomp
`)
	return b.String()
}

func fishCompletion() string {
	var b strings.Builder
	quoted := func(s string) string {
		return "'" + strings.NewReplacer("\\", "\\\\", "'", "\\'").Replace(s) + "'"
	}
	for _, c := range commands() {
		fmt.Fprintf(&b, "complete -c stomp -f -n __fish_use_subcommand -a %s -d %s\n", c.name, quoted(c.summary))
		c.flagsOf(func(f *flag.Flag, choices string) {
			_, usage := flag.UnquoteUsage(f)
			fmt.Fprintf(&b, "complete -c stomp -n '__fish_seen_subcommand_from %s' -o %s -d %s", c.name, f.Name, quoted(usage))
			if choices != "" {
				fmt.Fprintf(&b, " -xa %s", quoted(choices))
			}
			b.WriteByte('\n')
		})
	}
	fmt.Fprintf(&b, "complete -c stomp -f -n '__fish_seen_subcommand_from help' -a %s\n", quoted(commandNames()+" "+ruleNames()))
	b.WriteString("complete -c stomp -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n")
	return b.String()
}
