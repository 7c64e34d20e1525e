package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestRemarks checks what is told of the course of a run.
func TestRemarks(t *testing.T) {
	teacher := filepath.Join(t.TempDir(), "t")
	mini := []string{"--data", "mag-mini", "--seed", "1", "--out", filepath.Join(t.TempDir(), "w")}
	abkd(t, "train", "--data", "mag-mini", "--epochs", "30", "--out", teacher).ok(t)
	aligned := "distill --teacher " + teacher + " --hidden 3 --epochs 40 --criterion abkd --beta 1 --alpha 0 --head linear "
	const collapsed = "note: the alignment has collapsed: since epoch "
	const silent = "note: the alignment is silent: the largest product of attention and distance is 0.00"
	for _, c := range []struct{ args, want, not string }{
		{"train --epochs 2", "note: best epoch 2 is the last: validation accuracy was still rising; more --epochs may help\n", ""},
		{"train --epochs 100", "", "note: best epoch"},
		{"train --epochs 10 --lr 1 --layers 4", ": lower --lr\n", ""},
		{"train --epochs 10", "", "a guess has"},
		{aligned + "--granularity pooled", collapsed, ""},
		{aligned + "--granularity per-node --frozen --no-subspace", "", collapsed},
		{aligned + "--sampler saint --roots 100 --steps 60 --epochs 2 --own-lr 0.1", silent, collapsed}, // it has met its teacher within the first epoch
	} {
		r := abkd(t, append(strings.Fields(c.args), mini...)...).ok(t)
		if !strings.Contains(r.stderr, c.want) || c.not != "" && strings.Contains(r.stderr, c.not) {
			t.Errorf("%s: told is %q, want %q and not %q", c.args, r.stderr, c.want, c.not)
		}
	}
}
