package validate

// Enforce returns err without the violations of a SHOULD and of the rules in except,
// or nil if nothing is left. Use it to ignore violations that are no reason to end a
// session:
//
//	err := validate.Enforce(session.StepFrame(validate.Client, f), validate.ConnectHostRequired)
//
// This example is for the client stompjs, which sends no host header by default. A
// [*LimitError] stays, with the violations that are left. Other errors are returned
// as they are.
func Enforce(err error, except ...Rule) error {
	switch e := err.(type) {
	case Violations:
		if must := e.must(except); must != nil {
			return must
		}
		return nil
	case Violation:
		if (Violations{e}).must(except) == nil {
			return nil
		}
	case *LimitError:
		limit := *e
		limit.Violations = e.Violations.must(except)
		return &limit
	}
	return err
}
