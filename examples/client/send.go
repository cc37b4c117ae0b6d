package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// queueSize is how many frames may wait for the writer. Further senders block.
const queueSize = 16

// outgoing is a frame on its way to the writer.
type outgoing struct {
	frame    *frame.Frame  // without its body
	overlook validate.Rule // that the frame may break, 0 for none
	bytes    []byte        // the encoded frame
	state    atomic.Int32
	done     chan error // gets one value when the frame has been written, or refused
}

// States of an outgoing frame. The writer takes it or the sender abandons it.
const (
	waiting = iota
	taken
	abandoned
)

// maxBatch is how many bytes are gathered for one write.
const maxBatch = 64 << 10

// write writes what is queued, and heart-beats while there is nothing, until
// the link ends.
func (l *link) write() {
	var beat <-chan time.Time
	if l.beat > 0 {
		// Up to two ticks pass after the last write, which leaves a third of the
		// interval for a late timer and a slow network.
		t := time.NewTicker(max(l.beat/3, 1))
		defer t.Stop()
		beat = t.C
	}
	var data []byte
	var batch []*outgoing
	wrote := false // since the last tick
	for {
		data, batch = data[:0], batch[:0]
		select {
		case <-l.dead:
			return
		case <-beat:
			if wrote {
				wrote = false
				continue
			}
			data = encoder.AppendHeartBeat(data)
		case out := <-l.queue:
			if data, batch = l.gather(data, batch, out); len(batch) == 0 {
				continue // all were refused or abandoned
			}
			wrote = true
		}
		var result error
		if _, err := l.transport.Write(data); err != nil {
			l.broken(err)
			result = lost(l.err)
		}
		for _, out := range batch {
			out.done <- result
		}
		if cap(data) > keepBatch {
			data = nil
		}
	}
}

// keepBatch is the largest buffer for writing that is kept.
const keepBatch = 1 << 20

// linger is how long a link goes on reading after a write has failed.
const linger = time.Second

// broken ends the link after a failed write. A server that refuses a frame sends
// ERROR and closes the connection (STOMP 1.2, "ERROR"), often before it has read
// the whole frame. The other goroutine is about to read that ERROR, which says
// more than the failed write.
func (l *link) broken(err error) {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t := time.NewTimer(linger)
		defer t.Stop()
		select {
		case <-l.dead:
		case <-t.C:
		}
	}
	l.fail(err)
}

// gather appends a frame and those that wait behind it. Over a WebSocket it
// appends one frame only, because some servers read one frame per message.
func (l *link) gather(data []byte, batch []*outgoing, out *outgoing) ([]byte, []*outgoing) {
	for {
		if out.state.CompareAndSwap(waiting, taken) {
			if must := l.step(validate.Client, out.frame, out.overlook); must != nil {
				out.done <- must
			} else {
				data = append(data, out.bytes...)
				batch = append(batch, out)
			}
		}
		if len(data) >= maxBatch || l.ahead != nil && len(data) > 0 {
			return data, batch
		}
		select {
		case out = <-l.queue:
		default:
			return data, batch
		}
	}
}

// send sends a frame and returns when the network has it. If ctx ends sooner, a
// frame that still waits is not sent. A frame that is being written may arrive.
func (l *link) send(ctx context.Context, f *frame.Frame) error {
	return l.sendOverlooking(ctx, f, 0)
}

// sendOverlooking is send for a frame that may break a rule, 0 for none.
func (l *link) sendOverlooking(ctx context.Context, f *frame.Frame, overlook validate.Rule) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	data, err := encoder.AppendFrame(nil, f, l.version, encoder.Options{Length: l.options.ContentLength})
	if err != nil {
		return err
	}
	head := &frame.Frame{Command: f.Command, Headers: f.Headers}
	out := &outgoing{frame: head, overlook: overlook, bytes: data, done: make(chan error, 1)}
	select {
	case l.queue <- out:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.dead:
		return lost(l.err)
	}
	select {
	case err := <-out.done:
		return err
	case <-ctx.Done():
		out.state.CompareAndSwap(waiting, abandoned)
		return context.Cause(ctx)
	case <-l.dead:
		return latest(out.done, lost(l.err))
	}
}

// latest returns what a channel holds, or else err.
func latest(c <-chan error, err error) error {
	select {
	case err := <-c:
		return err
	default:
		return err
	}
}

// confirm sends a frame with a receipt header and waits for the receipt.
func (l *link) confirm(ctx context.Context, f *frame.Frame) error {
	return l.confirmOr(ctx, f, nil, 0)
}

// confirmOr is confirm for a frame that may break a rule, 0 for none. seen,
// which may be nil, is as good as a receipt.
func (l *link) confirmOr(ctx context.Context, f *frame.Frame, seen <-chan struct{}, overlook validate.Rule) error {
	id, receipt := l.expect()
	defer l.forget(id)
	f.Headers.Add(headers.Receipt, id)
	if err := l.sendOverlooking(ctx, f, overlook); err != nil {
		return latest(receipt, err) // the receipt may be here though the writer has not reported
	}
	select {
	case err := <-receipt:
		return err
	case <-seen:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stomp client: the receipt of %s has not come: %w", f.Command, context.Cause(ctx))
	case <-l.dead:
		return latest(receipt, lost(l.err))
	}
}

// receiptID makes an id for a receipt.
func (l *link) receiptID() string {
	return "r-" + strconv.FormatUint(l.asked.Add(1), 10)
}

// expect makes a receipt id, and a channel that gets its outcome.
func (l *link) expect() (string, <-chan error) {
	id := l.receiptID()
	c := make(chan error, 1)
	l.mu.Lock()
	l.receipts[id] = c
	l.mu.Unlock()
	return id, c
}

func (l *link) forget(id string) {
	l.mu.Lock()
	delete(l.receipts, id)
	l.mu.Unlock()
}

// settle gives the outcome of a frame to whoever waits for its receipt.
func (l *link) settle(r receiver, id string, err error) {
	l.mu.Lock()
	c, ok := l.receipts[id]
	delete(l.receipts, id)
	l.mu.Unlock()
	if !ok {
		r.settle(id, err)
		return
	}
	c <- err
}
