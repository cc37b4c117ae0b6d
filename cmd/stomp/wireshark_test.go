//go:build tshark

package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The dissector in contrib/wireshark shows the frames that decode shows, in every
// capture and in every recording that breaks no rule of the grammar. It takes
// three minutes: go test -tags tshark -run Wireshark

// pdmlField is a field of a packet, as tshark prints it.
type pdmlField struct {
	Name   string      `xml:"name,attr"`
	Show   string      `xml:"show,attr"`
	Value  string      `xml:"value,attr"`
	Fields []pdmlField `xml:"field"`
	Protos []pdmlField `xml:"proto"`
}

// dissected returns the frames that the dissector finds in a file, by the side
// and the connection where tcp.stream tells them apart.
func dissected(t *testing.T, file string) []string {
	t.Helper()
	cmd := exec.Command("tshark", "-X", "lua_script:../../contrib/wireshark/stomp.lua", "-o", "stomp.secrets:TRUE", "-r", file, "-Y", "stomp", "-T", "pdml")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || strings.Contains(stderr.String(), "Lua: Error") {
		t.Fatalf("tshark: %v\n%s", err, &stderr)
	}
	var file_ struct {
		Packets []pdmlField `xml:"packet"`
	}
	if err := xml.Unmarshal(bytes.ToValidUTF8(out, []byte("?")), &file_); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, p := range file_.Packets {
		for _, proto := range p.Protos {
			if proto.Name != "stomp" {
				continue
			}
			var command, body string
			var headers []string
			for _, f := range proto.Fields {
				switch f.Name {
				case "stomp.command":
					command = f.Show
				case "stomp.header":
					headers = append(headers, fmt.Sprintf("%s=%s", f.Fields[0].Show, f.Fields[1].Show))
				case "stomp.body":
					body = f.Value
				}
			}
			if command != "" {
				list = append(list, fmt.Sprintf("%s %q %s", command, headers, body))
			}
		}
	}
	return list
}

// decoded returns the frames that decode finds.
func decoded(t *testing.T, file string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(ran(nil, "decode", "-q", "-o", "json", file)) {
		var f struct {
			Command string      `json:"command"`
			Headers [][2]string `json:"headers"`
			Body    string      `json:"body"`
			Base64  []byte      `json:"body_base64"`
			Error   string      `json:"error"`
		}
		if json.Unmarshal([]byte(line), &f) != nil || f.Command == "" || f.Error != "" {
			continue
		}
		var headers []string
		for _, h := range f.Headers {
			headers = append(headers, h[0]+"="+strings.ReplaceAll(h[1], "\r", "\n")) // which XML makes of it
		}
		list = append(list, fmt.Sprintf("%s %q %s", f.Command, headers, hex.EncodeToString(append([]byte(f.Body), f.Base64...))))
	}
	return list
}

func compareWithWireshark(t *testing.T, name, file string) {
	t.Helper()
	got, want := dissected(t, file), decoded(t, file)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			var g, w string
			if i < len(got) {
				g = got[i]
			}
			if i < len(want) {
				w = want[i]
			}
			if g != w {
				t.Errorf("%s: %d frames, want %d; first difference:\ngot  %.600s\nwant %.600s", name, len(got), len(want), g, w)
				return
			}
		}
	}
}

func TestWiresharkCaptures(t *testing.T) {
	files, _ := filepath.Glob(capturesDir + "*.pcap*")
	for _, file := range files {
		compareWithWireshark(t, file, file)
	}
}

func TestWiresharkRecordings(t *testing.T) {
	dirs, _ := filepath.Glob("../../testdata/captures/*/*/*/c2s.idx")
	if len(dirs) < 100 {
		t.Fatal(len(dirs))
	}
	file := filepath.Join(t.TempDir(), "x.pcapng")
	for _, dir := range dirs {
		dir = filepath.Dir(dir)
		if name := strings.TrimPrefix(dir, "../../testdata/captures/"); broken[name+"/c2s"].kind != 0 {
			continue // the dissector reads on over most errors
		}
		if err := os.WriteFile(file, packed(t, dir, false), 0o600); err != nil {
			t.Fatal(err)
		}
		compareWithWireshark(t, dir, file)
	}
}
