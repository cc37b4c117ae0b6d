package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStats(t *testing.T) {
	subscribe := "SUBSCRIBE\nid:1\ndestination:/queue/a\nack:client\nreceipt:s\n\n\x00SUBSCRIBE\nid:2\ndestination:/queue/b\n\n\x00"
	message := func(id int, subscription string) string {
		return fmt.Sprintf("MESSAGE\nsubscription:%s\nmessage-id:m%d\nack:a%d\ndestination:/queue/a\n\nhello\x00", subscription, id, id)
	}
	// a1 to a3 are acknowledged together, a4 is not, and a5 needs not be.
	pending := crafted(c2s, s2c, subscribe, "RECEIPT\nreceipt-id:s\n\n\x00"+message(1, "1")+message(2, "1"), "\n", message(3, "1"),
		"ACK\nid:a3\nreceipt:never\n\n\x00", message(4, "1")+message(5, "2"))
	var b strings.Builder
	for _, tt := range []struct {
		name, args string
		in         []byte
	}{
		{"captures", "stats " + capturesDir + "broker.pcap", nil},
		{"json", "stats -o json " + capturesDir + "rabbitmq.pcapng", nil},
		{"chosen", "stats -connection 1 -destination /queue/* -top 1 " + capturesDir + "broker.pcap", nil},
		{"pending", "stats", pending},
		{"a stream", "stats", []byte(c2s + subscribe + "BOGUS")},
		{"a stream, json", "stats -o json", []byte(s2c + message(1, "1"))},
		{"missing", "stats -resync -q", crafted(c2s, s2c, 40, "", "SEND\ndestination:/queue/a\n\nhi\x00", "\n")},
		{"recordings", "stats ../../testdata/captures/rabbitmq/raw/many", nil},
		{"long names", "stats -q", []byte("SEND\ndestination:/queue/" + strings.Repeat("x", 50) + "\x1b\n\n\x00SEND\ndestination:/b\n\n\x00")},
	} {
		fmt.Fprintf(&b, "== %s\n%s\n", tt.name, ran(tt.in, args(tt.args)...))
	}
	golden(t, "stats", b.String())
}

func TestStatsManyDestinations(t *testing.T) {
	var b strings.Builder
	for i := range maxDestinations + 500 {
		fmt.Fprintf(&b, "SEND\ndestination:/queue/%d\n\n\x00", i)
	}
	var got struct {
		Destinations []struct {
			Destination string `json:"destination"`
			Sent        int64  `json:"send_frames"`
		} `json:"destinations"`
	}
	if err := json.Unmarshal([]byte(ran([]byte(b.String()), "stats", "-q", "-o", "json")), &got); err != nil {
		t.Fatal(err)
	}
	if d := got.Destinations; len(d) != maxDestinations+1 || d[0].Destination != otherNames || d[0].Sent != 500 {
		t.Errorf("%d destinations, the first is %+v", len(d), d[0])
	}
}

// Quantiles are those of the sorted times, to within 1 in 32.
func TestHistogram(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		var h histogram
		var all []time.Duration
		for range 1 + rnd.IntN(500) {
			d := time.Duration(rnd.ExpFloat64() * float64(time.Millisecond))
			h.add(d)
			all = append(all, d)
		}
		slices.Sort(all)
		for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 1} {
			i := max(0, int(q*float64(len(all))+0.999999)-1)
			if got, want := h.quantile(q), all[i]; got < want || float64(got) > float64(want)*(1+1.0/32)+1 {
				t.Fatalf("%d times, quantile %v: got %v, want %v", len(all), q, got, want)
			}
		}
	}
	for _, d := range []time.Duration{0, 1, 31, 32, 33, 63, 64, 65, 1 << 40, 1<<62 + 12345} {
		if b := bucketOf(d); bucketEnd(b) < d || b > 0 && bucketEnd(b-1) >= d {
			t.Errorf("%d is in bucket %d, which ends at %d", d, b, bucketEnd(b))
		}
	}
}
