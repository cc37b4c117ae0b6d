package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stompwire/stomp/examples/broker/server"
)

// A collector turns the Stats of a broker into metrics at each scrape.
type collector struct{ broker *server.Server }

func (c collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.broker.Stats()
	metric := func(kind prometheus.ValueType, name, help string, value int64) {
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc("stomp_broker_"+name, help, nil, nil), kind, float64(value))
	}
	labeled := func(kind prometheus.ValueType, name, help, label string, values map[string]int64, more prometheus.Labels) {
		desc := prometheus.NewDesc("stomp_broker_"+name, help, []string{label}, more)
		for value, n := range values {
			ch <- prometheus.MustNewConstMetric(desc, kind, float64(n), value)
		}
	}
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	labeled(gauge, "connections", "Clients that are connected.", "transport", s.OpenConnections, nil)
	labeled(counter, "connections_total", "Clients that have connected.", "transport", s.Connections, nil)
	labeled(counter, "refused_total", "Clients that were turned away before they were logged in.", "reason", s.Refused, nil)
	metric(gauge, "sessions", "Clients that are logged in.", s.OpenSessions)
	metric(counter, "sessions_total", "Clients that have logged in.", s.Sessions)
	labeled(counter, "sessions_ended_total", "Sessions that the broker has ended; max_outgoing and write_timeout are slow consumers.", "reason", s.Ended, nil)

	const frames, direction = "Frames that were read, or are on their way to a client.", "direction"
	labeled(counter, "frames_total", frames, "command", s.FramesIn, prometheus.Labels{direction: "to_broker"})
	labeled(counter, "frames_total", frames, "command", s.FramesOut, prometheus.Labels{direction: "to_client"})
	labeled(counter, "bytes_total", "Bytes of frames and heart-beats that were read or written.", direction,
		map[string]int64{"to_broker": s.BytesIn, "to_client": s.BytesOut}, nil)

	labeled(counter, "messages_total", "Messages by what has happened to them.", "event", map[string]int64{
		"sent": s.Sent, "queued": s.Queued, "delivered": s.Delivered, "consumed": s.Consumed,
		"dead_letter": s.DeadLetters, "dropped": s.Dropped,
	}, nil)
	metric(gauge, "queued_messages", "Messages in queues, those included that wait for acknowledgment.", s.InQueues)
	metric(gauge, "subscriptions", "Subscriptions.", s.OpenSubscriptions)
	metric(gauge, "memory_bytes", "Bytes that count for -max-memory.", s.Memory)
	metric(gauge, "memory_limit_bytes", "The value of -max-memory.", s.MaxMemory)
}
