package main

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

// measured are the keys whose values are times, which differ between runs.
var measured = []string{"seconds", "infer_ms", "load_ms", "out", "peak_memory"}

// comparable removes what differs between two equal runs.
func comparable(v map[string]any) map[string]any {
	for _, key := range measured {
		delete(v, key)
	}
	for _, model := range []string{"teacher", "alone"} {
		if m, ok := v[model].(map[string]any); ok {
			comparable(m)
		}
	}
	return v
}

func checkModel(t *testing.T, v map[string]any) {
	t.Helper()
	for _, key := range []string{"train", "valid", "test"} {
		if x := num(t, v, key); x < 0 || x > 1 {
			t.Errorf("%s is %v, want an accuracy in 0..1", key, x)
		}
	}
	if p, e, b := num(t, v, "params"), num(t, v, "embedding_params"), num(t, v, "bytes"); p < 1 || e < 0 || b != 4*(p+e) {
		t.Errorf("params %v, embedding_params %v, bytes %v, want bytes = 4·(params + embedding_params)", p, e, b)
	}
	if x := num(t, v, "infer_ms"); x <= 0 {
		t.Errorf("infer_ms is %v, want above 0", x)
	}
}

// TestRoundTrip trains a teacher, distils a student and evaluates both from
// their files, on each kind of source.
func TestRoundTrip(t *testing.T) {
	for _, data := range []string{"karate", "mag-mini", "folder"} {
		t.Run("data="+data, func(t *testing.T) {
			if data == "folder" {
				data = graphFolder(t)
			}
			dir := t.TempDir()
			teacher, student := filepath.Join(dir, "teacher"), filepath.Join(dir, "student")
			trained := abkd(t, "train", "--data", data, "--layers", "3", "--hidden", "16", "--epochs", "8", "--out", teacher, "--json").ok(t).json(t)
			checkFit(t, trained, 8)

			taught := abkd(t, "distill", "--data", data, "--teacher", teacher, "--layers", "2", "--hidden", "4", "--epochs", "6",
				"--criterion", "abkd", "--beta", "0.5", "--out", student, "--json").ok(t).json(t)
			checkFit(t, taught, 6)
			checkAlignment(t, taught, 3, 2)
			checkTeacher(t, taught, trained)

			for file, want := range map[string]map[string]any{teacher: trained, student: taught} {
				got := abkd(t, "eval", "--data", data, "--weights", file, "--json").ok(t).json(t)
				checkModel(t, got)
				for _, key := range []string{"train", "valid", "test", "loss", "params", "embedding_params", "bytes", "layers", "hidden"} {
					if got[key] != want[key] {
						t.Errorf("eval of %s: %s is %v, want %v as when it was saved", file, key, got[key], want[key])
					}
				}
			}
		})
	}
}

func checkFit(t *testing.T, v map[string]any, epochs float64) {
	t.Helper()
	checkModel(t, v)
	if e, best := num(t, v, "epochs"), num(t, v, "best_epoch"); e != epochs || best < 1 || best > e {
		t.Errorf("best_epoch %v of epochs %v, want within 1..%v", best, e, epochs)
	}
	if x := num(t, v, "loss"); !(x > 0) {
		t.Errorf("loss is %v, want above 0", x)
	}
	if x := num(t, v, "seconds"); !(x > 0) {
		t.Errorf("seconds is %v, want above 0", x)
	}
	if v["interrupted"] != false {
		t.Errorf("interrupted is %v, want false", v["interrupted"])
	}
}

// checkAlignment checks the shapes of A and D, that A's rows sum to one and
// that no distance is negative.
func checkAlignment(t *testing.T, v map[string]any, teacher, student int) {
	t.Helper()
	for _, key := range []string{"A", "D"} {
		rows, _ := v[key].([]any)
		if len(rows) != teacher {
			t.Fatalf("%s is %v, want %d rows", key, v[key], teacher)
		}
		for _, r := range rows {
			row := r.([]any)
			sum := 0.0
			for _, x := range row {
				sum += x.(float64)
				if x.(float64) < 0 {
					t.Errorf("%s has the entry %v, want none below 0", key, x)
				}
			}
			if len(row) != student || key == "A" && math.Abs(sum-1) > 1e-5 {
				t.Errorf("%s has the row %v with sum %v, want %d entries, and for A sum 1", key, row, sum, student)
			}
		}
	}
}

