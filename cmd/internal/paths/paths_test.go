package paths

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheck looks at what two paths may be to each other, and at what a file
// may replace. That every command states its paths is tested where they are.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"in": "words", "note": "note: words", "empty": "", "folder/in": "words"} {
		if err := os.MkdirAll(filepath.Dir(at(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("in", at("link")); err != nil {
		t.Fatal(err)
	}
	note := BeginsWith("note", "note: ")
	read := func(name string) Path { return Path{Flag: "--in", Name: at(name), Use: ReadsGraph} }
	write := func(name string) Path { return Path{Flag: "--out", Name: at(name), Use: WritesFile, Kind: note} }
	for _, c := range []struct {
		all  []Path
		want string // "" for none
	}{
		{[]Path{read("in"), write("new")}, ""},
		{[]Path{read("in"), write("note")}, ""},
		{[]Path{read("in"), write("empty")}, ""},
		{[]Path{read("note"), write("in")}, "no note, and would be replaced"},
		{[]Path{read("in"), write("in")}, "it is what is read as --in"},
		{[]Path{read("in"), write("link")}, "it is what is read as --in"},
		{[]Path{read("folder"), write("folder/new")}, "nothing is written into what is read"},
		{[]Path{read("in"), write("folder")}, "it is a folder"},
		{[]Path{read("in"), write("no/new")}, "there is no folder"},
		{[]Path{write("new"), write("new")}, "it is what --out writes too"},
		{[]Path{read("folder/in"), {Flag: "--to", Name: at("folder"), Use: WritesFolder}}, "is in it: want another folder"},
	} {
		err := Check(c.all)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.all, err, c.want)
		}
	}
}

// TestLocks has two commands that write one file.
func TestLocks(t *testing.T) {
	out := Path{Flag: "--out", Name: filepath.Join(t.TempDir(), "out"), Use: WritesFile}
	var first, second Locks
	if err := first.Take([]Path{out}); err != nil {
		t.Fatal(err)
	}
	if err := second.Take([]Path{out}); err == nil || !strings.Contains(err.Error(), "--out "+out.Name) || !strings.Contains(err.Error(), "wait for it or give another name") {
		t.Errorf("a second time: %v, want it refused", err)
	}
	first.Free()
	if err := second.Take([]Path{out}); err != nil {
		t.Errorf("once it is free: %v", err)
	}
	second.Free()
}
