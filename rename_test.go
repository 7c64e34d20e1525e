package abkd

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// made are folders and files that are made, none of which is the source.
var made = []string{".git", "node_modules", "build", "dist", "generated"}

// TestRename renames the module in a copy: every import is found, and no file
// names the path of before.
func TestRename(t *testing.T) {
	for _, tool := range []string{"git", "make"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	const path = "example.org/under/another"
	dir, old := copyOf(t), modulePath(t)
	do := func(name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "GIT_CONFIG_GLOBAL="+os.DevNull)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	do("git", "init", "-q")
	do("git", "add", "-A")
	do("make", "-s", "rename", "MODULE="+path)
	if all := do("go", "list", "./..."); !strings.Contains(all, path+"/gnn/graph\n") {
		t.Errorf("the packages are\n%s", all)
	}
	named := regexp.MustCompile(`(?:^|[^\w./-])` + regexp.QuoteMeta(old) + `/(` + strings.Join(topFolders(t), "|") + `)\b.*`)
	for _, name := range strings.Fields(do("git", "ls-files")) {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if left := named.Find(b); left != nil && !strings.Contains(name, "testdata/") {
			t.Errorf("%s still says %q", name, left)
		}
	}
}

// TestRenameCovers wants every top folder with a package in the pattern of the
// Makefile's target rename, and no other.
func TestRenameCovers(t *testing.T) {
	b, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile(`\$\$old/\(([a-z|]+)\)`).FindSubmatch(b)
	if pattern == nil {
		t.Fatal("the Makefile has no pattern of top folders")
	}
	got := strings.Split(string(pattern[1]), "|")
	slices.Sort(got)
	if want := topFolders(t); !slices.Equal(got, want) {
		t.Errorf("make rename knows the folders %q, and packages are in %q", got, want)
	}
}

// topFolders returns the first folders of the packages in the lattice.
func topFolders(t *testing.T) (tops []string) {
	level, _ := parseLattice(t)
	for name := range level {
		top, _, _ := strings.Cut(name, "/")
		tops = append(tops, top)
	}
	slices.Sort(tops)
	return slices.Compact(tops)
}

// copyOf returns a copy of the sources.
func copyOf(t *testing.T) string {
	dir := t.TempDir()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(made, d.Name()) && d.IsDir():
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, p), 0o777)
		case !d.Type().IsRegular(), d.Name() == ".git": // a file in a work tree, whose index is not to be written
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, p), b, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
