//go:build mpi

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	binary string // the program under test
	kills  = flag.Int("kills", 3, "how many ranks TestKill kills, one after the other")
	seed   = flag.Uint64("seed", 1, "which ones, and when")
)

// TestMain builds the program or, as a process that mpirun has started, is a
// rank of TestEqual.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("OMPI_COMM_WORLD_RANK") != "" {
		os.Exit(runEqual())
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "abkd-mpi-test-*")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "abkd-mpi")
		if out, err := exec.Command("go", "build", "-tags", "mpi", "-o", binary, ".").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// mpirun returns the command that runs program on so many ranks, more than there
// are processors if need be. It is not mpirun's to ask who does so.
func mpirun(ranks int, program string, args ...string) *exec.Cmd {
	cmd := exec.Command("mpirun", slices.Concat([]string{"--oversubscribe", "--mca", "btl_vader_single_copy_mechanism", "none", "-np", strconv.Itoa(ranks), program}, args)...)
	cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "GOMAXPROCS=1")
	return cmd
}

// A result is what one run of the program left.
type result struct {
	stdout, stderr string
	status         int
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// ok runs abkd-mpi, which must succeed, and returns its result.
func ok(t *testing.T, ranks int, args ...string) map[string]any {
	t.Helper()
	r := finish(t, mpirun(ranks, binary, append(args, "--json")...))
	var v map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &v); err != nil || r.status != 0 || strings.Count(r.stdout, "\n") != 1 {
		t.Fatalf("%q on %d ranks: status %d, stdout %q, want one line of JSON; stderr:\n%s", args, ranks, r.status, r.stdout, r.stderr)
	}
	return v
}

// sentences are the lines in which the program or mpirun says why it ends.
func sentences(stderr string) (all []string) {
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, program+": ") || strings.HasPrefix(line, "mpirun noticed") {
			all = append(all, line)
		}
	}
	return all
}

// The commands train on any number of ranks to the same losses, and leave what
// one process leaves.
func TestCommands(t *testing.T) {
	dir := t.TempDir()
	var first [2]map[string]any
	for _, ranks := range []int{1, 2, 4} {
		name := func(file string) string { return filepath.Join(dir, strconv.Itoa(ranks)+file) }
		taught := ok(t, ranks, "train", "--data", "mag-mini", "--epochs", "5", "--hidden", "16", "--dropout", "0", "--out", name("t.safetensors"), "--metrics", name("t.jsonl"))
		student := ok(t, ranks, "distill", "--data", "mag-mini", "--teacher", filepath.Join(dir, "1t.safetensors"), "--epochs", "5", "--dropout", "0", "--out", name("s.safetensors"), "--checkpoint", name("s.state"))
		if ranks == 1 {
			first = [2]map[string]any{taught, student}
		}
		for i, v := range []map[string]any{taught, student} {
			for _, term := range []string{"total", "ce", "kd", "aux"} {
				got, want := v["last"].(map[string]any)[term].(float64), first[i]["last"].(map[string]any)[term].(float64)
				if math.Abs(got-want) > 1e-5*max(1, math.Abs(want)) {
					t.Errorf("%d ranks, %v: %s is %v, want %v", ranks, v["command"], term, got, want)
				}
			}
			if v["test"] != first[i]["test"] {
				t.Errorf("%d ranks, %v: test accuracy is %v, want %v", ranks, v["command"], v["test"], first[i]["test"])
			}
		}
		lines, err := os.ReadFile(name("t.jsonl"))
		if err != nil || bytes.Count(lines, []byte("\n")) != 5 {
			t.Errorf("%d ranks: metrics are %q, error %v, want a line for each of 5 epochs", ranks, lines, err)
		}
	}
}

// What all ranks refuse is said once.
func TestRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"train", "--data", "nowhere"},
		{"train", "--data", "karate", "--model", "gcn", "--sampler", "saint", "--roots", "2"},
		{"train", "--data", "karate", "--listen", "127.0.0.1:0"},
		{"eval"},
		{"compare", "--data", "karate"},
	} {
		r := finish(t, mpirun(3, binary, args...))
		if said := sentences(r.stderr); r.status != 1 || r.stdout != "" || len(said) != 1 {
			t.Errorf("%q: status %d, stdout %q, said %q, want status 1 and one sentence; stderr:\n%s", args, r.status, r.stdout, said, r.stderr)
		}
	}
}

