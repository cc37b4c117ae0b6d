package validate

// A receipt is one that was asked for and has not come.
type receipt struct {
	more int // how often it was asked for again
}

// askReceipt notes that a client's frame asks for a receipt (STOMP 1.2, "Header
// receipt"). The same value may be asked for again before it is answered.
func askReceipt[T text](s *Session, f *scan[T]) {
	id := keyOf(&s.storage, 0, f.value(hdrReceipt))
	if r := find(&s.receipts, id); r != nil {
		r.v.more++
	} else if insert(&s.receipts, id) == nil {
		limitOf(f, "Receipts", &s.receipts)
	}
}

// answerReceipt takes a RECEIPT, or an ERROR that names one (STOMP 1.2,
// "RECEIPT", "ERROR"). ERROR leaves the receipt open: some servers send it
// afterwards all the same.
func answerReceipt[T text](s *Session, f *scan[T]) {
	if !f.has(hdrReceiptID) {
		return
	}
	r := find(&s.receipts, keyOf(&s.storage, 0, f.value(hdrReceiptID)))
	switch {
	case r == nil && s.receipts.lost:
	case r == nil && f.cmd == cmdReceipt:
		f.add(ReceiptKnown, hdrReceiptID)
	case r == nil && !s.answered:
		f.add(ErrorReceiptKnown, hdrReceiptID)
	case r == nil, f.cmd == cmdError:
	case r.v.more > 0:
		r.v.more--
	default:
		s.receipts.remove(r)
		s.answered = true
	}
}
