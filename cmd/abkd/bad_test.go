package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestBadFlags checks that a wrong command line is refused in one line that
// says what is wanted.
func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"trian", `did you mean "train"?`},
		{"nothing-like-it", `see "abkd --help"`},
		{"train karate", `unexpected argument "karate"`},
		{"help nothing-like-it", `no help on "nothing-like-it"`},
		{"help trian", `did you mean "train"?`},
		{"help train nosuch", `no help on "nosuch"`},
		{"train --beta 1", "--beta is one of abkd compare, abkd distill, not of abkd train"},
		{"bench scale --layers 0", "--layers is 0, want 1..64"},
		{"bench scale --roots 0", "--roots is 0, want 1.."},
		{"bench scale --steps 0", "--steps is 0, want 1.."},
		{"bench step --hidden 2000", "--hidden is 2000, want 1..1024"},
		{"bench step --inputs nosuch", `--inputs is "nosuch", want one of embedding, means`},
		{"compare --preset nosuch", `--preset is "nosuch", want one of quick, recipes, ablation, full`},
		{"pack --features int4 --out x", `--features is "int4", want one of int8, float32`},
		{"pack --data karate --target 500 --out x", "--target is 500, want 1..34"},
		{"info --direction sideways", `--direction is "sideways", want one of stated, directed, undirected (see`},
		{"train --epoch 1", "unknown flag: --epoch (did you mean --epochs?)"},
		{"train -epochs 1", "did you mean --epochs?"},
		{"train --eval_every 1", "did you mean --eval-every?"},
		{"train --epochs=", `--epochs is "", want a whole number from 1 to 100000`},
		{"train --epochs=true", `--epochs is "true", want a whole number`},
		{"train --epochs 2,000", `--epochs is "2,000", want a whole number from 1 to 100000 in plain digits`},
		{"train --lr 0,02", "with a point before decimals"},
		{"train --seed −2", `--seed is "−2", want a whole number from 0 to 4294967296 in plain digits`},
		{"train --seed 4294967297", "from 0 to 4294967296"},
		{"train --json=perhaps", `--json is "perhaps", want true or false`},
		{"train --max-memory plenty", `--max-memory is "plenty", want a size`},
		{"train --out=", `--out is "", want a file`},
		{"train --out", `--out has no value, want a file for the weights of the best validation epoch, in the safetensors format, such as NAME.safetensors (see "abkd train --help")`},
		{"train --epochs", `--epochs has no value, want a whole number from 1 to 100000 (see`},
		{"train --model", "--model has no value, want one of rgcn, gcn, sage, gat, gcnii, mlp, majority, lp, sgc, cs (see"},
		{"train --lr", "--lr has no value, want a number from 1e-06 to 1 (see"},
		{"train --data", "--data has no value, want a graph to read (see"},
		{"train --max-memory", "--max-memory has no value, want a size such as 20GiB"},
		{"train --split", "--split has no value, want a name of the split into training, validation and test nodes (see"},
		{"train --cpuprofile", "--cpuprofile has no value, want a file (see"},
		{"compare --students", "--students has no value, want student sizes, layers x width such as 2x8, separated by commas (see"},
		{"compare --preset", "--preset has no value, want one of quick, recipes, ablation, full (see"},
		{"tune --criteria", "--criteria has no value, want some of "},
		{"fetch --url", "--url has no value, want an address of the zip file, if not the publishers' (see"},
		{"import --features", "--features has no value, want columns to take as features"},
		{"import --split", "--split has no value, want percents (see"},
		{"import --format", "--format has no value, want one of json, "},
		{"import --format nosuch", `--format is "nosuch", want one of json, `},
		{"import --out", "--out has no value, want a folder to write, or a file that ends with .pack (see"},
		{"synth --papers", "--papers has no value, want a whole number (see"},
		{"distill --teacher= --criterion none", `--teacher is "", want a file`},
		{"synth --papers 2e3 --out x", `--papers is "2e3", want a whole number`},
		{"fetch ogbn-mag --root x --idle-timeout 7", `--idle-timeout is "7", want a time such as`},
		{"bench scale --scales a,b", `--scales is "a,b", want numbers`},
		{"info --data KARATE", "did you mean karate?"},
		{"train --data Mag_Mini", "did you mean mag-mini?"},
		{"train --nosuch 1", "unknown flag: --nosuch"},
		{"train --layers 0", "--layers"},
		{"train --layers x", "--layers"},
		{"train --hidden 0", "--hidden"},
		{"train --hidden 1000000000000", "--hidden"},
		{"train --epochs -1", "--epochs"},
		{"train --epochs 0", "--epochs"},
		{"train --lr NaN", "--lr"},
		{"train --lr -0.1", "--lr"},
		{"train --dropout 1", "--dropout"},
		{"train --dropout Inf", "--dropout"},
		{"train --seed -1", "--seed"},
		{"train --model nosuch", "rgcn"},
		{"train --sampler nosuch", "full, neighbor, saint"},
		{"train --batch-size 0", "--batch-size"},
		{"train --fanout 0", "--fanout"},
		{"train --roots 0", "--roots"},
		{"train --steps 0", "--steps"},
		{"train --eval-every 0", "--eval-every"},
		{"train --data karate --split nosuch", `split is "nosuch", want one of`},
		{"train --data no/such/folder", "no/such/folder"},
		{"train --teacher x", "unknown flag: --teacher"},
		{"distill --data karate", "--teacher is not given"},
		{"distill --data karate --criterion none --alpha 0.5", "--teacher is not given"},
		{"distill --criterion nosuch", "abkd, stride, fitnet, at, lsp, gsp, gcrd, kd, none"},
		{"distill --temperature 0", "--temperature"},
		{"distill --alpha 1.5", "--alpha"},
		{"distill --beta NaN", "--beta"},
		{"distill --beta -1", "--beta"},
		{"distill --softmax diagonal", "row, column, global, uniform"},
		{"distill --head nosuch", "linear, batchnorm"},
		{"distill --granularity nosuch", "pooled, per-node"},
		{"distill --nodes some", "train, all"},
		{"distill --frozen=perhaps", "--frozen"},
		{"distill --data karate --teacher no/such/file", "no/such/file"},
		{"eval --data karate", "--weights is not given"},
		{"eval --data karate --weights no/such/file", "no/such/file"},
		{"synth", "--out is not given"},
		{"synth --papers 0 --out x", "--papers is 0, want 20.."},
		{"synth --papers 100 --scale 1 --out x", "--papers and --scale"},
		{"synth --scale NaN --out x", "--scale is NaN"},
		{"synth --scale -1 --out x", "--scale is -1"},
		{"synth --papers 50 --classes 1 --out x", "--classes is 1, want 2..10"},
		{"synth --papers 50 --classes 11 --out x", "--classes is 11, want 2..10 (for 50 papers)"},
		{"synth --papers 10000 --classes 401 --out x", "--classes is 401, want 2..400"},
		{"synth --papers 50 --classes -1 --out x", "--classes is -1"},
		{"synth --out no/such/parent/x", "there is no folder no/such/parent"},
		{"info --data ", "--data is"},
		{"serve", "--dir is not given"},
		{"serve --dir no/such/folder", "no/such/folder"},
		{"serve --dir . --port 65536", `port is "65536"`},
		{"serve --dir . --port x", `port is "x"`},
		{"serve --dir .", "no index.html"},
	} {
		t.Run("args="+c.args, func(t *testing.T) {
			abkd(t, strings.Split(c.args, " ")...).fails(t, c.want)
		})
	}
}