// A rank that alone fails, here to write, says so once, and ends all.
func TestOneRankFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	checkpoint := filepath.Join(dir, "state")
	p := start(t, mpirun(3, binary, longRun(checkpoint, 100000)...))
	p.await(t, func() bool { _, err := os.Stat(checkpoint); return err == nil })
	if err := os.Rename(dir, dir+".moved"); err != nil {
		t.Fatal(err)
	}
	if said := p.ended(t, nil); len(said) != 1 || !strings.Contains(said[0], "checkpoint") {
		t.Errorf("said is %q, want one sentence about the checkpoint; stderr:\n%s", said, &p.stderr)
	}
}

// longRun are the arguments of a training that draws at random.
func longRun(checkpoint string, epochs int, more ...string) []string {
	return append([]string{
		"train", "--data", "mag-mini", "--hidden", "16", "--sampler", "neighbor", "--batch-size", "60", "--fanout", "3",
		"--checkpoint", checkpoint, "--metrics", checkpoint + ".jsonl", "--epochs", strconv.Itoa(epochs),
	}, more...)
}

// A started program runs in the background.
type started struct {
	*exec.Cmd
	stderr bytes.Buffer
	gone   chan struct{} // closed when it has ended
}

func start(t *testing.T, cmd *exec.Cmd) *started {
	t.Helper()
	p := &started{Cmd: cmd, gone: make(chan struct{})}
	cmd.Stderr = &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		cmd.Wait() // its status tells
		close(p.gone)
	}()
	return p
}