// checkTeacher checks what distill says of the teacher against what train said.
func checkTeacher(t *testing.T, taught, trained map[string]any) {
	t.Helper()
	teacher, ok := taught["teacher"].(map[string]any)
	if !ok {
		t.Fatalf("teacher is %v, want an object", taught["teacher"])
	}
	checkModel(t, teacher)
	for _, key := range []string{"params", "test", "layers", "hidden"} {
		if teacher[key] != trained[key] {
			t.Errorf("teacher's %s is %v, want %v", key, teacher[key], trained[key])
		}
	}
	want := num(t, teacher, "params") / num(t, taught, "params")
	if got := num(t, taught, "compression"); math.Abs(got-want) > 1e-4*want {
		t.Errorf("compression is %v, want %v", got, want)
	}
}

// TestSameSeed runs everything that draws random numbers twice.
func TestSameSeed(t *testing.T) {
	teacher := weights(t)
	for _, args := range [][]string{
		{"train", "--data", "mag-mini", "--epochs", "3", "--hidden", "8"},
		{"train", "--data", "mag-mini", "--epochs", "2", "--hidden", "8", "--sampler", "neighbor", "--batch-size", "64", "--fanout", "3"},
		{"distill", "--data", "karate", "--teacher", teacher, "--epochs", "5", "--alpha", "0.5"},
	} {
		t.Run("args="+strings.Join(args[:3], ","), func(t *testing.T) {
			run := func(seed string) (map[string]any, []byte) {
				out := filepath.Join(t.TempDir(), "w")
				v := abkd(t, append(args[:len(args):len(args)], "--seed", seed, "--json", "--out", out)...).ok(t).json(t)
				file, err := os.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				return comparable(v), file
			}
			a, fileA := run("7")
			b, fileB := run("7")
			if !reflect.DeepEqual(a, b) {
				t.Errorf("seed 7 gave first\n%v\nthen\n%v", a, b)
			}
			if !bytes.Equal(fileA, fileB) {
				t.Error("seed 7 gave two different files of weights")
			}
			if c, _ := run("8"); reflect.DeepEqual(a["last"], c["last"]) {
				t.Errorf("seeds 7 and 8 both gave the losses %v, want different ones", a["last"])
			}
		})
	}
}

// TestDistillSwitches checks that every switch is taken, and that each of
// those that change the loss does.
func TestDistillSwitches(t *testing.T) {
	teacher := weights(t)
	run := func(t *testing.T, args ...string) map[string]any {
		return abkd(t, append([]string{"distill", "--data", "karate", "--teacher", teacher, "--recipe", "published", "--epochs", "3", "--json"}, args...)...).ok(t).json(t)
	}
	plain := run(t)["last"]
	for _, args := range []string{
		"--criterion kd", "--criterion none", "--beta 0", "--beta 3", "--alpha 0.9", "--alpha 0.9 --temperature 2", "--dim 8",
		"--softmax column", "--softmax global", "--softmax uniform", "--head batchnorm", "--granularity per-node", "--no-subspace",
		"--detach", "--frozen", "--nodes all", "--pin 1,0;0.5,0.5;0,1", "--dropout 0", "--lr 0.1",
	} {
		t.Run("args="+strings.ReplaceAll(args, " ", ","), func(t *testing.T) {
			if v := run(t, strings.Fields(args)...); reflect.DeepEqual(v["last"], plain) {
				t.Errorf("losses are %v, want others than without %s", v["last"], args)
			}
		})
	}
	t.Run("pinned", func(t *testing.T) {
		want := []any{[]any{1., 0.}, []any{0.5, 0.5}, []any{0., 1.}}
		if v := run(t, "--pin", "1,0;0.5,0.5;0,1"); !reflect.DeepEqual(v["A"], want) {
			t.Errorf("A is %v, want it pinned to %v", v["A"], want)
		}
	})
	t.Run("alone", func(t *testing.T) {
		v := abkd(t, "distill", "--data", "karate", "--criterion", "none", "--epochs", "3", "--json").ok(t).json(t)
		if v["A"] != nil || v["teacher"] != nil || v["compression"] != nil {
			t.Errorf("without a teacher A is %v, teacher %v, compression %v, want null", v["A"], v["teacher"], v["compression"])
		}
	})
}

