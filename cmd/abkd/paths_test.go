package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/commandline"
	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/process"
)

// noPaths are the flags with text that is no path. Every other one must be in
// pathsOf.
var noPaths = []string{
	"addr", "attach", "listen", "backend", "criteria", "features", "format", "inputs", "label", "only", "port", "preset", "recipe", "release", "sha256", "shape", "split", "students",
	"url", "variant", "weights of pack",
}

// commands are all that can be run, by their paths.
var commands = sync.OnceValue(func() map[string]*cobra.Command {
	root := newRoot()
	new(process.Profile).AddFlag(root)
	all := map[string]*cobra.Command{}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Runnable() && cmd.Name() != "help" && cmd.Name() != "completion" && (cmd.Parent() == nil || cmd.Parent().Name() != "completion") {
			all[cmd.CommandPath()] = cmd
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(root)
	return all
})

// A flag for a path that pathsOf does not know would be one that nobody
// checks.
func TestPathsAreDeclared(t *testing.T) {
	all := commands()
	for name, cmd := range all {
		of, ok := pathsOf[name]
		if !ok {
			t.Errorf("%s is not in pathsOf: say which paths it reads and writes", name)
			continue
		}
		l := &commandline.Args{Cmd: cmd, Args: []string{"x"}}
		of(l)
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			kind, _ := pflag.UnquoteUsage(f)
			text := f.Value.Type() == "string" || f.Value.Type() == "stringArray"
			if !text && kind != "file" && kind != "folder" || slices.Contains(l.Asked, f.Name) {
				return
			}
			if !slices.Contains(noPaths, f.Name) && !slices.Contains(noPaths, f.Name+" of "+cmd.Name()) {
				t.Errorf("%s --%s is neither in pathsOf nor said to be no path", name, f.Name)
			}
		})
	}
	for name := range pathsOf {
		if all[name] == nil {
			t.Errorf("pathsOf has %s, which is no command", name)
		}
	}
}

// A line is a command line to check: the paths that its flags give.
type line struct {
	cmd   string
	more  []string // other flags
	flags map[string]string
}

// lines returns a command line for each command, with every path given, each of
// another name in dir.
func lines(t *testing.T, dir string) (all []line) {
	for name, cmd := range commands() {
		if pathsOf[name] == nil {
			continue
		}
		asked := &commandline.Args{Cmd: cmd}
		pathsOf[name](asked)
		l := line{cmd: name, flags: map[string]string{}}
		for _, flag := range append(asked.Asked, "cpuprofile") {
			if f := cmd.Flag(flag); f != nil && f.Value.Type() == "string" && flag != "format" {
				l.flags[flag] = filepath.Join(dir, flag)
			}
		}
		if name == "abkd export" {
			l.flags["WEIGHTS"] = filepath.Join(dir, "WEIGHTS")
			for _, format := range exportFormats {
				l.more = []string{"--format", format}
				all = append(all, l)
			}
			continue
		}
		if name == "abkd import" {
			l.flags["FILES"] = filepath.Join(dir, "FILES")
		}
		if name == "abkd curves" {
			l.flags["METRICS"] = filepath.Join(dir, "METRICS")
		}
		all = append(all, l)
	}
	return all
}

// with returns l with another name for the path of a flag.
func (l line) with(flag, name string) line {
	l.flags = maps.Clone(l.flags)
	l.flags[flag] = name
	return l
}

// paths returns what the program knows of the paths of l.
func (l line) paths(t *testing.T) []paths.Path {
	t.Helper()
	cmd := commands()[l.cmd]
	args := slices.Clone(l.more)
	for flag, name := range l.flags {
		if flag == "WEIGHTS" || flag == "FILES" || flag == "METRICS" {
			args = append(args, name)
		} else {
			args = append(args, "--"+flag+"="+name)
		}
	}
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return pathsFor(cmd, cmd.Flags().Args())
}

// refused fails the test unless the program refuses l, with one sentence that
// names the flag and says why.
func (l line) refused(t *testing.T, how string, flag paths.Path, why string) {
	t.Helper()
	err := paths.Check(l.paths(t))
	if err == nil || !strings.Contains(err.Error(), strings.TrimLeft(flag.FlagName(), "-")) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), why) {
		t.Errorf("%s %q %q, %s: the error is %v, want one that names %s and says %q", l.cmd, l.more, l.flags, how, err, flag.FlagName(), why)
	}
}

func (l line) accepted(t *testing.T, how string) {
	t.Helper()
	if err := paths.Check(l.paths(t)); err != nil {
		t.Errorf("%s %q %q, %s: %v, want it accepted", l.cmd, l.more, l.flags, how, err)
	}
}

// clear empties dir and puts there what l reads: files, and folders with files.
func (l line) clear(t *testing.T, dir string) (reads, writes []paths.Path) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	mkdir(t, dir)
	for _, p := range l.paths(t) {
		switch p.Use {
		case paths.ReadsFile:
			put(t, p.Name, "my work")
			reads = append(reads, p)
		case paths.ReadsGraph, paths.ReadsFolder, paths.ServesFolder:
			mkdir(t, p.Name)
			mkdir(t, filepath.Join(p.Name, "raw"))
			put(t, filepath.Join(p.Name, "raw", "edge.csv.gz"), "my work")
			reads = append(reads, p)
		case paths.KeepsCache:
		default:
			writes = append(writes, p)
		}
	}
	return reads, writes
}

func writesFolder(p paths.Path) bool {
	return p.Use == paths.WritesFolder || p.Use == paths.WritesNewFolder
}

// No command writes what it reads: every flag for an output on every input, by
// the same name, by another name of it, by links, and in a folder.
func TestOutputOnInput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	for _, l := range lines(t, dir) {
		reads, writes := l.clear(t, dir)
		l.accepted(t, "each path of its own")
		for _, w := range writes {
			for _, r := range reads {
				checkOverlap(t, l, dir, w, r)
			}
		}
	}
}

func checkOverlap(t *testing.T, l line, dir string, w, r paths.Path) {
	t.Helper()
	flag := strings.TrimLeft(w.FlagName(), "-")
	// An output that is derived has its name from the flag, with an ending.
	on := func(name string) line {
		return l.with(flag, strings.TrimSuffix(name, strings.TrimPrefix(w.Name, l.flags[flag])))
	}
	folder := paths.IsFolder(r.Name)
	why := "read"
	if folder && !writesFolder(w) {
		why = "it is a folder"
	} else if !folder && writesFolder(w) {
		why = "want a folder"
	}
	if w.Name == l.flags[flag] {
		on(r.Name).refused(t, "the same name", w, why)
		on(filepath.Dir(r.Name)+"/./x/../"+filepath.Base(r.Name)).refused(t, "the same by way of ..", w, "read")
	}
	if folder {
		on(filepath.Join(r.Name, "new")).refused(t, "in the folder that is read", w, "read")
		if w.Name == l.flags[flag] && !writesFolder(w) {
			on(filepath.Join(r.Name, "raw", "edge.csv.gz")).refused(t, "on a file of the folder that is read", w, "read")
		}
	}
	for how, make := range map[string]func(to, name string) error{"symbolic link": os.Symlink, "hard link": os.Link} {
		to := r.Name
		if folder && (how == "hard link" || !writesFolder(w)) {
			to = filepath.Join(r.Name, "raw", "edge.csv.gz")
		}
		if writesFolder(w) && !paths.IsFolder(to) {
			continue
		}
		l.clear(t, dir)
		if err := make(to, w.Name); err != nil {
			t.Fatal(err)
		}
		l.refused(t, how+" to what is read", w, "read")
	}
	if folder && !writesFolder(w) { // what is read lies elsewhere, and is written there
		l.clear(t, dir)
		put(t, w.Name, "")
		if err := os.Symlink(w.Name, filepath.Join(r.Name, "raw", "node-feat.csv.gz")); err != nil {
			t.Fatal(err)
		}
		l.refused(t, "read through a link", w, "read")
	}
	if writesFolder(w) {
		l.clear(t, dir)
		readFlag := strings.TrimLeft(r.FlagName(), "-")
		l.with(readFlag, filepath.Join(w.Name, "in")).refused(t, "what is read in the folder that is written", w, "read")
	}
	l.clear(t, dir)
}

// No two outputs of a command are one file.
func TestOutputOnOutput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	for _, l := range lines(t, dir) {
		_, writes := l.clear(t, dir)
		for i, w := range writes {
			for _, other := range writes[:i] {
				flag := strings.TrimLeft(w.FlagName(), "-")
				if w.Name != l.flags[flag] || w.FlagName() == other.FlagName() {
					continue
				}
				l.with(flag, other.Name).refused(t, "the name of another output", w, "writes too")
				l.with(flag, filepath.Dir(dir)+"/./d/"+filepath.Base(other.Name)).refused(t, "another way to say it", w, "writes too")
				if err := os.Symlink(dir, filepath.Join(dir, "link")); err != nil {
					t.Fatal(err)
				}
				l.with(flag, filepath.Join(dir, "link", filepath.Base(other.Name))).refused(t, "by a link to its folder", w, "writes too")
				l.clear(t, dir)
			}
		}
	}
}

// A file is only replaced by one of its kind; an empty one holds nothing to
// lose.
func TestOutputOfAnotherKind(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	for _, l := range lines(t, dir) {
		_, writes := l.clear(t, dir)
		for _, w := range writes {
			put(t, w.Name, "")
			if writesFolder(w) {
				l.refused(t, "a file in place of a folder", w, "want a folder")
				l.clear(t, dir)
				continue
			}
			l.accepted(t, "an empty file")
			for _, text := range []string{"my notes\n", "{\"mine\":1}\n", strings.Repeat("x", 1<<14), "\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
				put(t, w.Name, text)
				l.refused(t, "a file of another kind", w, "would be replaced")
			}
			remove(t, w.Name)
			mkdir(t, w.Name)
			l.refused(t, "a folder in place of a file", w, "it is a folder")
			l.clear(t, dir)
			for _, name := range []string{"/dev/null", filepath.Join(dir, "no", "such"), "/proc/version"} {
				flag := strings.TrimLeft(w.FlagName(), "-")
				if w.Name == l.flags[flag] {
					l.with(flag, name).refused(t, "no place for a file", w, "")
				}
			}
		}
	}
}

// What is read must be an ordinary file, or a folder where one is read.
func TestInputOfAnotherKind(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	for _, l := range lines(t, dir) {
		reads, _ := l.clear(t, dir)
		for _, r := range reads {
			flag := strings.TrimLeft(r.FlagName(), "-")
			l.with(flag, "/dev/zero").refused(t, "a device", r, "")
			if r.Use == paths.ReadsFile {
				l.with(flag, dir).refused(t, "a folder", r, "it is a folder")
			}
			pipe := filepath.Join(dir, "pipe")
			if mkfifo(pipe) == nil {
				l.with(flag, pipe).refused(t, "a pipe", r, "")
				remove(t, pipe)
			}
		}
	}
}
