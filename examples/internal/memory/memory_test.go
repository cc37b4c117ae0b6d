package memory

import (
	"fmt"
	"runtime"
	"testing"
)

func TestAccount(t *testing.T) {
	var a Account
	a.SetMax(800)
	if !a.Store(600) || a.Store(1) {
		t.Error("three quarters are for messages")
	}
	if !a.Open(100) || a.Open(1) {
		t.Error("seven eighths are for them and connections")
	}
	if got := a.Share(); got != 25 {
		t.Errorf("a share is %d", got)
	}
	a.Add(100)
	if got := a.Share(); got != 0 {
		t.Errorf("a share of nothing is %d", got)
	}
	a.Add(200) // regardless of the limits
	if got := a.Share(); got != 0 || a.Used() != 1000 {
		t.Errorf("a share of less than nothing is %d, used %d", got, a.Used())
	}
	a.Add(-1000)
	if a.Used() != 0 || !a.Store(600) {
		t.Error(a.Used())
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A table that has shrunk uses no more memory than its entries need.
func TestTableShrinks(t *testing.T) {
	const n = 100_000
	before := heap()
	var table Table[int]
	for i := range n {
		table.Set(fmt.Sprint(i), i)
	}
	for i := range n - 1 {
		if table.Get(fmt.Sprint(i)) != i {
			t.Fatal(i)
		}
		table.Remove(fmt.Sprint(i))
	}
	if grown := heap() - before; grown > 64<<10 {
		t.Errorf("one entry costs %d bytes", grown)
	}
	table.Remove("none")
	for v := range table.All() {
		if v != n-1 {
			t.Error(v)
		}
	}
	if table.Len() != 1 || table.Get(fmt.Sprint(n-1)) != n-1 || table.Get("0") != 0 {
		t.Errorf("%d entries", table.Len())
	}
}

// Entries may be removed during iteration.
func TestTableRemoveInAll(t *testing.T) {
	var table Table[string]
	for i := range 1000 {
		table.Set(fmt.Sprint(i), fmt.Sprint(i))
	}
	seen := 0
	for key := range table.All() {
		seen++
		table.Remove(key)
	}
	if seen != 1000 || table.Len() != 0 {
		t.Errorf("%d seen, %d left", seen, table.Len())
	}
}
