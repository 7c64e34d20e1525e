package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestComplete asks for completions as a shell does.
func TestComplete(t *testing.T) {
	dir := t.TempDir()
	graph := filepath.Join(dir, "small")
	abkd(t, "synth", "--papers", "60", "--classes", "3", "--features", "8", "--out", graph).ok(t)
	if err := os.MkdirAll(filepath.Join(dir, "more", "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"part.pack", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, want, not string }{
		{"train --model ", "rgcn gcn sage gat gcnii mlp", ""},
		{"train --model=g", "gcn gat gcnii", "rgcn"},
		{"train --sampler ", "full neighbor saint", ""},
		{"distill --criterion ", "abkd stride kd none", ""},
		{"distill --softmax ", "row column global uniform", ""},
		{"distill --frozen=", "true false", ""},
		{"compare --criteria none,ab", "none,abkd", "none,kd"},
		{"compare --criteria none,kd+a", "none,kd+abkd none,kd+at", "kd+none"},
		{"compare --preset ", "quick ablation full", ""},
		{"tune --criteria ", "none kd abkd", "kd+"},
		{"train --data ", "karate mag-mini small part.pack more/", "notes.txt"},
		{"train --data more/", "more/deep/", "small"},
		{"train --data small --split ", "time", ""},
		{"train --data karate --split ", "public", "time"},
		{"synth --shape ", "ogbn-mag", ""},
		{"export --format ", "csv safetensors pytorch", ""},
		{"pack --weights ", "float16 float32", ""},
		{"bench step --backend ", "go", ""},
		{"bench step --inputs ", "embedding means", ""},
		{"fetch ", "ogbn-mag ogbn-arxiv", ""},
		{"eval --weights ", "safetensors :8", ""},
		{"distill --teacher ", "safetensors :8", ""},
		{"export ", "safetensors :8", ""},
		{"pack --out ", "pack :8", ""},
		{"tune --out ", ":16", ""},
		{"train --seed ", ":4", ""},
		{"help t", "train tune", "eval"},
		{"completion ", "bash zsh fish powershell", ""},
	} {
		args := strings.Split(c.args, " ")
		cmd := exec.Command(binary, append([]string{"__complete"}, args...)...)
		cmd.Dir = dir
		got := words(finish(t, cmd).ok(t).stdout)
		for _, want := range strings.Fields(c.want) {
			if !strings.Contains(got, " "+want+" ") {
				t.Errorf("%q is completed by%s, want %s among them", c.args, got, want)
			}
		}
		if c.not != "" && strings.Contains(got, " "+c.not) {
			t.Errorf("%q is completed by%s, want no %s", c.args, got, c.not)
		}
	}
}

// words are what is offered, without descriptions, and the directive.
func words(stdout string) string {
	all := " "
	for line := range strings.Lines(stdout) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		all += word + " "
	}
	return all
}

// TestCompletionScripts checks that there is one for each shell, and that help
// says so.
func TestCompletionScripts(t *testing.T) {
	if top := abkd(t, "--help").ok(t); !strings.Contains(top.stdout, "\n  completion ") {
		t.Error("abkd --help does not list completion")
	}
	abkd(t, "completion", "tcsh").fails(t, `there is no completion for "tcsh", want one of bash, fish, powershell, zsh`)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := abkd(t, "completion", shell).ok(t); !strings.Contains(r.stdout, "abkd") {
			t.Errorf("completion %s is %.60q", shell, r.stdout)
		}
	}
}
