package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/gnn/safetensors"
	"abkd/sim/data"
	"abkd/sim/fit"
	"abkd/sim/study/report"
)

// TestWithFlags wants every error of a library that flags can mend told with
// these, once, and all others as they are.
func TestWithFlags(t *testing.T) {
	read := func(content string) error {
		path := filepath.Join(t.TempDir(), "weights")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := safetensors.ReadFile(path)
		return err
	}
	full := errors.New("no space left")
	for _, c := range []struct {
		err  error
		want []string
	}{
		{read("ABKR\x02\x00"), []string{"it is the state of a run (a checkpoint)", "--resume goes on from it; weights are what --out names"}},
		{read("ABKDPACK\x01\x00"), []string{"it is a pack", "a pack is given as --data"}},
		{read("a text"), []string{"it is a text file, want a safetensors file"}},
		{&fit.FileError{What: "metrics", Name: "m.jsonl", Err: full}, []string{"--metrics m.jsonl: no space left"}},
		{errors.Join(&fit.FileError{What: "checkpoint", Name: "c", Err: full, Kept: true, Epoch: 3}, full),
			[]string{"--checkpoint c: no space left; the one of epoch 3 is as it was: --resume goes on from it when this is mended", "\nno space left"}},
		{fmt.Errorf("not cached: %w", &data.CacheFolderError{Err: full}), []string{"not cached: no space left: want --cache or --no-cache"}},
		{&report.SeedError{Seed: 7}, []string{"seed 7 was tuned on, want others to compare with (--seed)"}},
		{full, []string{"no space left"}},
	} {
		got := WithFlags(c.err)
		for _, want := range c.want {
			if strings.Count(got.Error(), want) != 1 {
				t.Errorf("told is %q, want %q in it once", got, want)
			}
		}
		if !errors.Is(got, c.err) && !errors.Is(got, full) {
			t.Errorf("%q hides its cause", got)
		}
	}
}
