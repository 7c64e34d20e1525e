//go:build linux

package slurm_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A cluster is Slurm on this machine alone, in a folder.
type cluster struct {
	dir, bin string
	env      []string
}

const config = `
ClusterName=abkd
SlurmctldHost=%[1]s(127.0.0.1)
SlurmUser=root
SlurmctldPort=%[3]d
SlurmdPort=%[4]d
AuthType=auth/munge
AuthInfo=socket=%[2]s/munge.socket
StateSaveLocation=%[2]s/state
SlurmdSpoolDir=%[2]s/spool
SlurmctldPidFile=%[2]s/slurmctld.pid
SlurmdPidFile=%[2]s/slurmd.pid
SlurmctldLogFile=%[2]s/slurmctld.log
SlurmdLogFile=%[2]s/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
MpiDefault=none
SlurmdParameters=config_overrides
NodeName=%[1]s NodeAddr=127.0.0.1 CPUs=3 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=%[1]s Default=YES MaxTime=INFINITE State=UP
`

// newCluster starts munged, slurmctld and slurmd, and builds the program.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	for _, daemon := range []string{"munged", "slurmctld", "slurmd", "sbatch"} {
		if _, err := exec.LookPath(daemon); err != nil {
			t.Skipf("There is no %s, so Slurm cannot be tested; on Debian: sudo apt-get install slurm-wlm munge", daemon)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("Slurm's daemons want root, so Slurm cannot be tested")
	}
	c := &cluster{dir: t.TempDir()}
	c.bin = filepath.Join(c.dir, "abkd")
	build := exec.Command("go", "build", "-o", c.bin, "abkd/cmd/abkd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	at := func(name string) string { return filepath.Join(c.dir, name) }
	for _, name := range []string{"state", "spool"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	key := bytes.Repeat([]byte("of this test alone, "), 20)
	conf := fmt.Appendf(nil, config, host, c.dir, freePort(t), freePort(t))
	for name, content := range map[string][]byte{"munge.key": key, "slurm.conf": conf} {
		if err := os.WriteFile(at(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.env = append(os.Environ(), "SLURM_CONF="+at("slurm.conf"))
	c.daemon(t, "munged", "--foreground", "--force", "--socket="+at("munge.socket"), "--key-file="+at("munge.key"), "--pid-file="+at("munge.pid"), "--log-file="+at("munge.log"), "--seed-file="+at("munge.seed"))
	c.daemon(t, "slurmctld", "-D", "-f", at("slurm.conf"))
	c.daemon(t, "slurmd", "-D", "-f", at("slurm.conf"))
	for try := 0; !strings.Contains(c.asks("sinfo", "-h", "-o", "%T"), "idle"); try++ {
		if time.Sleep(100 * time.Millisecond); try == 600 {
			log, _ := os.ReadFile(at("slurmctld.log"))
			t.Skipf("Slurm's daemons do not come up here, so Slurm cannot be tested:\n%s", log)
		}
	}
	return c
}

// daemon starts a program that runs until the end of the test.
func (c *cluster) daemon(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = c.env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // as it was told
	})
}

// asks returns what one of Slurm's commands says.
func (c *cluster) asks(name string, args ...string) string {
	cmd := exec.Command(name, args...)
	cmd.Env = c.env
	out, _ := cmd.Output()
	return string(out)
}

// ok runs abkd, which must succeed.
func (c *cluster) ok(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(c.bin, args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Dir, cmd.Stderr = c.env, c.dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("abkd %q: %v: %s", args, err, &stderr)
	}
	return string(out)
}

// ended waits until Slurm has nothing to do.
func (c *cluster) ended(t *testing.T) {
	t.Helper()
	for c.asks("squeue", "-h") != "" {
		time.Sleep(100 * time.Millisecond)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestArray has Slurm do a search of twenty runs, in an array of twenty tasks, and
// kills one at work. It comes to what one process comes to, and the same command
// does again what is taken away.
func TestArray(t *testing.T) {
	c := newCluster(t)
	line := func(out string, more ...string) []string {
		return append([]string{"tune", "--data", "mag-mini", "--criteria", "kd", "--trials", "20", "--epochs", "12", "--teacher-epochs", "5", "--jobs", "1", "--out", out}, more...)
	}
	said := c.ok(t, line("shared out", "--slurm=--time=10 --comment=test")...)
	if want := "teachers: job 1, tasks: 1; runs: job 2, tasks: 20; report: job 3; "; !strings.HasPrefix(said, want) {
		t.Errorf("submitting says %q, want %q", said, want)
	}
	shared := filepath.Join(c.dir, "shared out")
	killed := 0
	for killed == 0 {
		cells, _ := filepath.Glob(filepath.Join(shared, "cells", "*.json"))
		claims, _ := filepath.Glob(filepath.Join(shared, "claims", "*"))
		for _, name := range claims {
			var machine string
			var pid int
			text, _ := os.ReadFile(name)
			if n, _ := fmt.Sscan(string(text), &machine, &pid); len(cells) > 2 && n == 2 && syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed = pid
				break
			}
		}
		if c.asks("squeue", "-h") == "" {
			t.Fatal("all has ended before a task could be killed")
		}
		time.Sleep(time.Millisecond)
	}
	c.ended(t)
	if states := c.asks("scontrol", "show", "job", "2"); strings.Count(states, "JobState=FAILED") != 1 || strings.Count(states, "JobState=COMPLETED") != 19 {
		t.Errorf("want one task that was killed and 19 that were not:\n%s", states)
	}
	c.ok(t, line("alone")...)
	want := found(t, filepath.Join(c.dir, "alone"))
	if got := found(t, shared); got != want {
		t.Errorf("Slurm has found\n%s\none process\n%s", got, want)
	}
	cells, err := filepath.Glob(filepath.Join(shared, "cells", "*.json"))
	if err != nil || len(cells) != 20 {
		t.Fatalf("%d runs are there (%v), want 20", len(cells), err)
	}
	for _, name := range append(cells[:2], filepath.Join(shared, "tuned.json")) {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if said := c.ok(t, line("shared out", "--slurm", "--workers", "1")...); !regexp.MustCompile(`^runs: job \d+, tasks: 1; report: job \d+; `).MatchString(said) {
		t.Errorf("submitting what is left says %q", said)
	}
	c.ended(t)
	if got := found(t, shared); got != want {
		t.Errorf("what was left comes to\n%s\nwant\n%s", got, want)
	}
}

// found returns what a search has found, without times.
func found(t *testing.T, dir string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "trials.csv"))
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "tuned.json"))
	}
	if err != nil {
		outputs, _ := filepath.Glob(filepath.Join(dir, "slurm", "report-*.txt"))
		for _, name := range outputs {
			said, _ := os.ReadFile(name)
			t.Logf("%s: %s", name, said)
		}
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 21 || rows[0][5] != "seconds" {
		t.Fatalf("%d rows (%v): %q", len(rows), err, rows)
	}
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintln(&b, slices.Delete(row, 5, 6))
	}
	return b.String()
}
