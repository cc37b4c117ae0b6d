package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// brokers are the addresses of equivalent brokers.
type brokers struct {
	addresses []string
	next      atomic.Uint64
	timeout   time.Duration // for each
	failed    func(address string)
}

// dial connects to the next broker in turn, and returns its address too. If a broker
// is down, dial tries the one after it.
func (b *brokers) dial(ctx context.Context) (net.Conn, string, error) {
	first := b.next.Add(1) - 1
	var all []error
	for i := range uint64(len(b.addresses)) {
		address := b.addresses[(first+i)%uint64(len(b.addresses))]
		d := net.Dialer{Timeout: b.timeout}
		c, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return c, address, nil
		}
		if ctx.Err() != nil {
			return nil, "", err
		}
		b.failed(address)
		all = append(all, err)
	}
	return nil, "", fmt.Errorf("%w: %w", errUnreachable, errors.Join(all...))
}

var errUnreachable = errors.New("no broker can be reached")
