package headers

import "iter"

// SplitVersions goes through the elements of a comma-separated version list,
// the value of accept-version in CONNECT and of version in an ERROR that
// refuses all of them (STOMP 1.2, "Protocol Negotiation"). Nothing is trimmed
// and nothing is checked: frame.ParseVersions gives the elements their
// meaning.
func SplitVersions[T ~string | ~[]byte](s T) iter.Seq[T] {
	return func(yield func(T) bool) {
		start := 0
		for i := 0; i <= len(s); i++ {
			if i < len(s) && s[i] != ',' {
				continue
			}
			if !yield(s[start:i]) {
				return
			}
			start = i + 1
		}
	}
}
