package main

import (
	endian "encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// header returns the metadata of a safetensors file and the names of its
// tensors, read by the format's own description.
func header(t *testing.T, name string) (meta map[string]string, tensors []string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(b[8:8+endian.LittleEndian.Uint64(b)], &entries); err != nil {
		t.Fatal(err)
	}
	for key, text := range entries {
		if key != "__metadata__" {
			tensors = append(tensors, key)
		} else if err := json.Unmarshal(text, &meta); err != nil {
			t.Fatal(err)
		}
	}
	return meta, tensors
}

// TestWeightsAreDocumented compares the tensors and the metadata of the files
// that abkd writes with the topic, in both directions.
func TestWeightsAreDocumented(t *testing.T) {
	b := blocks(topic(t, "weights"))
	tensors, keys, seen := map[string]*regexp.Regexp{}, map[string]bool{}, map[string]bool{}
	pattern := strings.NewReplacer(".", `\.`, "RELATION", "[a-z_]+__[a-z_]+__[a-z_]+", "TYPE", "[a-z_]+", "L", `\d+`)
	for line := range strings.Lines(b[0]) {
		f := strings.Fields(line)
		tensors[f[0]+" "+f[1]] = regexp.MustCompile("^" + pattern.Replace(f[0]) + " " + pattern.Replace(f[1]) + "$")
	}
	for line := range strings.Lines(b[1]) {
		keys[strings.Fields(line)[0]] = true
	}
	for _, name := range weightFiles(t) {
		meta, names := header(t, name)
		for key := range meta {
			seen[key] = true
			if !keys[key] {
				t.Errorf("%s has the metadata %s, which are not documented", filepath.Base(name), key)
			}
		}
		for _, tensor := range names {
			found := false
			for line, re := range tensors {
				if re.MatchString(meta["abkd.kind"]+" "+tensor) || re.MatchString("any "+tensor) {
					found, seen[line] = true, true
				}
			}
			if !found {
				t.Errorf("the tensor %s of %s is not documented", tensor, meta["abkd.kind"])
			}
		}
	}
	for key := range keys {
		if !seen[key] {
			t.Errorf("metadata %s are documented, and no file has them", key)
		}
	}
	for line := range tensors {
		if !seen[line] {
			t.Errorf("the tensor %s is documented, and no file has it", line)
		}
	}
}

// weightFiles returns files of weights of every kind and origin.
func weightFiles(t *testing.T) (files []string) {
	t.Helper()
	dir, graph := t.TempDir(), graphFolder(t)
	train := func(name string, args ...string) {
		t.Helper()
		files = append(files, filepath.Join(dir, name))
		abkd(t, append(args, "--epochs", "1", "--out", filepath.Join(dir, name))...).ok(t)
	}
	for _, kind := range []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp"} {
		train(kind, "train", "--data", "karate", "--model", kind, "--hidden", "4", "--row-normalise")
	}
	for _, kind := range []string{"majority", "lp", "sgc", "cs"} {
		train(kind, "train", "--data", "karate", "--model", kind, "--through", "knows", "--hidden", "4")
	}
	train("embedding", "train", "--data", graph, "--inputs", "embedding", "--input", "6", "--hidden", "4")
	train("labels", "train", "--data", graph, "--inputs", "fastrp", "--label-reuse", "--hidden", "4")
	train("student", "distill", "--data", "karate", "--teacher", files[0], "--hidden", "4")
	out := filepath.Join(dir, "compare")
	abkd(t, "compare", "--data", "karate", "--criteria", "kd", "--students", "1x2", "--seeds", "1", "--epochs", "1", "--teacher-epochs", "1", "--out", out).ok(t)
	teachers, _ := filepath.Glob(filepath.Join(out, "teachers", "*.safetensors"))
	return append(files, teachers...)
}
