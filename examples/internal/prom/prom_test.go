package prom

import (
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// The output is the Prometheus text format, whatever help texts and labels
// contain, and includes the metrics of the Go runtime.
func TestHandler(t *testing.T) {
	const help, label = "A \\ and a\nline feed.", "a \"quote\", a \\ and a\nline feed"
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "x_total", Help: help}, []string{"label"})
	c.WithLabelValues(label).Add(3)
	h := Handler(c)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	x := all["x_total"]
	if x.GetHelp() != help || x.GetType().String() != "COUNTER" || len(x.GetMetric()) != 1 {
		t.Fatal(x)
	}
	if m := x.GetMetric()[0]; m.GetLabel()[0].GetValue() != label || m.GetCounter().GetValue() != 3 {
		t.Error(m)
	}
	if all["go_goroutines"] == nil {
		t.Error("the metrics of the Go runtime are missing")
	}
	for _, r := range []struct{ method, path string }{{"GET", "/"}, {"POST", "/metrics"}} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(r.method, r.path, nil)); w.Code < 400 {
			t.Errorf("%s %s: %d", r.method, r.path, w.Code)
		}
	}
}
