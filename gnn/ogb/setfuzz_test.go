//go:build !js

package ogb

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzRead reads a whole data set, of which one file has another text, or
// other bytes. What is read without an error is a valid graph.
func FuzzRead(f *testing.F) {
	files, err := tinyFiles()
	if err != nil {
		f.Fatal(err)
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		f.Add(uint8(i), true, []byte("1,2\n"))
		f.Add(uint8(i), false, files[name].Data[:len(files[name].Data)/2])
	}
	f.Add(uint8(0), true, []byte("num classes,1e3\nis hetero,True\n"))
	f.Add(uint8(0), true, []byte("paper,author\n1e9,0\n"))
	dir := filepath.Join(f.TempDir(), "set")
	if err := os.CopyFS(dir, files); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, packed bool, data []byte) {
		name := names[int(which)%len(names)]
		text := data
		if packed && strings.HasSuffix(name, ".gz") {
			text = pack(string(data))
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
		g, err := Read(dir, Options{MaxBytes: 64 << 20})
		if werr := os.WriteFile(file, files[name].Data, 0o666); werr != nil {
			t.Fatal(werr)
		}
		switch {
		case err != nil && (strings.ContainsAny(err.Error(), "\n\r") || len(err.Error()) > 2000):
			t.Errorf("%s: the error is %q, want one line", name, err)
		case err == nil:
			if err := g.Validate(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