// TestNoValue checks that every flag that needs a value says what it wants.
func TestNoValue(t *testing.T) {
	asked := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" || f.Hidden {
				return
			}
			asked++
			root := newRoot()
			root.SetArgs(append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name))
			err := root.Execute()
			what, ok := strings.CutPrefix(fmt.Sprint(err), "--"+f.Name+" has no value, want ")
			if what, _, _ = strings.Cut(what, " (see"); !ok || what == "" {
				t.Errorf("%s --%s: the error is %v, want one that says what the value is", cmd.CommandPath(), f.Name, err)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
	if asked < 100 {
		t.Errorf("only %d flags need a value", asked)
	}
}

// TestBadPin checks that a pinned matrix of a wrong shape is refused.
func TestBadPin(t *testing.T) {
	teacher := weights(t)
	for _, pin := range []string{"1,0", "1;0;1", "1,0;x,0;0,1", "1,0;NaN,0;0,1", ";;"} {
		t.Run("pin="+pin, func(t *testing.T) {
			abkd(t, "distill", "--data", "karate", "--teacher", teacher, "--epochs", "1", "--pin", pin).fails(t)
		})
	}
}

// TestBadData damages one file of a data set at a time.
func TestBadData(t *testing.T) {
	whole := graphFolder(t)
	features := filepath.Join("raw", "node-feat", "paper", "node-feat.csv.gz")
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   string
	}{
		{"truncated", func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, features)) }, "node-feat"},
		{"no-gzip", func(t *testing.T, dir string) { put(t, filepath.Join(dir, features), "1,2,3\n") }, "node-feat"},
		{"missing", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, features)) }, "node-feat"},
		{"empty-folder", func(t *testing.T, dir string) { remove(t, dir); mkdir(t, dir) }, ""},
		{"file", func(t *testing.T, dir string) { remove(t, dir); put(t, dir, "x") }, ""},
		{"other-folder", func(t *testing.T, dir string) {
			remove(t, dir)
			mkdir(t, dir)
			put(t, filepath.Join(dir, "a.txt"), "x")
		}, ""},
	} {
		t.Run("damage="+c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "graph")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			c.damage(t, dir)
			abkd(t, "info", "--data", dir, "--json").fails(t, c.want)
			abkd(t, "train", "--data", dir, "--epochs", "1").fails(t, c.want)
		})
	}
}

