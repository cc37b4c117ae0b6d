package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/validate"
)

// length returns how long what was counted took.
func (k *count) length() time.Duration {
	d := k.seconds
	if !k.begun.IsZero() {
		d += k.ended.Sub(k.begun)
	}
	return d
}

// sideNames are the names of the sides that were counted.
func (k *count) sideNames() []string {
	if !k.timed {
		return []string{"stream"}
	}
	return []string{validate.Client.String(), validate.Server.String()}
}

// text prints tables.
func (k *count) text(w *bufio.Writer, top int) {
	length := k.length()
	if k.timed {
		fmt.Fprintf(w, "%s, %s", plural(int64(k.conversations), "conversation"), seconds(length))
		if !k.begun.IsZero() {
			fmt.Fprintf(w, ", from %s to %s", k.begun.Local().Format("2006-01-02 15:04:05.000"), k.ended.Local().Format("15:04:05.000"))
		}
		fmt.Fprint(w, "\n\n")
	}
	k.textSides(w, length)
	k.textCommands(w)
	k.textDestinations(w, top)
	if k.timed {
		k.textTimes(w)
	}
}

func (k *count) textSides(w *bufio.Writer, length time.Duration) {
	row := func(title string, value func(s *sideCount) string) {
		fmt.Fprintf(w, "%-16s", title)
		for i := range k.sideNames() {
			fmt.Fprintf(w, "%28s", value(&k.sides[i]))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%-16s", "")
	for _, name := range k.sideNames() {
		fmt.Fprintf(w, "%28s", name)
	}
	fmt.Fprintln(w)
	rate := func(n int64, unit func(float64) string) string {
		if !k.timed || length <= 0 {
			return ""
		}
		return ", " + unit(float64(n)/length.Seconds()) + "/s"
	}
	number := func(f float64) string { return fmt.Sprintf("%.1f", f) }
	row("frames", func(s *sideCount) string { return fmt.Sprint(s.frames) + rate(s.frames, number) })
	row("bytes", func(s *sideCount) string {
		return fmt.Sprint(s.bytes) + rate(s.bytes, func(f float64) string { return byteCount(int64(f)) })
	})
	row("heart-beats", func(s *sideCount) string { return fmt.Sprint(s.beats) })
	if k.timed {
		row("longest silence", func(s *sideCount) string {
			if s.silence == 0 {
				return "none"
			}
			return fmt.Sprintf("%s, #%d from %.3f", seconds(s.silence), s.conn, s.at.Seconds())
		})
		fmt.Fprintf(w, "%-16s%28s\n", "busiest second", plural(k.busiest, "frame"))
	}
}

// commandKeys returns what was counted, the client's frames first.
func (k *count) commandKeys() []commandKey {
	var list []commandKey
	for from := range k.sides {
		for c := range frame.Commands() {
			list = append(list, commandKey{validate.Role(from), c})
		}
		list = append(list, commandKey{validate.Role(from), other})
	}
	return slices.DeleteFunc(list, func(key commandKey) bool { return k.commands[key] == nil })
}

func (k *count) textCommands(w *bufio.Writer) {
	keys := k.commandKeys()
	if len(keys) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%-12s%-8s%10s%14s%10s%10s\n", "command", "", "frames", "bytes", "mean", "largest")
	for _, key := range keys {
		s, from := k.commands[key], ""
		if k.timed {
			from = key.from.String()
		}
		fmt.Fprintf(w, "%-12s%-8s%10d%14d%10d%10d\n", key.command, from, s.frames, s.bytes, s.bytes/s.frames, s.largest)
	}
}

// destinationNames returns the destinations, those with most bytes first.
func (k *count) destinationNames() []string {
	size := func(name string) int64 { d := k.destinations[name]; return d.sent.bytes + d.delivered.bytes }
	return slices.SortedStableFunc(maps.Keys(k.destinations), func(a, b string) int {
		switch x, y := size(a), size(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return strings.Compare(a, b)
	})
}

func (k *count) textDestinations(w *bufio.Writer, top int) {
	names := k.destinationNames()
	if len(names) == 0 || top == 0 {
		return
	}
	fmt.Fprintf(w, "\n%-32s%9s%12s%9s%12s%9s%11s\n", "destination", "SEND", "bytes", "MESSAGE", "bytes", "largest", "SUBSCRIBE")
	for i, name := range names {
		if i == top {
			fmt.Fprintf(w, "... %s more, -top %d shows them\n", plural(int64(len(names)-top), "destination"), len(names))
			break
		}
		d := k.destinations[name]
		shown := string(text.AppendVisible(nil, []byte(name), ""))
		if len(shown) > 31 {
			fmt.Fprintf(w, "%s\n", shown)
			shown = ""
		}
		fmt.Fprintf(w, "%-32s%9d%12d%9d%12d%9d%11d\n", shown, d.sent.frames, d.sent.bytes, d.delivered.frames, d.delivered.bytes, max(d.sent.largest, d.delivered.largest), d.subscribed)
	}
}

func (k *count) textTimes(w *bufio.Writer) {
	fmt.Fprintf(w, "\n%-24s%10s%12s%12s%12s%12s%12s\n", "latency in ms", "count", "min", "median", "90 %", "99 %", "max")
	for i := range k.latencies {
		h := &k.latencies[i]
		fmt.Fprintf(w, "%-24s%10d", latencyNames[i].text, h.count)
		if h.count > 0 {
			for _, d := range [...]time.Duration{h.min, h.quantile(0.5), h.quantile(0.9), h.quantile(0.99), h.max} {
				fmt.Fprintf(w, "%12.3f", milliseconds(d))
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\nAt the end %s for a receipt, and %s for an acknowledgment.\n", wait(k.noReceipt, "frame"), wait(k.noAck, "message"))
	if k.forgotten > 0 {
		fmt.Fprintf(w, "%d that waited were too many and are in none of these figures.\n", k.forgotten)
	}
}

func wait(n int64, what string) string {
	if n == 1 {
		return "1 " + what + " waits"
	}
	return plural(n, what) + " wait"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// json prints one object.
func (k *count) json(w *bufio.Writer) {
	type side struct {
		Frames     int64   `json:"frames"`
		Bytes      int64   `json:"bytes"`
		HeartBeats int64   `json:"heartbeats"`
		SilenceMS  float64 `json:"longest_silence_ms,omitempty"`
		Connection int     `json:"longest_silence_connection,omitempty"`
		FromMS     float64 `json:"longest_silence_from_ms,omitempty"`
	}
	type command struct {
		From    string `json:"from,omitempty"`
		Command string `json:"command"`
		Frames  int64  `json:"frames"`
		Bytes   int64  `json:"bytes"`
		Largest int64  `json:"largest"`
	}
	type place struct {
		Destination  string `json:"destination"`
		Sent         int64  `json:"send_frames"`
		SentBytes    int64  `json:"send_bytes"`
		Messages     int64  `json:"message_frames"`
		MessageBytes int64  `json:"message_bytes"`
		Largest      int64  `json:"largest"`
		Subscribed   int64  `json:"subscribe_frames"`
	}
	type latency struct {
		Count  int64   `json:"count"`
		Min    float64 `json:"min_ms"`
		Median float64 `json:"median_ms"`
		P90    float64 `json:"p90_ms"`
		P99    float64 `json:"p99_ms"`
		Max    float64 `json:"max_ms"`
	}
	var o struct {
		Conversations int                `json:"conversations,omitempty"`
		Begun         time.Time          `json:"begun,omitzero"`
		Seconds       float64            `json:"seconds,omitempty"`
		Busiest       int64              `json:"busiest_second_frames,omitempty"`
		Sides         map[string]side    `json:"sides"`
		Commands      []command          `json:"commands"`
		Destinations  []place            `json:"destinations"`
		Latencies     map[string]latency `json:"latencies,omitempty"`
		NoReceipt     *int64             `json:"waiting_for_receipt,omitempty"`
		NoAck         *int64             `json:"waiting_for_ack,omitempty"`
		Forgotten     int64              `json:"forgotten,omitempty"`
	}
	o.Conversations, o.Begun, o.Seconds, o.Busiest, o.Forgotten = k.conversations, k.begun.UTC(), float64(k.length().Microseconds())/1e6, k.busiest, k.forgotten
	o.Sides, o.Commands, o.Destinations = map[string]side{}, []command{}, []place{}
	for i, name := range k.sideNames() {
		s := k.sides[i]
		o.Sides[name] = side{s.frames, s.bytes, s.beats, milliseconds(s.silence), s.conn, milliseconds(s.at)}
	}
	for _, key := range k.commandKeys() {
		s, from := k.commands[key], ""
		if k.timed {
			from = key.from.String()
		}
		o.Commands = append(o.Commands, command{from, string(key.command), s.frames, s.bytes, s.largest})
	}
	for _, name := range k.destinationNames() {
		d := k.destinations[name]
		o.Destinations = append(o.Destinations, place{name, d.sent.frames, d.sent.bytes, d.delivered.frames, d.delivered.bytes, max(d.sent.largest, d.delivered.largest), d.subscribed})
	}
	if k.timed {
		o.Latencies = map[string]latency{}
		for i := range k.latencies {
			if h := &k.latencies[i]; h.count > 0 {
				ms := func(part float64) float64 { return milliseconds(h.quantile(part)) }
				o.Latencies[latencyNames[i].json] = latency{h.count, milliseconds(h.min), ms(0.5), ms(0.9), ms(0.99), milliseconds(h.max)}
			}
		}
		o.NoReceipt, o.NoAck = &k.noReceipt, &k.noAck
	}
	b := json.NewEncoder(w)
	b.SetEscapeHTML(false)
	b.SetIndent("", "  ")
	b.Encode(o) // an error stays with the writer
}
