// Command record asks other implementations what they make of our streams,
// and writes the grids. lab/peers/remake runs it, and
// lab/peers/README.md says what a driver has to do.
//
//	record -o folder -log file peers.tsv
//
// Each line of peers.tsv is a peer: its name, its version, and the words of the
// command that runs its driver, with tabs between them.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stompwire/stomp/lab/peers"
)

func main() {
	log.SetFlags(0)
	folder := flag.String("o", ".", "where the grids go")
	logFile := flag.String("log", os.DevNull, "where what the drivers say on stderr goes")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := record(*folder, *logFile, flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
}

func record(folder, logFile, list string) error {
	stderr, err := os.Create(logFile)
	if err != nil {
		return err
	}
	defer stderr.Close()
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var drivers []*driver
	versions := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(words) < 3 {
			return fmt.Errorf("%s: no peer: %q", list, line)
		}
		drivers = append(drivers, &driver{name: words[0], command: words[2:], log: stderr})
		versions[words[0]] = words[1]
	}
	for _, s := range []struct {
		name string
		set  func() (peers.Set, error)
	}{
		{"decode", peers.DecodeSet},
		{"encode", peers.EncodeSet},
	} {
		set, err := s.set()
		if err != nil {
			return err
		}
		g := &peers.Grid{Header: peers.Header{
			Grid: s.name, Date: time.Now().Format(time.DateOnly), Peers: versions, LeftOut: set.LeftOut,
		}}
		for i := range set.Streams {
			g.Rows = append(g.Rows, peers.Row{ID: set.Streams[i].ID, Ours: set.Streams[i].Ours.String()})
		}
		for _, d := range drivers {
			if err := d.ask(g, set.Streams); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		if err := g.Write(filepath.Join(folder, s.name+".jsonl")); err != nil {
			return err
		}
	}
	return nil
}
