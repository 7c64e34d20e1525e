package abkd

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lattice is the policy on imports: a package may import the packages of this
// module on the lines above its own, and besides the standard library only
// what stands after the colon. A line names one package, or several that do
// not know each other.
const lattice = `
	assets assets/licences assets/help assets/packs assets/typeface assets/lessons
	assets/messages: golang.org/x/text
	sim/wire sim/lesson
	sim/scene sim/guess
	sim/screen: github.com/hajimehoshi/ebiten/v2 golang.org/x/image
	gnn/internal/kernel: golang.org/x/sys/cpu
	gnn/internal/openblas
	gnn/mat gnn/parallel
	gnn/principal
	internal/machine internal/show internal/crash internal/built internal/order internal/webtest internal/ostest
	gnn/filetype
	gnn/file: github.com/gofrs/flock
	gnn/safetensors
	gnn/graph: golang.org/x/sys/unix
	gnn/graph/table
	gnn/graph/table/csv gnn/graph/table/debian gnn/graph/table/graphxml gnn/graph/table/jsongraph gnn/graph/table/matrixmarket gnn/graph/table/numpy
	gnn/graph/formats: github.com/klauspost/compress/gzip github.com/pierrec/lz4/v4 github.com/ulikunitz/xz
	gnn/graph/fingerprint
	gnn/synth gnn/ogb gnn/sample: github.com/klauspost/compress/gzip
	gnn/ogb/fetch gnn/synth/disk
	gnn
	gnn/quality
	gnn/pack gnn/summary gnn/export: gonum.org/v1/gonum/mat
	kd
	gnn/internal/bench: gonum.org/v1/gonum/blas
	sim/inspect
	sim/setup sim/internal/state
	sim/course
	sim/course/markdown: github.com/yuin/goldmark github.com/goccy/go-yaml
	sim/data sim/memory sim/limits sim/baseline sim/remark sim/view
	sim
	sim/course/play
	sim/study: gonum.org/v1/gonum/mat gonum.org/v1/gonum/stat golang.org/x/sync/errgroup
	sim/study/fair: gonum.org/v1/gonum/optimize gonum.org/v1/gonum/stat
	sim/origin
	sim/opening
	sim/study/store sim/fit
	sim/study/chart: gonum.org/v1/plot
	sim/study/report
	sim/study/paper: gonum.org/v1/gonum/integrate gonum.org/v1/gonum/stat
	wasm/port: syscall/js
	wasm/app wasm/trainer: syscall/js github.com/hajimehoshi/ebiten/v2
	wasm/bench wasm/reader: syscall/js
	site/strict: github.com/go-json-experiment/json
	site/gen site/gen/licences site/static site/room site/secrets
	site/gen/headers site/gen/scorm
	site/desk
	site/lab: github.com/coder/websocket
	site/api
	wasm/edge: syscall/js github.com/syumai/workers
	site/classtest: github.com/coder/websocket
	site/host: github.com/coder/websocket github.com/prometheus/client_golang go.etcd.io/bbolt golang.org/x/crypto/acme golang.org/x/time/rate
	cmd/internal/paths
	cmd/internal/term: github.com/schollz/progressbar/v3 golang.org/x/term
	cmd/internal/cli: github.com/spf13/cobra github.com/spf13/pflag
	cmd/internal/process: github.com/spf13/cobra
	cmd/internal/settings: github.com/spf13/cobra github.com/spf13/pflag
	cmd/internal/source: github.com/spf13/cobra
	cmd/internal/bench: gonum.org/v1/gonum/stat
	cmd/internal/outcome: github.com/spf13/cobra gonum.org/v1/gonum/stat
	cmd/internal/lessons: github.com/spf13/cobra
	cmd/internal/slurm
	cmd/internal/studies: github.com/spf13/cobra github.com/spf13/pflag
	cmd/internal/commandline cmd/internal/training: github.com/spf13/cobra
	cmd/internal/mpi
	cmd/abkd: github.com/spf13/cobra github.com/spf13/pflag
	cmd/abkd-mpi: github.com/spf13/cobra
	cmd/internal/native cmd/internal/keep
	cmd/internal/window: github.com/ebitenui/ebitenui github.com/hajimehoshi/ebiten/v2 golang.org/x/image
	cmd/abkd-desktop: github.com/hajimehoshi/ebiten/v2
	cmd/abkd-desktop/bundle: github.com/tc-hib/winres
`

