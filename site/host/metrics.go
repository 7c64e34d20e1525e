package host

import (
	"net"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"abkd/site/room"
)

// metrics are counts, of nobody in particular.
type metrics struct {
	handler  http.Handler
	messages *prometheus.CounterVec
	requests *prometheus.CounterVec
	kept     prometheus.Histogram
}

func newMetrics(h *Host) *metrics {
	m := &metrics{
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "abkd_messages_total", Help: "Messages of pages, by what they came to."}, []string{"status"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "abkd_requests_total", Help: "Requests below /api/, by status."}, []string{"status"}),
		kept:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "abkd_keep_seconds", Help: "How long it takes until a record is on the disk.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14)}),
	}
	gauge := func(name, help string, of func(*actor) int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			sum := 0
			for _, a := range h.all() {
				a.mu.Lock()
				sum += of(a)
				a.mu.Unlock()
			}
			return float64(sum)
		})
	}
	r := prometheus.NewRegistry()
	r.MustRegister(m.messages, m.requests, m.kept, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("abkd_rooms", "Rooms that are open.", func(*actor) int { return 1 }),
		gauge("abkd_sockets", "Pages that are connected.", func(a *actor) int { return len(a.sockets) }),
		gauge("abkd_students", "Students who have joined.", func(a *actor) int { return a.room.Students() }))
	m.handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{})
	return m
}

// isHere reports whether a program on this machine asks, and not another server for
// somebody else that stands before this one.
func isHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	isPassedOn := r.Header.Get("Forwarded")+r.Header.Get("X-Forwarded-For")+r.Header.Get("Via") != ""
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback() && !isPassedOn
}

// serve answers programs on this machine.
func (m *metrics) serve(w http.ResponseWriter, r *http.Request) {
	if !isHere(r) {
		http.Error(w, "403 metrics are for this machine", http.StatusForbidden)
		return
	}
	m.handler.ServeHTTP(w, r)
}

// heard counts a message.
func (m *metrics) heard(o room.Outcome, err error) {
	status := o.Status
	if err != nil {
		status = 503
	}
	m.messages.WithLabelValues(strconv.Itoa(status)).Inc()
}

// count counts the answers of next.
func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &counted{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(c, r)
		m.requests.WithLabelValues(strconv.Itoa(c.status)).Inc()
	})
}

// A counted response remembers its status.
type counted struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets a connection become a WebSocket.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }
