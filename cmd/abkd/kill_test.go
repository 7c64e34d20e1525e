package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"abkd/gnn/file"
)

// A killing is a command that is killed again and again at random moments, in a
// folder of its own.
type killing struct {
	name  string
	args  []string // with OUT for the folder
	state string   // the checkpoint in the folder, "" for none
	once  string   // the folder in the folder that it makes, and does not make again; "" for none
	whole string   // the folder of a run that was not disturbed
	took  time.Duration

	kills, ends int // runs that were killed, and that came to their end
	lost, most  int // epochs, in all and by one kill
}

// TestKill kills train, compare, tune, study, reading to a cache, import, pack, export
// and synth again and again, at any moment, by a signal that no program can catch.
// Whatever is there after a kill is whole and what an undisturbed run writes;
// training loses an epoch at most each time; and in the end all is there.
//
// ABKD_KILLS is the number of kills of each command (3), ABKD_KILL_DATA a
// folder with a data set (a small one is made).
func TestKill(t *testing.T) {
	n := 3
	if text := os.Getenv("ABKD_KILLS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("ABKD_KILLS is %q, want a number", text)
		}
	}
	data := os.Getenv("ABKD_KILL_DATA")
	if data == "" {
		data = filepath.Join(t.TempDir(), "graph")
		abkd(t, "synth", "--papers", "600", "--classes", "4", "--features", "16", "--out", data).ok(t)
	}
	data, err := filepath.Abs(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range killings(t, data) {
		t.Run("command="+k.name, func(t *testing.T) {
			k.whole = t.TempDir()
			start := time.Now()
			abkd(t, k.in(k.whole)...).ok(t)
			k.took = time.Since(start)
			k.run(t, n, filepath.Join(t.TempDir(), "killed"))
			t.Logf("%d kills over %.1f s each, %d runs came to their end, %d epochs lost (%d at most by a kill)", k.kills, k.took.Seconds(), k.ends, k.lost, k.most)
		})
	}
}

// killings returns the commands to kill.
func killings(t *testing.T, data string) []*killing {
	t.Helper()
	w := filepath.Join(t.TempDir(), "w.safetensors")
	abkd(t, "train", "--data", data, "--no-cache", "--epochs", "2", "--hidden", "16", "--out", w).ok(t)
	from := []string{"--data", data, "--no-cache"}
	tables := manyTables(t)
	small := append(strings.Fields("--teacher-hidden 16 --teacher-epochs 5 --epochs 5 --seeds 2 --jobs 2"), from...)
	line := func(text string, more []string) []string { return append(strings.Fields(text), more...) }
	return []*killing{
		{name: "train", state: "s", args: line("train --out OUT/w --checkpoint OUT/s --metrics OUT/m --hidden 32 --seed 5 --epochs 30", from)},
		{name: "compare", args: line("compare --out OUT/c --criteria none,kd,abkd --students 2x4,2x8", small)},
		{name: "tune", args: line("tune --out OUT/c --criteria none,kd --trials 3 --layers 2 --hidden 4", small)},
		{name: "study", args: line("study --out OUT/c --criteria at --draws 2 --tuning-seeds 1 --layers 2 --hidden 4", small)},
		{name: "cache", args: []string{"info", "--data", data, "--cache", "OUT/cache"}},
		{name: "import", once: "g", args: append([]string{"import", "--out", "OUT/g"}, tables...)},
		{name: "import-pack", args: append([]string{"import", "--out", "OUT/g.pack"}, tables...)},
		{name: "pack", args: line("pack --target 30 --nodes 400 --teacher "+w+" --out OUT/p", from)},
		{name: "export-csv", args: line("export "+w+" --out OUT/x.csv", from)},
		{name: "export-pytorch", args: line("export "+w+" --format pytorch --out OUT/x", from)},
		{name: "synth", once: "g", args: strings.Fields("synth --papers 600 --classes 4 --features 16 --out OUT/g")},
	}
}

// manyTables returns files of nodes and edges that take a moment to import.
func manyTables(t *testing.T) []string {
	t.Helper()
	const n = 5000
	nodes, edges := []byte("id,label,f0,f1\n"), []byte("source,target\n")
	for i := range n {
		nodes = fmt.Appendf(nodes, "n%d,%d,%d,%d\n", i, i%5, i%7, i%11)
		for k := range 4 {
			edges = fmt.Appendf(edges, "n%d,n%d\n", i, (i*(k+3)+1)%n)
		}
	}
	dir := t.TempDir()
	files := []string{filepath.Join(dir, "nodes.csv"), filepath.Join(dir, "edges.csv")}
	put(t, files[0], string(nodes))
	put(t, files[1], string(edges))
	return files
}

// in returns the command line for a folder.
func (k *killing) in(dir string) (args []string) {
	for _, a := range k.args {
		args = append(args, strings.ReplaceAll(a, "OUT", dir))
	}
	if k.state != "" && exists(filepath.Join(dir, k.state)) {
		args = append(args, "--resume")
	}
	return args
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// run kills the command n times; a run that came to its end is followed by one
// in an empty folder.
func (k *killing) run(t *testing.T, n int, dir string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	mkdir(t, dir)
	for range 20 * n {
		if k.kills == n {
			break
		}
		args := k.in(dir)
		if k.kill(t, args, time.Duration(rng.Float64()*float64(k.took))) {
			k.kills++
			k.check(t, dir)
			k.countLost(t, dir)
			if k.once == "" || !exists(filepath.Join(dir, k.once)) {
				continue
			}
			k.sameFiles(t, dir, k.once) // the kill came after the work
		} else {
			k.finished(t, dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		mkdir(t, dir)
	}
	abkd(t, k.in(dir)...).ok(t)
	k.finished(t, dir)
}

// kill starts the command and kills it after a while. It reports whether it did.
func (k *killing) kill(t *testing.T, args []string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(binary, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	cmd.Process.Kill() // in vain if it is over
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code > 0 {
		t.Fatalf("after %d kills abkd %q ends with status %d: %s", k.kills, args, code, stderr.String())
	}
	return cmd.ProcessState.ExitCode() < 0
}

// finished checks what a run that came to its end left: all that an undisturbed
// one did, and nothing else.
func (k *killing) finished(t *testing.T, dir string) {
	t.Helper()
	k.ends++
	k.check(t, dir)
	k.sameFiles(t, dir, ".")
}

// sameFiles checks that below in dir are the files that are there after a run
// that was not disturbed.
func (k *killing) sameFiles(t *testing.T, dir, below string) {
	t.Helper()
	want, got := filesIn(t, filepath.Join(k.whole, below)), filesIn(t, filepath.Join(dir, below))
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: after %d kills there are the files\n%q\nwant\n%q", k.name, k.kills, got, want)
	}
}

// filesIn returns the names of all files in dir and below.
func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			path, err = filepath.Rel(dir, path)
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// check compares every file in dir that has its name with that of an
// undisturbed run.
func (k *killing) check(t *testing.T, dir string) {
	t.Helper()
	for _, name := range filesIn(t, dir) {
		if file.IsLock(name) || strings.Contains(name, ".abkd-") || name == "s" {
			continue // of a program that was killed; a checkpoint is looked at by going on from it
		}
		got, want := fileOf(t, filepath.Join(dir, name)), readIfThere(filepath.Join(k.whole, name))
		if !bytes.Equal(untimed(name, got), untimed(name, want)) {
			t.Errorf("%s: after %d kills %s is damaged or another one: %d bytes, want %d", k.name, k.kills, name, len(got), len(want))
		}
	}
}

// aTime is what differs between two runs in the files of text that are written.
var aTime = regexp.MustCompile(`"(seconds|infer_ms|teacher_ms|train_s|jobs|line)": ?("[^"]*"|[0-9.e+-]+|null)`)

// untimed returns the content of a file without measured times: a number of
// files are of nothing else, which must be complete only.
func untimed(name string, content []byte) []byte {
	switch base := filepath.Base(name); {
	case base == "m":
		return nil // lines are counted
	case base == "timing.json":
		return verdict(json.Valid(content))
	case base == "table.txt" || base == "report.html" || base == "rows.csv" || base == "trials.csv":
		return verdict(bytes.HasSuffix(content, []byte("\n")))
	case filepath.Ext(base) == ".json":
		if !json.Valid(content) {
			return verdict(false)
		}
		return aTime.ReplaceAll(content, nil)
	}
	return content
}

func verdict(ok bool) []byte { return []byte(strconv.FormatBool(ok)) }

// countLost counts the epochs that were done, by the lines of --metrics, and
// are not in the checkpoint.
func (k *killing) countLost(t *testing.T, dir string) {
	t.Helper()
	if k.state == "" {
		return
	}
	done := bytes.Count(readIfThere(filepath.Join(dir, "m")), []byte("\n"))
	lost := done - k.kept(t, dir)
	k.lost, k.most = k.lost+lost, max(k.most, lost)
	if lost > 1 || lost < 0 {
		t.Errorf("%s: kill %d has lost %d epochs of %d, want one at most", k.name, k.kills, lost, done)
	}
}

// kept returns of which epoch the checkpoint in dir is: a run of fewer epochs
// does not go on from it, and says so.
func (k *killing) kept(t *testing.T, dir string) int {
	t.Helper()
	if !exists(filepath.Join(dir, k.state)) {
		return 0
	}
	var args []string
	for i := 0; i < len(k.args); i++ {
		switch k.args[i] {
		case "--out", "--metrics", "--epochs":
			i++
		default:
			args = append(args, strings.ReplaceAll(k.args[i], "OUT", dir))
		}
	}
	r := abkd(t, append(args, "--epochs", "1", "--resume")...)
	if r.status == 0 {
		return 1
	}
	m := regexp.MustCompile(`(\d+) are done`).FindStringSubmatch(r.stderr)
	if m == nil {
		t.Fatalf("the checkpoint cannot be gone on from: %s", r.stderr)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}