// costly are packages of the standard library that may be imported below
// these folders only: each adds a third of a megabyte or more to a program
// that a student waits for. No page has gnn/ogb/fetch, sim/fit and the parts
// of sim/study, which are for machines with a disk;
// what reads the files of others, gnn/graph/table, is a program of its own.
var costly = map[string][]string{
	"encoding/json": {"site", "cmd", "assets/messages", "gnn/ogb/fetch", "sim/study/store", "sim/study/report", "sim/study/paper", "sim/fit", "gnn/graph/table/jsongraph", "wasm/reader", "wasm/edge"},
	"encoding/gob":  {},
	"net/http":      {"site", "cmd", "gnn/ogb/fetch", "internal/webtest", "wasm/edge"},
	"net/url":       {"site", "cmd", "gnn/ogb/fetch"},
	"regexp":        {"site", "cmd", "sim/course/markdown"},
	"text/template": {"site", "cmd"},
	"syscall/js":    {"wasm"},
}

func TestImports(t *testing.T) {
	for imp, below := range costly {
		for _, f := range below {
			if _, err := os.Stat(f); err != nil {
				t.Errorf("%s may be imported below %s: %v", imp, f, err)
			}
		}
	}
	level, external := parseLattice(t)
	own := modulePath(t) + "/"
	for _, dir := range packageDirs(t) {
		at, known := level[dir]
		if !known {
			t.Errorf("package %s is not in the lattice of deps_test.go: decide where it stands", dir)
			continue
		}
		for _, imp := range imports(t, dir) {
			if dep, ours := strings.CutPrefix(imp, own); ours {
				if l, known := level[dep]; !known || l >= at {
					t.Errorf("%s imports %s, which does not stand above it", dir, dep)
				}
				continue
			}
			if below, limited := costly[imp]; limited && !slices.ContainsFunc(below, func(f string) bool { return strings.HasPrefix(dir, f) }) {
				t.Errorf("%s imports %s, which only %q may", dir, imp, below)
			}
			if first, _, _ := strings.Cut(imp, "/"); strings.Contains(first, ".") &&
				!slices.ContainsFunc(external[dir], func(m string) bool { return imp == m || strings.HasPrefix(imp, m+"/") }) {
				t.Errorf("%s imports %s, want only %q from outside", dir, imp, external[dir])
			}
		}
	}
}

// TestOpens checks that what users name is opened by gnn/file alone: to open a
// pipe is to wait for its writer, and a device may have no end.
func TestOpens(t *testing.T) {
	opens := regexp.MustCompile(`\bos\.(Open|ReadFile)\(`)
	for name, text := range sources(t, "gnn", "sim", "cmd") {
		if dir := path.Dir(name); dir == "gnn/file" || dir == "gnn/internal/bench" {
			continue
		}
		for _, call := range opens.FindAllString(text, -1) {
			t.Errorf("%s calls %s, want Open or Read of gnn/file", name, strings.TrimSuffix(call, "("))
		}
	}
}

// TestFlags checks that only the command line names its flags: a page or a
// window that shows the sentence of a library has none. A whole command is one
// on any front.
func TestFlags(t *testing.T) {
	flag, command := regexp.MustCompile(`(^|\s)--[a-z]{2}`), regexp.MustCompile(`abkd [a-z]+( --\S+ \S+)*`)
	for name, text := range sources(t, "gnn", "kd", "sim", "site", "internal") {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				said, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				if flag.MatchString(command.ReplaceAllString(said, "")) {
					t.Errorf("%s says %q, want it in the words of the library: cmd/internal/settings adds flags", name, said)
				}
			}
			return true
		})
	}
}

