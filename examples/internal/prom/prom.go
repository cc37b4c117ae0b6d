// Package prom serves the metrics of a program to Prometheus.
package prom

import (
	"flag"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Flag declares the flag -metrics with a default address.
func Flag(fs *flag.FlagSet, to *string, address string) {
	fs.StringVar(to, "metrics", address, "`address` to serve /metrics on, host:port; empty for none")
}

// Handler serves /metrics: the given collectors, the Go runtime and the
// process.
func Handler(all ...prometheus.Collector) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(all...)
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{}))
	return mux
}
