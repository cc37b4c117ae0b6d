package validate

// askReceipt notes that a client's frame asks for a receipt (STOMP 1.2, "Header
// receipt"). The same value may be asked for again before it is answered.
func askReceipt[T text](s *Session, f *scan[T]) {
	id := f.value(hdrReceipt)
	if i := find(&s.receipts, 0, id); i != none {
		s.asked[i]++
		return
	}
	i := insert(&s.receipts, 0, id)
	if i == none {
		f.limitOf("Receipts", &s.receipts)
		return
	}
	if int(i) == len(s.asked) {
		s.asked = append(s.asked, 0)
	}
}

// answerReceipt takes a RECEIPT, or an ERROR that names one (STOMP 1.2,
// "RECEIPT", "ERROR"). ERROR leaves the receipt open: some servers send it
// afterwards all the same.
func answerReceipt[T text](s *Session, f *scan[T]) {
	if !f.has(hdrReceiptID) {
		return
	}
	i := find(&s.receipts, 0, f.value(hdrReceiptID))
	switch {
	case i == none && s.receipts.lost:
	case i == none && f.cmd == cmdReceipt:
		f.add(ReceiptKnown, hdrReceiptID)
	case i == none:
		f.add(ErrorReceiptKnown, hdrReceiptID)
	case f.cmd == cmdError:
	case s.asked[i] > 0:
		s.asked[i]--
	default:
		s.receipts.remove(i)
	}
}