// TestInterrupt stops a training once it has shown progress.
func TestInterrupt(t *testing.T) {
	older := weights(t)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run("signal="+sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			out := filepath.Join(dir, "w")
			put(t, out, string(fileOf(t, older)))
			cmd := exec.Command(binary, "train", "--data", "karate", "--epochs", "100000", "--out", out, "--json")
			r := interrupt(t, cmd, sig)
			if r.status != 130 {
				t.Fatalf("status is %d, want 130; stderr:\n%s", r.status, r.stderr)
			}
			v := r.json(t)
			if v["interrupted"] != true || num(t, v, "epochs") >= 100000 {
				t.Errorf("interrupted is %v after %v epochs, want true before all", v["interrupted"], v["epochs"])
			}
			if !strings.Contains("\n"+r.stderr, "\nabkd: interrupted in epoch ") || !strings.Contains(r.stderr, out) {
				t.Errorf("stderr ends with %q, want a line that says where the weights are", r.stderr)
			}
			got := abkd(t, "eval", "--data", "karate", "--weights", out, "--json").ok(t).json(t)
			if got["valid"] != v["valid"] || got["loss"] != v["loss"] {
				t.Errorf("saved weights have valid %v and loss %v, want %v and %v", got["valid"], got["loss"], v["valid"], v["loss"])
			}
			if !strings.Contains(r.stderr, "--resume goes on from "+out+".checkpoint") {
				t.Errorf("stderr ends with %q, want what the run can go on from", r.stderr)
			}
			remove(t, out+".checkpoint")
			onlyFile(t, dir, "w")
		})
	}
}

// interrupt starts cmd, waits for its first line of progress, sends sig and
// returns the rest.
func interrupt(t *testing.T, cmd *exec.Cmd, sig os.Signal) result {
	t.Helper()
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	// A signal that this process was started to ignore, such as by nohup, would be
	// ignored by the command too.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, sig)
	defer signal.Stop(caught)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	stderr := bufio.NewReader(pipe)
	line, err := stderr.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "training, ") {
		t.Fatalf("first line of stderr is %q (%v), want progress", line, err)
	}
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(stderr)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // the status tells
	return result{cmd.Args[1:], stdout.String(), string(rest), cmd.ProcessState.ExitCode()}
}

// onlyFile checks that dir holds the file name and nothing left over.
func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("%s holds %v, want only %s", dir, entries, name)
	}
}

// TestText checks the tables for people.
func TestText(t *testing.T) {
	teacher := weights(t)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"train", "--epochs", "2"}, []string{"train on karate", "parameters", "accuracy, train", "best epoch", "not saved"}},
		{[]string{"distill", "--epochs", "2", "--teacher", teacher}, []string{"student", "teacher", "2 x ", "3 x 64", "compression", "attention A", "distance D"}},
		{[]string{"eval", "--weights", teacher}, []string{"3 x 64", "inference, whole graph", "ms"}},
		{[]string{"info"}, []string{"34 nodes", "in-degree", "classes", "split"}},
	} {
		t.Run("command="+c.args[0], func(t *testing.T) {
			r := abkd(t, append(c.args, "--data", "karate")...).ok(t)
			for _, w := range c.want {
				if !strings.Contains(r.stdout, w) {
					t.Errorf("stdout is\n%s\nwant %q in it", r.stdout, w)
				}
			}
			for line := range strings.Lines(r.stderr) {
				if !strings.HasPrefix(line, "note: ") {
					t.Errorf("stderr has %q, want nothing but notes for work under a second", line)
				}
			}
		})
	}
}
