package main

import (
	"math"
	"math/bits"
	"time"
)

// A histogram counts times, to within some 3 percent.
type histogram struct {
	count    int64
	min, max time.Duration
	buckets  map[int]int64
}

// fine is how many buckets, as a power of two, are between a time and twice it.
const fine = 5

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	if h.count == 0 {
		h.buckets, h.min = map[int]int64{}, d
	}
	h.count++
	h.min, h.max = min(h.min, d), max(h.max, d)
	h.buckets[bucketOf(d)]++
}

func bucketOf(d time.Duration) int {
	n := uint64(d)
	size := bits.Len64(n)
	if size <= fine {
		return int(n)
	}
	return (size-fine)<<fine + int(n>>(size-fine-1)) - 1<<fine
}

// quantile returns the time that a part of all do not exceed.
func (h *histogram) quantile(part float64) time.Duration {
	rank := int64(math.Ceil(part * float64(h.count)))
	for b, seen := 0, int64(0); b < 64<<fine; b++ {
		if seen += h.buckets[b]; seen >= rank && h.buckets[b] > 0 {
			return max(h.min, min(h.max, bucketEnd(b)))
		}
	}
	return h.max
}

// bucketEnd returns the largest time of a bucket.
func bucketEnd(b int) time.Duration {
	size := b >> fine
	if size == 0 {
		return time.Duration(b)
	}
	return time.Duration((uint64(b&(1<<fine-1)+1<<fine)+1)<<(size-1) - 1)
}
