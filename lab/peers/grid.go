package peers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// A Grid says what each peer makes of each stream of a set.
type Grid struct {
	Header
	Rows []Row
}

// Header is the first line of the file of a grid.
type Header struct {
	Grid    string            `json:"grid"` // "decode" or "encode"
	Date    string            `json:"date"` // of the recording
	Peers   map[string]string `json:"peers"`
	LeftOut map[string]string `json:"left_out"` // vectors that give no stream, and why
}

// A Row is one stream.
type Row struct {
	ID   string `json:"id"`
	Ours string `json:"ours"`
	// Differ has the peers that do not make the same of it.
	Differ map[string]string `json:"differ,omitempty"`
}

// ReadGrid reads the file of a grid.
func ReadGrid(name string) (*Grid, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	g := new(Grid)
	n := 0
	for line := range bytes.Lines(text) {
		var to any = &g.Header
		if n > 0 {
			g.Rows = append(g.Rows, Row{})
			to = &g.Rows[n-1]
		}
		n++
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(to); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if n == 0 {
		return nil, fmt.Errorf("%s is empty", name)
	}
	return g, nil
}

// Write writes the file of a grid.
func (g *Grid) Write(name string) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	b := bufio.NewWriter(file)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(&g.Header); err != nil {
		return err
	}
	for i := range g.Rows {
		if err := e.Encode(&g.Rows[i]); err != nil {
			return err
		}
	}
	return b.Flush()
}
