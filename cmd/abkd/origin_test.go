package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/cmd/internal/source"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/gnn/safetensors"
	"abkd/gnn/synth"
)

// twoSplits writes the karate club with a first split and a second one whose
// test nodes hold three of the first's training nodes, and whose validation
// nodes one. With another, a feature differs.
func twoSplits(t *testing.T, another bool) string {
	t.Helper()
	g := synth.Karate()
	var all []int32
	for v := range g.Labels {
		all = append(all, int32(v))
	}
	g.Splits = []graph.Split{
		{Name: "first", Train: all[:10], Valid: all[10:20], Test: all[20:]},
		{Name: "second", Train: slices.Concat(all[:6], all[20:30]), Valid: all[6:7], Test: slices.Concat(all[7:10], all[30:])},
	}
	if another {
		g.Labels[33] = (g.Labels[33] + 1) % int32(g.Classes)
	}
	dir := filepath.Join(t.TempDir(), "karate")
	if err := ogb.Write(dir, g); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOrigin uses weights on their own split, on another one, on another graph,
// and weights that say nothing, in every command that reads weights.
func TestOrigin(t *testing.T) {
	data, other, dir := twoSplits(t, false), twoSplits(t, true), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	abkd(t, "train", "--data", data, "--split", "second", "--epochs", "3", "--out", at("own")).ok(t)
	stripped(t, at("own"), at("foreign"), "split", "data", "graph", "split_nodes")
	stripped(t, at("own"), at("old"), "graph", "split_nodes")
	for name, c := range map[string]struct {
		data, weights, split string
		want, graph          string // want is in every output, "" for nothing to tell
		at                   string // the split that is used
	}{
		"default": {data, "own", "", "split second, which the weights were trained on; the first of the data is first", "same", "second"},
		"same":    {data, "own", "second", "", "same", "second"},
		"another": {data, "own", "first", "was trained on split second, DOING on split first: 10 of its 16 training nodes are test nodes here, 0 are validation nodes", "same", "first"},
		"graph":   {other, "own", "", "was trained on split second of another graph", "other", "second"},
		"foreign": {data, "foreign", "", "unknown: it does not say", "unknown", "first"},
		"old":     {data, "old", "first", "10 of its 16 training nodes are test nodes here", "unknown", "first"},
	} {
		t.Run("case="+name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			weights, out := at(c.weights), filepath.Join(dir, "out")
			for _, use := range []struct {
				doing, prefix string
				args          []string
			}{
				{"evaluated", "weights", []string{"eval", "--weights", weights}},
				{"exported", "weights", []string{"export", weights, "--format", "csv", "--out", out + ".csv"}},
				{"exported", "weights", []string{"export", weights, "--format", "pytorch", "--out", out}},
				{"the student", "teacher", []string{"distill", "--teacher", weights, "--epochs", "2", "--out", out + ".st"}},
				{"packed", "teacher", []string{"pack", "--teacher", weights, "--target", "9", "--out", out + ".pack"}},
			} {
				args := append(use.args, "--data", c.data)
				if c.split != "" {
					args = append(args, "--split", c.split)
				}
				want := strings.ReplaceAll(c.want, "DOING", use.doing)
				text, v := abkd(t, args...).ok(t), abkd(t, append(args, "--json")...).ok(t).json(t)
				if !strings.Contains(text.stdout, want) || want == "" && strings.Contains(text.stdout, "trained on") {
					t.Errorf("abkd %q says\n%s\nwant %q", args, text.stdout, want)
				}
				notes := fmt.Sprint(v["notes"])
				if !strings.Contains(notes, want) || want == "" && strings.Contains(notes, "trained on") || v[use.prefix+"_graph"] != c.graph {
					t.Errorf("abkd %q: notes are %v, graph is %v, want %q and %s", args, notes, v[use.prefix+"_graph"], want, c.graph)
				}
				if split, ok := v["split"]; ok && split != c.at {
					t.Errorf("abkd %q uses split %v, want %s", args, split, c.at)
				}
			}
			script, err := os.ReadFile(out + ".py")
			if want := strings.ReplaceAll(c.want, "DOING", "exported"); err != nil || !strings.Contains(string(script), want) {
				t.Errorf("the exported model does not say %q (%v)", want, err)
			}
			lines, err := os.ReadFile(out + ".csv")
			if err != nil || strings.Contains(string(lines), "weights_part") != (c.split == "first" && c.graph != "other") {
				t.Errorf("predictions begin with %.60q (%v)", lines, err)
			}
			student := abkd(t, "eval", "--data", c.data, "--weights", out+".st", "--json").ok(t).json(t)
			if notes := fmt.Sprint(student["notes"]); strings.Contains(notes, "teacher of") != (name != "default" && name != "same") || student["split"] != c.at {
				t.Errorf("the student says %v on split %v", notes, student["split"])
			}
		})
	}
}

// stripped copies a file of weights without some of its metadata.
func stripped(t *testing.T, from, to string, keys ...string) {
	t.Helper()
	f, err := safetensors.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		delete(f.Metadata, key)
	}
	if err := safetensors.WriteFile(to, f); err != nil {
		t.Fatal(err)
	}
}

// TestOriginOfTeachers evaluates a teacher that compare has trained.
func TestOriginOfTeachers(t *testing.T) {
	data, out := twoSplits(t, false), filepath.Join(t.TempDir(), "cmp")
	abkd(t, "compare", "--data", data, "--split", "second", "--criteria", "none,kd", "--seeds", "1", "--epochs", "2", "--teacher-epochs", "2", "--out", out).ok(t)
	files, err := filepath.Glob(filepath.Join(out, "teachers", "*.safetensors"))
	if err != nil || len(files) != 1 {
		t.Fatalf("teachers are %v (%v)", files, err)
	}
	v := abkd(t, "eval", "--data", data, "--weights", files[0], "--json").ok(t).json(t)
	if v["split"] != "second" || v["weights_graph"] != "same" {
		t.Errorf("the teacher is evaluated on split %v, its graph is %v", v["split"], v["weights_graph"])
	}
}

// TestMisfitSaysOrigin uses weights on a graph that they are not for: every
// command says for which they are.
func TestMisfitSaysOrigin(t *testing.T) {
	dir := t.TempDir()
	weights := filepath.Join(dir, "w.safetensors")
	abkd(t, "train", "--data", "karate", "--epochs", "1", "--out", weights).ok(t)
	for _, args := range [][]string{
		{"eval", "--weights", weights},
		{"export", weights, "--out", filepath.Join(dir, "p.csv")},
		{"distill", "--teacher", weights},
		{"pack", "--teacher", weights, "--out", filepath.Join(dir, "g.pack")},
	} {
		r := abkd(t, args...)
		if want := "the weights were trained on --data karate, and here --data is mag-mini"; r.status != 1 || !strings.Contains(r.stderr, want) {
			t.Errorf("%v: exit status %d, stderr is %q, want %q in it", args, r.status, r.stderr, want)
		}
	}
}

// TestSplitDefaultIsSaid checks that help names the split that is taken.
func TestSplitDefaultIsSaid(t *testing.T) {
	for command, want := range map[string]string{
		"train": source.FirstSplit, "tune": source.FirstSplit, "compare": source.TunedSplit,
		"eval": source.WeightsSplit, "export": source.WeightsSplit, "pack": source.TeacherSplit, "distill": source.TeacherSplit,
	} {
		help := strings.Join(strings.Fields(abkd(t, command, "--help").ok(t).stdout), " ")
		if !strings.Contains(help, "(default: "+want+")") {
			t.Errorf("%s --help has no default of --split, want %q", command, want)
		}
	}
}
