package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/training"
	"abkd/sim/setup"
)

// without returns a value of the setting key that is none of values, "" if it
// has none.
func without(key string, values []string) string {
	c := setup.ControlOf(key)
	for _, value := range c.All() {
		if !slices.Contains(values, value) {
			return value
		}
	}
	return map[string]string{"alpha": "0", "pin": "1,0;0,1;1,1", "detach": "on", "no-subspace": "on"}[key]
}

// TestUnusedSettings gives distill each setting beside a value that it does
// not go with.
func TestUnusedSettings(t *testing.T) {
	for _, c := range setup.Controls() {
		for _, n := range c.Needs {
			key, values := n.Key, n.Values
			if !slices.Contains(slices.Concat(settings.TrainKeys, settings.DistillKeys), c.Key) {
				continue
			}
			other := without(key, values)
			if other == "" {
				t.Errorf("%s needs %s %v: the test knows no other value", c.Key, key, values)
			}
			value := c.Default
			if c.Kind == setup.Int {
				value = either0(value, "7")
			}
			if c.Kind == setup.Bool {
				value = "true"
			}
			cmd := training.NewDistill(training.By{})
			cli.KeepTexts(cmd)
			if err := cmd.ParseFlags([]string{"--" + settings.FlagName(c.Key) + "=" + either0(value, "0.5"), "--" + settings.FlagName(key) + "=" + other}); err != nil {
				t.Fatal(err)
			}
			v, _ := settings.Of(cmd.Flags().Lookup("seed"))
			got := strings.Join(settings.Unused(cmd, []setup.Experiment{*v.Experiment}), "\n")
			if !strings.Contains(got, "--"+settings.FlagName(c.Key)+" has no effect: it is for ") {
				t.Errorf("--%s beside %s %s: told is %q", settings.FlagName(c.Key), key, other, got)
			}
		}
	}
}

