//go:build edge

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkRequests asks for one thing after the other over eight connections, and
// reports requests in a second and what of the processor workerd takes for one.
func BenchmarkRequests(b *testing.B) {
	s := serve(b, "--limit", "1000000000")
	code, token := s.Open(b)
	for _, c := range []struct{ what, path, token string }{
		{"static file", "/icon.svg", ""},
		{"answer of the pool", "/api/about.json", ""},
		{"answer of a room", "/api/rooms/" + code, token},
	} {
		b.Run(c.what, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			get := func() {
				r, err := http.NewRequest("GET", s.URL+c.path, nil)
				if err != nil {
					b.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+c.token)
				resp, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != 200 {
					b.Errorf("status %d", resp.StatusCode)
				}
			}
			for range 300 {
				get()
			}
			before := s.cpu(b)
			b.ResetTimer()
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					get()
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(1000*(s.cpu(b)-before)/float64(b.N), "cpu-ms/request")
		})
	}
}

// cpu returns how many seconds of the processor the group of processes has taken.
func (s *served) cpu(b *testing.B) (seconds float64) {
	const ticks = 100 // of Linux, in a second
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		var state string
		var parent, group, ignored, user, system int
		after := string(text[strings.LastIndex(string(text), ")")+1:])
		n, err := fmt.Sscan(after, &state, &parent, &group, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &user, &system)
		if err == nil && n == 13 && group == s.cmd.Process.Pid {
			seconds += float64(user+system) / ticks
		}
	}
	return seconds
}