// TestBadWeights damages a file of weights, or takes that of another shape.
func TestBadWeights(t *testing.T) {
	whole := weights(t)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, data string
		bytes      []byte
	}{
		{"other-graph", "mag-mini", data},
		{"cut-in-header", "karate", data[:20]},
		{"cut-in-data", "karate", data[:len(data)-5]},
		{"longer", "karate", append(data[:len(data):len(data)], 0)},
		{"empty", "karate", nil},
		{"text", "karate", []byte("this is no file of weights, but a longer line of text")},
		{"header-of-2^63", "karate", append([]byte{0, 0, 0, 0, 0, 0, 0, 0x80}, data[8:]...)},
	} {
		t.Run("file="+c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "w")
			put(t, name, string(c.bytes))
			abkd(t, "eval", "--data", c.data, "--weights", name).fails(t)
			abkd(t, "distill", "--data", c.data, "--teacher", name, "--epochs", "1").fails(t)
		})
	}
}

// TestBadOut checks that a place that cannot be written is refused before
// the data are read, and that what stood there stays.
func TestBadOut(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	put(t, file, "x")
	for _, c := range []struct{ name, out, want string }{
		{"folder", dir, "it is a folder"},
		{"no-folder", filepath.Join(dir, "no", "w"), "there is no folder"},
		{"file-as-folder", filepath.Join(file, "w"), "not a directory"},
		{"long-name", filepath.Join(dir, strings.Repeat("w", 250)), "file name too long"},
		{"device", os.DevNull, "want an ordinary file"},
	} {
		t.Run("out="+c.name, func(t *testing.T) {
			// The data do not exist: if they were looked for first, that would be the error.
			abkd(t, "train", "--data", "no/such", "--out", c.out).fails(t, "--out "+c.out, c.want)
			abkd(t, "distill", "--data", "no/such", "--criterion", "none", "--out", c.out).fails(t, "--out "+c.out, c.want)
		})
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s is %v (%v), want it still a device", os.DevNull, info, err)
	}
	onlyFile(t, dir, "file")
}

// TestOutIsTeacher checks that a student does not replace its teacher.
func TestOutIsTeacher(t *testing.T) {
	teacher := weights(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(teacher, link); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{teacher, link} {
		abkd(t, "distill", "--data", "karate", "--teacher", teacher, "--epochs", "1", "--out", out).fails(t, "it is what is read as --teacher, want another name")
	}
	abkd(t, "eval", "--data", "karate", "--weights", teacher).ok(t)
}

// TestFailedTrainingKeepsFile checks that a run that ends with an error does
// not touch what an earlier one saved.
func TestFailedTrainingKeepsFile(t *testing.T) {
	old := weights(t)
	before, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	abkd(t, "train", "--data", "karate", "--split", "nosuch", "--out", old).fails(t, "nosuch")
	after, err := os.ReadFile(old)
	if err != nil || string(after) != string(before) {
		t.Errorf("%d bytes (%v) after a failed run, want the same %d", len(after), err, len(before))
	}
}

func truncate(t *testing.T, name string) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, info.Size()*2/3); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}
