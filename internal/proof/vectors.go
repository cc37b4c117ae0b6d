package main

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/stompwire/stomp/testdata"
)

// A vectorCount is how many vectors a file has.
type vectorCount struct {
	file  string
	count int
}

// countVectors counts the vectors by file, in a module at root: those for
// codecs and those for rules.
func countVectors(root string) (all []vectorCount, err error) {
	for v := range testdata.Vectors() {
		if n := len(all); n == 0 || all[n-1].file != "vectors/"+v.File {
			all = append(all, vectorCount{"vectors/" + v.File, 0})
		}
		all[len(all)-1].count++
	}
	for _, name := range []string{"validate/frames", "validate/sessions"} {
		text, err := os.ReadFile(filepath.Join(root, "testdata", name+".jsonl"))
		if err != nil {
			return nil, err
		}
		all = append(all, vectorCount{name, bytes.Count(text, []byte("\n"))})
	}
	return all, nil
}
