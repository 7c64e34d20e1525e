package main

import (
	"slices"
	"strings"
	"testing"

	"abkd/cmd/internal/settings"
	"abkd/sim/setup"
)

// TestHelp checks that each command explains itself with examples.
func TestHelp(t *testing.T) {
	top := abkd(t).ok(t)
	if top.stdout != abkd(t, "--help").ok(t).stdout {
		t.Error("abkd alone and abkd --help differ")
	}
	for _, name := range []string{"train", "distill", "eval", "synth", "info", "fetch", "pack", "export", "serve"} {
		t.Run("command="+name, func(t *testing.T) {
			if !strings.Contains(top.stdout, "\n  "+name+" ") {
				t.Errorf("abkd --help does not list %s", name)
			}
			r := abkd(t, name, "--help").ok(t)
			for _, want := range []string{"Usage:\n  abkd " + name, "Examples:\n  abkd " + name, "Flags:"} {
				if !strings.Contains(r.stdout, want) {
					t.Errorf("help is\n%s\nwant %q in it", r.stdout, want)
				}
			}
			if strings.Contains(r.stdout, "cpuprofile") || r.stderr != "" {
				t.Errorf("help shows --cpuprofile or writes to stderr: %q", r.stderr)
			}
		})
	}
}

// TestFlagsCoverControls checks that a setting of the page is a flag here
// too, or is about a teacher trained beside its students.
func TestFlagsCoverControls(t *testing.T) {
	elsewhere := []string{"data", "split", "teach", "teacher-layers", "teacher-hidden", "teacher-epochs"}
	for _, c := range setup.Controls() {
		here := slices.Contains(settings.TrainKeys, c.Key) || slices.Contains(settings.DistillKeys, c.Key)
		if here == slices.Contains(elsewhere, c.Key) {
			t.Errorf("setting %s is a flag: %v, listed as none: %v, want one of them", c.Key, here, !here)
		}
	}
}

// TestDefaults checks that distill has the page's defaults, and train those
// of a teacher.
func TestDefaults(t *testing.T) {
	want := map[string]map[string]string{
		"train":   {"model": "", "layers": "", "hidden": "", "epochs": "", "seed": "1", "data": "mag-mini"},
		"distill": {"data": "mag-mini", "recipe": "aligned"},
	}
	open := append(strings.Fields("criterion beta alpha temperature nodes head granularity no-subspace frozen"), "model", "layers", "hidden", "epochs")
	for _, key := range slices.Concat(settings.TrainKeys, settings.DistillKeys) {
		c := setup.ControlOf(key)
		value := c.Default
		if c.Kind == setup.Bool {
			value = "false"
		}
		if slices.Contains(open, key) {
			value = "" // it is the recipe's, or follows from the size of the graph
		}
		want["distill"][settings.FlagName(key)] = value
	}
	for command, flags := range want {
		cmd, _, err := newRoot().Find([]string{command})
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range flags {
			if f := cmd.Flags().Lookup(name); f == nil || f.DefValue != value {
				t.Errorf("%s --%s is %+v, want default %q", command, name, f, value)
			}
		}
	}
}
