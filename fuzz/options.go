package fuzz

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"pgregory.net/rapid"
)

// Versions generates versions, including Unnegotiated. They shrink towards 1.2.
func Versions() *rapid.Generator[frame.Version] {
	return rapid.SampledFrom([]frame.Version{frame.V12, frame.V11, frame.V10, frame.Unnegotiated})
}

// Limits generates limits: the default, small ones that short streams exceed,
// parser.None and parser.Unlimited. They shrink towards the default.
func Limits() *rapid.Generator[parser.Limits] {
	return rapid.Custom(func(t *rapid.T) parser.Limits {
		field := func(name string, upTo int) int {
			if rapid.IntRange(0, 4).Draw(t, name+" is set") < 4 {
				return 0
			}
			// The constants of parser are small negative numbers.
			return rapid.IntRange(min(parser.None, parser.Unlimited), upTo).Draw(t, name)
		}
		return parser.Limits{
			HeaderLine: field("header line", 40),
			Headers:    field("headers", 5),
			Head:       field("head", 100),
			Body:       int64(field("body", 20)),
		}
	})
}

// Allows generates sets of leniencies. They shrink towards none.
func Allows() *rapid.Generator[parser.Allow] {
	return rapid.OneOf(
		rapid.Just(parser.Allow(0)),
		rapid.Map(rapid.Uint32Max(uint32(parser.AllowAll)), func(n uint32) parser.Allow { return parser.Allow(n) }),
		rapid.Just(parser.AllowAll),
	)
}

// Options generates options of a parser.
func Options() *rapid.Generator[parser.Options] {
	return rapid.Custom(func(t *rapid.T) parser.Options {
		return parser.Options{
			Version: Versions().Draw(t, "version"),
			Limits:  Limits().Draw(t, "limits"),
			Allow:   Allows().Draw(t, "allow"),
		}
	})
}
