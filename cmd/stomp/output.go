package main

import "bufio"

// flush returns the error that writing has met, if any, and when the input may
// keep silent for a while, writes what is held.
func flush(w *bufio.Writer, live bool) error {
	var err error
	if live {
		err = w.Flush()
	} else {
		_, err = w.Write(nil)
	}
	if err != nil {
		return &writeError{err}
	}
	return nil
}

// finish writes what is held and returns err, or if that is nil the error of
// writing.
func finish(w *bufio.Writer, err error) error {
	if werr := flush(w, true); err == nil {
		return werr
	}
	return err
}