// await waits for what p will come to.
func (p *started) await(t *testing.T, done func() bool) {
	t.Helper()
	for !done() {
		select {
		case <-p.gone:
			t.Fatalf("%q has ended before; stderr:\n%s", p.Args, &p.stderr)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// ended waits until p and all of its ranks have ended, which are to within 30 s,
// and returns what was said of it.
func (p *started) ended(t *testing.T, ranks []int) []string {
	t.Helper()
	late := time.After(30 * time.Second)
	select {
	case <-p.gone:
	case <-late:
		p.Process.Kill()
		t.Fatal("mpirun is there after 30 s")
	}
	for _, pid := range ranks {
		for running(pid) {
			select {
			case <-late:
				syscall.Kill(pid, syscall.SIGKILL)
				t.Fatalf("rank with process %d is there after 30 s", pid)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return sentences(p.stderr.String())
}

// ranksOf returns the processes that one has started, those of the program.
func ranksOf(parent int) (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range all {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(parent) && strings.Contains(string(stat), "("+program+")") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), "("+program+")") && !strings.Contains(string(stat), ") Z ")
}

func epochsIn(metrics string) int {
	text, _ := os.ReadFile(metrics)
	return bytes.Count(text, []byte("\n"))
}

// Ranks are killed, at any moment, and mpirun too. All end, in one sentence; the
// checkpoint is whole, and what goes on from it comes to the weights of ranks that
// were never killed.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	checkpoint := filepath.Join(dir, "killed.state")
	draw := rand.New(rand.NewPCG(*seed, 0))
	const ranks = 3
	var resume []string
	for k := range *kills {
		before := epochsIn(checkpoint + ".jsonl")
		p := start(t, mpirun(ranks, binary, longRun(checkpoint, 100000, resume...)...))
		if k%2 == 0 || resume == nil { // of the others some are killed before they have begun
			p.await(t, func() bool { return epochsIn(checkpoint+".jsonl") > before+3 })
		}
		time.Sleep(time.Duration(draw.IntN(1000)) * time.Millisecond)
		pids := ranksOf(p.Process.Pid)
		victim, isRank := p.Process.Pid, false
		if n := len(pids); n > 0 && k%5 != 4 {
			victim, isRank = pids[draw.IntN(n)], true
		}
		if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if said := p.ended(t, pids); isRank && len(said) != 1 {
			t.Errorf("kill %d: said is %q, want one sentence; stderr:\n%s", k+1, said, &p.stderr)
		}
		resume = []string{"--resume"}
	}
	epochs := epochsIn(checkpoint+".jsonl") + 3
	killed, whole := filepath.Join(dir, "killed.safetensors"), filepath.Join(dir, "whole.safetensors")
	ok(t, ranks, longRun(checkpoint, epochs, "--resume", "--out", killed)...)
	ok(t, ranks, longRun(filepath.Join(dir, "whole.state"), epochs, "--out", whole)...)
	a, err := os.ReadFile(killed)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	// The settings in the header are the same, as are the weights behind it.
	if !bytes.Equal(a, b) {
		t.Errorf("after %d kills the weights of epoch %d are others", *kills, epochs)
	}
	t.Logf("%d kills in %d epochs", *kills, epochs)
}

// A signal to mpirun ends all ranks after the same step, with the state kept, from
// which another number of ranks goes on as well.
func TestInterrupt(t *testing.T) {
	checkpoint := filepath.Join(t.TempDir(), "state")
	cmd := mpirun(2, binary, longRun(checkpoint, 100000)...)
	cmd.Env = append(cmd.Env, "OMPI_MCA_odls_base_sigkill_timeout=5") // for a step on a machine that does more
	p := start(t, cmd)
	p.await(t, func() bool { return epochsIn(checkpoint+".jsonl") > 2 })
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if said := p.ended(t, nil); len(said) != 1 || !strings.Contains(said[0], "interrupted in epoch") {
		t.Errorf("said is %q, want one sentence; stderr:\n%s", said, &p.stderr)
	}
	epochs := epochsIn(checkpoint + ".jsonl")
	if v := ok(t, 4, longRun(checkpoint, epochs+5, "--resume")...); v["epochs"] != float64(epochs+5) {
		t.Errorf("4 ranks have gone on to epoch %v, want %d", v["epochs"], epochs+5)
	}
}

// Ranks compare, one of them is killed, and the others do its runs: all comes to
// what one process comes to.
func TestCompare(t *testing.T) {
	dir := t.TempDir()
	line := func(out string) []string {
		return []string{"compare", "--data", "mag-mini", "--criteria", "none,kd", "--seeds", "2", "--epochs", "40", "--teacher-epochs", "40", "--out", filepath.Join(dir, out)}
	}
	alone := ok(t, 1, line("alone")...)
	cmd := mpirun(3, binary, append(line("shared"), "--json")...)
	cmd.Args = slices.Insert(cmd.Args, 1, "--enable-recovery")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	p := start(t, cmd)
	p.await(t, func() bool {
		claims, _ := filepath.Glob(filepath.Join(dir, "shared", "claims", "*"))
		for _, name := range claims {
			if pid := claimant(name); slices.Contains(ranksOf(p.Process.Pid), pid) && rankOf(pid) > 0 {
				return syscall.Kill(pid, syscall.SIGKILL) == nil
			}
		}
		return false
	})
	<-p.gone
	var shared map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &shared); err != nil {
		t.Fatalf("stdout is %q, stderr:\n%s", &stdout, &p.stderr)
	}
	for _, field := range []string{"rows", "baselines"} {
		a, b := alone[field].([]any), shared[field].([]any)
		if len(a) == 0 || len(a) != len(b) {
			t.Fatalf("%s: %v alone, %v shared", field, a, b)
		}
		for i := range a {
			if a, b := a[i].(map[string]any)["tests"], b[i].(map[string]any)["tests"]; fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("%s %d: test accuracies are %v, want %v", field, i, b, a)
			}
		}
	}
}

// claimant returns the process that has the run that a file of claims is of.
func claimant(name string) (pid int) {
	text, _ := os.ReadFile(name)
	var machine string
	fmt.Sscan(string(text), &machine, &pid)
	return pid
}

// rankOf returns which rank a process is, -1 for one that has ended.
func rankOf(pid int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	for _, pair := range strings.Split(string(text), "\x00") {
		if rank, is := strings.CutPrefix(pair, "OMPI_COMM_WORLD_RANK="); is {
			n, _ := strconv.Atoi(rank)
			return n
		}
	}
	return -1
}