func either0(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// TestUnusedFlags checks what commands tell of what they do not use.
func TestUnusedFlags(t *testing.T) {
	dir := t.TempDir()
	teacher := filepath.Join(dir, "t")
	pack := filepath.Join(dir, "p")
	abkd(t, "train", "--data", "karate", "--hidden", "4", "--layers", "2", "--epochs", "2", "--out", teacher).ok(t)
	abkd(t, "pack", "--data", "karate", "--out", pack).ok(t)
	for _, c := range []struct {
		args string
		want string // lines, but for those that are the same everywhere
	}{
		{"train --data karate --epochs 1 --heads 3 --out " + dir + "/a", "--heads has no effect: it is for model gat, here it is gcn"},
		{"train --data karate --epochs 1 --model gat --heads 3 --out " + dir + "/a", ""},
		{"train --data karate --epochs 1", "no --out: the weights will not be kept"},
		{"train --data karate --epochs 9 --epochs=1 --out " + dir + "/a", "--epochs 9 is not used: 1 comes after it"},
		{"train --data karate --epochs 1 --epochs 1 --out " + dir + "/a", ""},
		{"train --data karate --epochs 1 --layers 1 --hidden 9 --out " + dir + "/a", "--hidden has no effect: a model of one layer has no hidden one"},
		{"train --data karate --epochs 1 --layers 1 --hidden 9 --model gcnii --out " + dir + "/a", ""},
		{"distill --data karate --epochs 1 --criterion none --teacher " + teacher + " --out " + dir + "/b", "--teacher has no effect: with criterion none and alpha 0 it is measured, and nothing is learned from it"},
		{"distill --data karate --epochs 1 --criterion none --alpha 0.5 --temperature 2 --teacher " + teacher + " --out " + dir + "/b",
			"--criterion none with alpha 0.5 is --criterion kd: the student learns from the teacher's predictions too; with alpha 0 it learns from the labels alone"},
		{"eval --data karate --cache " + dir + "/c --weights " + teacher, "--cache has no effect: karate is built in, not read"},
		{"info --data " + pack + " --cache " + dir + "/c", "--cache has no effect: a pack is opened as it is"},
		{"pack --data karate --weights float32 --out " + pack, "--weights has no effect: there is no --teacher"},
		{"export " + teacher + " --data karate --format safetensors --top 3 --out " + dir + "/e", "--top has no effect: it is for --format csv"},
		{"export " + teacher + " --data karate --format csv --top 2 --split public --out " + dir + "/csv", ""},
		{"export " + teacher + " --data karate --top 9 --out " + dir + "/top", "--top has no effect: there are 4 classes, and all are written"},
		{"synth --scale 0.00001 --out " + dir + "/least", "--scale 1e-05 would be 7.4 papers: the graph has the least, 20"},
		{"bench step --data karate --steps 1 --hidden 4 --inputs means", "--inputs has no effect: every node type has features"},
		{"compare --data karate --model gcn --criteria none --students 1x2 --seeds 1 --epochs 1 --teacher-epochs 1 --teacher-hidden 2 --alpha 0.3 --extend",
			"--alpha has no effect: it is for criterion abkd, stride, fitnet, at, lsp, gsp, gcrd, kd or spread, and no run has that\n--extend has no effect: there is no --out\nno --out: neither weights nor finished runs will be kept"},
		{"compare --data karate --model gcn --criteria kd,abkd --students 1x2 --preset quick --seeds 1 --epochs 1 --teacher-epochs 1 --teacher-hidden 2 --alpha 0.3 --dim 4 --out " + dir + "/k",
			"of --preset quick not used, since given: --criteria, --seeds, --epochs, --teacher-epochs"},
		{"compare --data karate --model gcn --criteria none --variant x:criterion=kd&head=batchnorm --students 1x2 --seeds 1 --epochs 1 --teacher-epochs 1 --teacher-hidden 2 --out " + dir + "/v",
			`head of method "kd x" has no effect: it is for criterion abkd or stride, here it is kd`},
		{"distill --data karate --epochs 1 --criterion abkd --beta 0 --teacher " + teacher + " --out " + dir + "/b", "--criterion has no effect: beta is 0"},
		{"compare --data karate --model gcn --criteria at --students 2x2 --seeds 1 --epochs 1 --teacher-epochs 1 --teacher-hidden 2 --alpha 0.3 --out " + dir + "/f",
			"--alpha has no effect: no run takes it, each has a value of its own"},
		{"tune --data karate --model gcn --criteria kd --trials 2 --epochs 1 --teacher-epochs 1 --teacher-hidden 2 --lr 0.02 --lambda 1 --out " + dir + "/t1",
			"--lambda has no effect: it is for model gcnii, and no run has that"},
	} {
		t.Run("args="+strings.ReplaceAll(strings.ReplaceAll(c.args, dir, ""), " ", ","), func(t *testing.T) {
			r := abkd(t, append(strings.Fields(c.args), "--json")...).ok(t)
			var want string
			var list []any
			for line := range strings.Lines(c.want) {
				line = strings.TrimSuffix(line, "\n")
				want += "note: " + line + "\n"
				list = append(list, line)
			}
			if told := notesOf(r.stderr); told != want {
				t.Errorf("told is %q, want %q", told, want)
			}
			if got := r.json(t)["notes"].([]any); !subset(list, got) {
				t.Errorf("notes are %q, want %q among them", got, list)
			}
		})
	}
}

// notesOf returns the notes in what was told, but for those on the result.
func notesOf(stderr string) (told string) {
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "note: ") && !strings.Contains(line, "best epoch ") && !strings.Contains(line, "BELOW ") {
			told += line
		}
	}
	return told
}

func subset(list, of []any) bool {
	return !slices.ContainsFunc(list, func(x any) bool { return !slices.Contains(of, x) })
}

// TestDropped checks that a model of one relation says what it leaves out.
func TestDropped(t *testing.T) {
	r := abkd(t, "train", "--data", "mag-mini", "--model", "gcn", "--epochs", "1").ok(t)
	for _, want := range []string{"paper cites paper alone", "author (616)", "author writes paper (1,071)"} {
		if !strings.Contains(notesOf(r.stderr), want) {
			t.Errorf("told is %q, want %q in it", r.stderr, want)
		}
	}
	for _, args := range [][]string{{"--data", "mag-mini"}, {"--data", "karate", "--model", "gcn"}, {"--data", "karate", "--model", "mlp"}} {
		r := abkd(t, append([]string{"train", "--epochs", "1", "--out", filepath.Join(t.TempDir(), "w")}, args...)...).ok(t)
		if told := notesOf(r.stderr); told != "" {
			t.Errorf("%q: told is %q, want nothing", args, told)
		}
	}
}
