package main

import (
	"errors"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stompwire/stomp/examples/internal/prom"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// metrics are the metrics of a relay. No label value comes from a peer, so each
// label has few values.
type metrics struct {
	connections *prometheus.GaugeVec   // by transport
	accepted    *prometheus.CounterVec // by transport
	refused     *prometheus.CounterVec // by reason
	ended       *prometheus.CounterVec // by reason
	frames      *prometheus.CounterVec // by command and direction
	bytes       *prometheus.CounterVec // by direction
	violations  *prometheus.CounterVec // by rule and sender
	parseErrors *prometheus.CounterVec // by kind and sender
	brokerDown  *prometheus.CounterVec // by broker
	// ERROR frames of brokers, by stage: connect or session
	brokerErrors *prometheus.CounterVec
}

func newMetrics() *metrics {
	return &metrics{
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "stomp_relay_connections", Help: "Clients that are connected."}, []string{"transport"}),
		accepted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_connections_total", Help: "Clients that have connected."}, []string{"transport"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_refused_total", Help: "Clients that were refused: too many connections, no memory, a bad login, no broker."}, []string{"reason"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_sessions_ended_total", Help: "Sessions that the relay has ended for lack of memory or time, by the flag that sets the limit."}, []string{"reason"}),
		frames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_frames_total", Help: "Frames whose head has been passed on."}, []string{"command", "direction"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_bytes_total", Help: "Bytes of frames that were written."}, []string{"direction"}),
		violations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_violations_total", Help: "Rules of the specification that were broken, by their ID."}, []string{"rule", "from"}),
		parseErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_parse_errors_total", Help: "Streams that could not be read any further, by the token of the error."}, []string{"kind", "from"}),
		brokerDown: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_broker_connect_failures_total", Help: "Attempts to connect to a broker that failed."}, []string{"broker"}),
		brokerErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stomp_relay_broker_errors_total", Help: "ERROR frames of brokers: in answer to CONNECT, or later; the log has their reasons."}, []string{"stage"}),
	}
}

// handler serves /metrics.
func (m *metrics) handler() http.Handler {
	return prom.Handler(m.connections, m.accepted, m.refused, m.ended, m.frames, m.bytes, m.violations, m.parseErrors, m.brokerDown, m.brokerErrors)
}

// direction returns the label for frames from one side.
func direction(from validate.Role) string {
	if from == validate.Client {
		return "to_broker"
	}
	return "to_client"
}

// sender returns the label of one side.
func sender(from validate.Role) string {
	if from == validate.Client {
		return "client"
	}
	return "broker"
}

func (m *metrics) frame(from validate.Role, c frame.Command) {
	if !c.Known() {
		c = "other"
	}
	m.frames.WithLabelValues(string(c), direction(from)).Inc()
}

// end counts a session that the relay has ended for lack of memory or time.
func (m *metrics) end(err error) {
	var short *shortage
	var write *writeError
	switch {
	case errors.As(err, &short):
		m.ended.WithLabelValues(short.reason).Inc()
	case errors.Is(err, errSilent):
		m.ended.WithLabelValues("heart_beat").Inc()
	case errors.As(err, &write) && errors.Is(err, os.ErrDeadlineExceeded):
		m.ended.WithLabelValues("write_timeout").Inc()
	}
}

func (m *metrics) broken(from validate.Role, found validate.Violations) {
	for _, v := range found {
		m.violations.WithLabelValues(v.Rule.ID(), sender(from)).Inc()
	}
}
