package peers

import (
	"maps"
	"slices"
	"testing"
)

// What the grids say of us is still so. A vector that is newer than the grids is
// in none of them until they are remade.
func TestGrids(t *testing.T) {
	tests := []struct {
		name string
		set  func() (Set, error)
	}{
		{"decode", DecodeSet},
		{"encode", EncodeSet},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := readGrid(t, tt.name)
			set, err := tt.set()
			if err != nil {
				t.Fatal(err)
			}
			if g.Grid != tt.name || g.Date == "" || len(g.Peers) == 0 {
				t.Errorf("header: %+v", g.Header)
			}
			for id, why := range g.LeftOut {
				if set.LeftOut[id] != why {
					t.Errorf("%s was left out, since %s: run peers/remake", id, why)
				}
			}
			rows := rowsByID(t, g)
			for i := range set.Streams {
				s := &set.Streams[i]
				row, ok := rows[s.ID]
				delete(rows, s.ID)
				if ok && row.Ours != s.Ours.String() {
					t.Errorf("%s: we read %q, and read %q when the grid was made: run peers/remake", s.ID, s.Ours.String(), row.Ours)
				}
			}
			for _, id := range slices.Sorted(maps.Keys(rows)) {
				t.Errorf("%s is in the grid, and no longer a stream: run peers/remake", id)
			}
			for _, peer := range slices.Sorted(maps.Keys(g.Peers)) {
				same, split := 0, 0
				for _, row := range g.Rows {
					if row.Differ[peer] == "" {
						same++
					} else if !SplitsAlike(row.Differ[peer]) {
						split++
					}
				}
				t.Logf("%-15s reads %d of %d streams alike, and splits %d otherwise", peer, same, len(g.Rows), split)
			}
		})
	}
}

// Every peer splits what our encoder writes where we do, and a broker whatever
// a strict parser takes, but for the exceptions; there are no others.
func TestSplits(t *testing.T) {
	used := make(map[string]bool)
	key := func(e Exception) string { return e.Peer + " " + e.Reason }
	check := func(g *Grid, set Set, asked func(peer string, s *Stream) bool) {
		rows := rowsByID(t, g)
		for i := range set.Streams {
			s := &set.Streams[i]
			for peer, says := range rows[s.ID].Differ {
				if SplitsAlike(says) || !asked(peer, s) {
					continue
				}
				why := Explain(peer, s)
				if why == nil {
					t.Errorf("%s: %s: %s, with no exception that says why", s.ID, peer, says)
				}
				for _, e := range why {
					used[key(e)] = true
				}
			}
		}
	}
	set, err := EncodeSet()
	if err != nil {
		t.Fatal(err)
	}
	check(readGrid(t, "encode"), set, func(string, *Stream) bool { return true })
	if set, err = DecodeSet(); err != nil {
		t.Fatal(err)
	}
	brokers := []string{"rabbitmq", "activemq-codec", "activemq-wire"}
	check(readGrid(t, "decode"), set, func(peer string, s *Stream) bool {
		return s.Strict && s.Ours.Error == "" && slices.Contains(brokers, peer)
	})

	for _, e := range Exceptions() {
		if !used[key(e)] {
			t.Errorf("no stream needs the exception of %s: it %s", e.Peer, e.Reason)
		}
	}
}

func TestCompare(t *testing.T) {
	f := func(command, name, value, body string) Frame {
		return Frame{Command: []byte(command), Headers: [][2][]byte{{[]byte(name), []byte(value)}}, Body: []byte(body)}
	}
	a, b := f("SEND", "k", "v", "x"), f("SEND", "k", "v", "y")
	twice := Frame{Command: a.Command, Headers: append(slices.Clone(a.Headers), [2][]byte{[]byte("k"), []byte("w")}), Body: a.Body}
	last := f("SEND", "k", "w", "x")
	reversed := Frame{Command: a.Command, Headers: [][2][]byte{twice.Headers[1], twice.Headers[0]}, Body: a.Body}
	bad := "no"
	tests := []struct {
		name   string
		ours   Reading
		theirs Answer
		want   string
	}{
		{"nothing", Reading{}, Answer{}, Same},
		{"frame", Reading{Frames: []Frame{a}}, Answer{Frames: []Frame{a}}, Same},
		{"both refuse", Reading{Error: "x"}, Answer{Error: &bad}, Same},
		{"repeats", Reading{Frames: []Frame{twice}}, Answer{Frames: []Frame{reversed}}, Same},
		{"first of repeats", Reading{Frames: []Frame{twice}}, Answer{Frames: []Frame{a}}, Same},
		{"last of repeats", Reading{Frames: []Frame{twice}}, Answer{Frames: []Frame{last}}, OtherHeaders},
		{"body", Reading{Frames: []Frame{a}}, Answer{Frames: []Frame{b}}, OtherBody},
		{"command", Reading{Frames: []Frame{a}}, Answer{Frames: []Frame{f("ACK", "k", "v", "x")}}, OtherCommand},
		{"two", Reading{Frames: []Frame{a}}, Answer{Frames: []Frame{f("SEND", "k", "w", "y")}}, "other headers, other body"},
		{"cut", Reading{Error: "x", cut: true}, Answer{}, Same},
		{"cut, accepts", Reading{Error: "x", cut: true}, Answer{Frames: []Frame{a}}, Accepts},
		{"cut, refuses", Reading{Error: "x", cut: true}, Answer{Error: &bad}, Refuses},
		{"refuses", Reading{Frames: []Frame{a}}, Answer{Error: &bad}, Refuses},
		{"refuses late", Reading{Frames: []Frame{a}}, Answer{Frames: []Frame{a}, Error: &bad}, Refuses},
		{"waits", Reading{Frames: []Frame{a}}, Answer{}, Waits},
		{"waits in an error", Reading{Error: "x"}, Answer{}, Waits},
		{"accepts", Reading{Error: "x"}, Answer{Frames: []Frame{a}}, Accepts},
		{"accepts, then refuses", Reading{Error: "x"}, Answer{Frames: []Frame{a}, Error: &bad}, "accepts, then errs"},
		{"earlier", Reading{Frames: []Frame{a}, Error: "x"}, Answer{Error: &bad}, Earlier},
		{"more", Reading{Frames: []Frame{a}}, Answer{Frames: []Frame{a, b}}, OtherSplit},
		{"fewer", Reading{Frames: []Frame{a, b}}, Answer{Frames: []Frame{b}}, OtherSplit},
		{"hangs", Reading{Frames: []Frame{a}}, Answer{Failed: Hangs}, Hangs},
	}
	for _, tt := range tests {
		if got := Compare(&tt.ours, &tt.theirs); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSplitsAlike(t *testing.T) {
	for says, want := range map[string]bool{
		"other headers":                       true,
		"same; octet by octet: other headers": true,
		"other headers, other body":           false,
		"same; octet by octet: refuses":       false,
	} {
		if got := SplitsAlike(says); got != want {
			t.Errorf("SplitsAlike(%q) = %v", says, got)
		}
	}
}

func readGrid(t *testing.T, name string) *Grid {
	t.Helper()
	g, err := ReadGrid(name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func rowsByID(t *testing.T, g *Grid) map[string]Row {
	t.Helper()
	rows := make(map[string]Row)
	for _, row := range g.Rows {
		if _, ok := rows[row.ID]; ok {
			t.Errorf("%s is in the grid twice", row.ID)
		}
		rows[row.ID] = row
		for peer := range row.Differ {
			if g.Peers[peer] == "" {
				t.Errorf("%s: no peer %q", row.ID, peer)
			}
		}
	}
	return rows
}
