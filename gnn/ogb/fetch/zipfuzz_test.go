//go:build !js

package fetch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzUnzip unpacks whatever it is given. Nothing may be written outside the
// folder, nothing but files and folders inside, and no more than the limits.
func FuzzUnzip(f *testing.F) {
	for _, items := range [][]item{
		{{name: "t/a", text: "x"}, {name: "t/b/", mode: fs.ModeDir}, {name: "t/b/c", text: strings.Repeat("y", 100)}},
		{{name: "t/../a", text: "x"}}, {{name: "t/a", text: "/etc", mode: fs.ModeSymlink}, {name: "t/a/b", text: "x"}},
	} {
		b, err := zipBytes(items...)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		outside := t.TempDir()
		dir, file := filepath.Join(outside, "in"), filepath.Join(outside, "z.zip")
		if err := errors.Join(os.Mkdir(dir, 0o777), os.WriteFile(file, b, 0o666)); err != nil {
			t.Fatal(err)
		}
		sums, err := unzip(context.Background(), file, dir, "t", InstallOptions{})
		files, size := 0, int64(0)
		werr := fs.WalkDir(os.DirFS(outside), ".", func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || name == "z.zip" || d.IsDir():
				return err
			case !strings.HasPrefix(name, "in/") || !d.Type().IsRegular():
				t.Errorf("%s is there, a %v", name, d.Type())
			}
			info, err := d.Info()
			if err == nil {
				files, size = files+1, size+info.Size()
			}
			return err
		})
		if werr != nil {
			t.Fatal(werr)
		}
		if most := int64(len(b))*maxZipGrowth + freeZipBytes + 1; size > most {
			t.Errorf("%d bytes are unpacked from %d, want at most %d", size, len(b), most)
		}
		if err == nil && files != len(sums) {
			t.Errorf("%d files are there, %d are reported", files, len(sums))
		}
	})
}