// sources returns the Go files below some folders, tests left out.
func sources(t *testing.T, below ...string) map[string]string {
	all := map[string]string{}
	for _, dir := range packageDirs(t) {
		if top, _, _ := strings.Cut(dir, "/"); !slices.Contains(below, top) {
			continue
		}
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.ToSlash(name)] = string(text)
		}
	}
	if len(all) < 100 {
		t.Fatalf("found %d files only", len(all))
	}
	return all
}

// TestDesign wants every package of the lattice in the table of DESIGN.md and
// no other, each below the rows, or in the row, of what it imports.
func TestDesign(t *testing.T) {
	level, _ := parseLattice(t)
	own := modulePath(t) + "/"
	row, packages := tableOfPackages(t), packageDirs(t)
	for name := range level {
		at, there := row[name]
		if !there {
			t.Errorf("the table of DESIGN.md lacks %s", name)
			continue
		}
		for _, imp := range imports(t, name) {
			if dep, ours := strings.CutPrefix(imp, own); ours && row[dep] > at {
				t.Errorf("DESIGN.md has %s above %s, which it imports", name, dep)
			}
		}
	}
	for name := range row {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("the table of DESIGN.md has %s: %v", name, err)
		}
		if _, known := level[name]; !known && slices.Contains(packages, name) {
			t.Errorf("the table of DESIGN.md has %s, which is not in the lattice", name)
		}
	}
}

// tableOfPackages returns the row of each folder in the first table of DESIGN.md.
// In it … stands for the parent of the name before, and {a,b} for several.
func tableOfPackages(t *testing.T) map[string]int {
	b, err := os.ReadFile("DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(b), "\n| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	row := map[string]int{}
	for i, line := range strings.Split(table, "\n") {
		parent := ""
		for k, name := range strings.Split(strings.Split(line, "|")[1], "`") {
			if k%2 == 0 { // between names
				continue
			}
			if rest, short := strings.CutPrefix(name, "…/"); short {
				name = parent + "/" + rest
			}
			parent = path.Dir(name)
			before, several, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
			for last := range strings.SplitSeq(several, ",") {
				if _, twice := row[before+last]; twice {
					t.Errorf("the table of DESIGN.md has %s twice", before+last)
				}
				row[before+last] = i
			}
		}
	}
	if len(row) < 10 {
		t.Fatalf("the table of DESIGN.md has %d folders", len(row))
	}
	return row
}

func parseLattice(t *testing.T) (level map[string]int, external map[string][]string) {
	level, external = map[string]int{}, map[string][]string{}
	for i, line := range strings.Split(strings.TrimSpace(lattice), "\n") {
		names, modules, _ := strings.Cut(line, ":")
		for _, name := range strings.Fields(names) {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("the lattice names %s: %v", name, err)
			}
			level[name], external[name] = i, strings.Fields(modules)
		}
	}
	return level, external
}

// packageDirs returns the folders of this module that hold Go files.
func packageDirs(t *testing.T) (dirs []string) {
	err := filepath.WalkDir(".", func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != ".") {
			return filepath.SkipDir
		}
		if dir := path.Dir(filepath.ToSlash(p)); strings.HasSuffix(p, ".go") && dir != "." && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) < 10 {
		t.Fatalf("found packages in %q only: is the test run at the root?", dirs)
	}
	return dirs
}

// imports returns what the package in dir imports on any platform, with MPI too,
// tests left out.
func imports(t *testing.T, dir string) (all []string) {
	for _, platform := range [][]string{{"linux", "amd64"}, {"js", "wasm"}, {"darwin", "arm64"}, {"linux", "amd64", "mpi"}} {
		c := build.Default
		c.GOOS, c.GOARCH, c.BuildTags = platform[0], platform[1], platform[2:]
		c.CgoEnabled = len(c.BuildTags) > 0
		pkg, err := c.ImportDir(dir, 0)
		if _, none := err.(*build.NoGoError); none {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg.Imports...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
