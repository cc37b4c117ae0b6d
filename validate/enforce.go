package validate

// Enforce returns err without what is no reason to end a session: violations of
// a SHOULD, and of the rules in except. It returns nil if nothing is left. Give it
// the errors of this package's functions and of [Session]:
//
//	err := validate.Enforce(session.StepFrame(validate.Client, f), validate.ConnectHostRequired)
//
// stompjs, for one, sends no host header unless it is told to. Other errors are
// returned as they are; a [*LimitError] stays, with the violations that are left.
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
