//go:build mpi && linux

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hosts are two network namespaces of this machine, each with an address, a host
// name and a processor of its own, and a link between them.
type hosts struct {
	names [2]string
	agent string // starts a command on the second, as ssh would
}

const (
	link    = "link0"
	address = "10.213.0." // of the hosts, on a network that nothing else sees
)

// newHosts makes two hosts until the end of the test.
func newHosts(tb testing.TB) *hosts {
	tb.Helper()
	h := &hosts{agent: filepath.Join(tb.TempDir(), "agent")}
	for i := range h.names {
		h.names[i] = fmt.Sprintf("abkd-%d-%d", os.Getpid(), i+1)
		if out, err := exec.Command("ip", "netns", "add", h.names[i]).CombinedOutput(); err != nil {
			tb.Skipf("No network namespaces can be made here, so two hosts cannot be tested: %v %s", err, out)
		}
		tb.Cleanup(func() { _ = exec.Command("ip", "netns", "del", h.names[i]).Run() })
	}
	steps := [][]string{{"ip", "link", "add", link, "netns", h.names[0], "type", "veth", "peer", "name", link, "netns", h.names[1]}}
	for i, name := range h.names {
		steps = append(steps,
			[]string{"ip", "-n", name, "addr", "add", address + strconv.Itoa(i+1) + "/24", "dev", link},
			[]string{"ip", "-n", name, "link", "set", "lo", "up"},
			[]string{"ip", "-n", name, "link", "set", link, "up"})
	}
	for _, step := range steps {
		if out, err := exec.Command(step[0], step[1:]...).CombinedOutput(); err != nil {
			tb.Skipf("Network namespaces cannot be joined here, so two hosts cannot be tested: %q: %v %s", step, err, out)
		}
	}
	script := fmt.Sprintf("#!/bin/sh\nshift # the address\nexec %s sh -c \"$*\"\n", strings.Join(h.enter(1), " "))
	if err := os.WriteFile(h.agent, []byte(script), 0o755); err != nil {
		tb.Fatal(err)
	}
	return h
}

// enter begins a command line on a host: in its namespaces and on its processor.
func (h *hosts) enter(i int) []string {
	return []string{"ip", "netns", "exec", h.names[i], "unshare", "--uts", "taskset", "-c", strconv.Itoa(i % runtime.NumCPU()), "env", "GOMAXPROCS=1", "sh", "-c", `'hostname ` + h.names[i] + ` && exec "$@"'`, "sh"}
}

// throttle limits what each host sends, such as to "1gbit".
func (h *hosts) throttle(tb testing.TB, rate string) {
	tb.Helper()
	for _, name := range h.names {
		if out, err := exec.Command("tc", "-n", name, "qdisc", "replace", "dev", link, "root", "tbf", "rate", rate, "burst", "256kb", "latency", "50ms").CombinedOutput(); err != nil {
			tb.Skipf("tc cannot throttle a link here, so slow networks cannot be tested: %v %s", err, out)
		}
	}
}

// sent returns how many bytes the first host has sent.
func (h *hosts) sent(tb testing.TB) float64 {
	tb.Helper()
	out, err := exec.Command("ip", "netns", "exec", h.names[0], "cat", "/sys/class/net/"+link+"/statistics/tx_bytes").Output()
	if err != nil {
		tb.Fatal(err)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// mpirun returns the command that runs abkd-mpi in a process on each of the first n
// hosts.
func (h *hosts) mpirun(n int, args ...string) *exec.Cmd {
	var at []string
	for i := range n {
		at = append(at, address+strconv.Itoa(i+1))
	}
	words := slices.Concat(h.enter(0), []string{
		"mpirun", "--bind-to", "none", "--host", strings.Join(at, ","), "-np", strconv.Itoa(n), "--mca", "plm_rsh_agent", h.agent,
		"--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", link, "--mca", "oob_tcp_if_include", link, binary,
	}, args)
	cmd := exec.Command("sh", "-c", strings.Join(words, " "))
	cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	return cmd
}

// TestTwoHosts trains on two hosts, between which a slow network is, to the losses
// of one process.
func TestTwoHosts(t *testing.T) {
	h := newHosts(t)
	h.throttle(t, "1gbit")
	const epochs = 5
	args := []string{"train", "--data", "mag-mini", "--hidden", "32", "--dropout", "0", "--epochs", strconv.Itoa(epochs), "--json"}
	one := ok(t, 1, args[:len(args)-1]...)
	before := h.sent(t)
	r := finish(t, h.mpirun(2, args...))
	var two map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &two); err != nil || r.status != 0 {
		t.Fatalf("status %d, stdout %q, stderr:\n%s", r.status, r.stdout, r.stderr)
	}
	got, want := two["last"].(map[string]any)["total"].(float64), one["last"].(map[string]any)["total"].(float64)
	if math.Abs(got-want) > 1e-5*want || two["test"] != one["test"] {
		t.Errorf("two hosts come to loss %v and test accuracy %v, one process to %v and %v", got, two["test"], want, one["test"])
	}
	// Half of each gradient, to add it up, and half of each sum.
	params := one["params"].(float64)
	if sent := h.sent(t) - before; sent < 4*params*epochs {
		t.Errorf("the first host has sent %v bytes, want at least %v gradients of %v numbers", sent, epochs, params)
	}
}

// BenchmarkTwoHosts says how much faster two hosts of one processor each are than one,
// with the same global batch (strong) and with the same batch of each host (weak): the
// ratio of the fastest epochs of many, of runs that alternate. Anything else that the
// machine does makes it meaningless.
func BenchmarkTwoHosts(b *testing.B) {
	h := newHosts(b)
	data := filepath.Join(b.TempDir(), "mag")
	synth := exec.Command("go", "run", "abkd/cmd/abkd", "synth", "--shape", "ogbn-mag", "--scale", "0.02", "--seed", "1", "--out", data)
	if out, err := synth.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	const batch = 2048
	fastest := map[string]float64{}
	measure := func(name string, n, batch int) {
		metrics := filepath.Join(b.TempDir(), "metrics.jsonl")
		cmd := h.mpirun(n, "train", "--data", data, "--cache", data+"-cache", "--model", "rgcn", "--layers", "2", "--hidden", "256", "--sampler", "neighbor", "--fanout", "10",
			"--batch-size", strconv.Itoa(batch), "--epochs", "3", "--eval-every", "100", "--metrics", metrics)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%s: %v: %s", name, err, out)
		}
		text, err := os.ReadFile(metrics)
		if err != nil {
			b.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var epoch struct{ Seconds float64 }
			if err := json.Unmarshal([]byte(line), &epoch); err != nil {
				b.Fatal(err)
			}
			if old, known := fastest[name]; !known || epoch.Seconds < old {
				fastest[name] = epoch.Seconds
			}
		}
	}
	for b.Loop() {
		for _, rate := range []string{"100gbit", "1gbit"} {
			h.throttle(b, rate)
			measure("one", 1, batch)
			measure("strong "+rate, 2, batch)
			measure("weak "+rate, 2, 2*batch)
		}
	}
	b.ReportMetric(fastest["one"], "s/epoch-of-one")
	for name, unit := range map[string]string{"strong 100gbit": "strong", "weak 100gbit": "weak", "strong 1gbit": "strong-1Gbit/s", "weak 1gbit": "weak-1Gbit/s"} {
		b.ReportMetric(fastest["one"]/fastest[name], unit)
	}
}
