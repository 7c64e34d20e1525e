package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// programs are what is built of Go, each for the systems it is built for.
var programs = []struct{ name, dir, os, arch string }{
	{"abkd", "./cmd/abkd", "linux", "amd64"},
	{"abkd", "./cmd/abkd", "darwin", "arm64"},
	{"abkd", "./cmd/abkd", "windows", "amd64"},
	{"abkd-desktop", "./cmd/abkd-desktop", "linux", "amd64"},
	{"abkd-desktop", "./cmd/abkd-desktop", "darwin", "arm64"},
	{"abkd-desktop", "./cmd/abkd-desktop", "windows", "amd64"},
	{"app.wasm", "./wasm/app", "js", "wasm"},
	{"trainer.wasm", "./wasm/trainer", "js", "wasm"},
	{"reader.wasm", "./wasm/reader", "js", "wasm"},
	{"bench.wasm", "./wasm/bench", "js", "wasm"},
	{"edge", "./wasm/edge", "js", "wasm"},
}

// listed is what go list says of a package.
type listed struct {
	Dir      string
	Standard bool
	Module   *struct{ Path, Version, Dir string }
}

// goParts returns Go itself and the modules of which packages are linked into
// one of the programs. root is the folder of go.mod.
func goParts(root string) ([]part, error) {
	std, err := goItself(root)
	if err != nil {
		return nil, err
	}
	modules := map[string]*part{}
	for _, p := range programs {
		add(&std.in, p.name)
		packages, err := linked(root, p.dir, p.os, p.arch)
		if err != nil {
			return nil, err
		}
		for _, l := range packages {
			if l.Standard || l.Module == nil || l.Module.Version == "" { // the last is ours
				continue
			}
			m := modules[l.Module.Path]
			if m == nil {
				m = &part{name: l.Module.Path, version: l.Module.Version}
				modules[l.Module.Path] = m
			}
			add(&m.in, p.name)
			found, err := texts(l.Dir, l.Module.Dir)
			if err != nil {
				return nil, err
			}
			for _, f := range found {
				add(&m.files, f)
			}
		}
	}
	parts := []part{std}
	for _, m := range modules {
		slices.SortFunc(m.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
		parts = append(parts, *m)
	}
	return parts, nil
}

// goItself returns the standard library, of the toolchain that go.mod asks for.
func goItself(root string) (part, error) {
	p := part{name: "Go standard library and runtime", in: []string{"wasm_exec.js"}}
	mod, err := command(root, nil, "go", "mod", "edit", "-json")
	if err != nil {
		return p, err
	}
	var asked struct{ Toolchain string }
	if err := json.Unmarshal(mod, &asked); err != nil {
		return p, err
	}
	goroot, err := command(root, nil, "go", "env", "GOROOT")
	if err != nil {
		return p, err
	}
	p.version = strings.TrimPrefix(asked.Toolchain, "go")
	dir := strings.TrimSpace(string(goroot))
	p.files, err = texts(dir, dir)
	return p, err
}

// linked returns the packages that are linked into the program in dir.
func linked(root, dir, goos, arch string) (all []listed, err error) {
	out, err := command(root, []string{"GOOS=" + goos, "GOARCH=" + arch, "CGO_ENABLED=0"}, "go", "list", "-deps", "-json=Dir,Standard,Module", dir)
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var l listed
		if err := d.Decode(&l); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func command(dir string, env []string, name string, args ...string) ([]byte, error) {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	out, err := c.Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("%s %s: %s", name, strings.Join(args, " "), strings.TrimSpace(string(e.Stderr)))
	}
	return out, err
}

// add appends v unless it is there.
func add[T comparable](all *[]T, v T) {
	if !slices.Contains(*all, v) {
		*all = append(*all, v)
	}
}

var (
	named  = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright|ofl)([-._].*)?$`)
	folder = regexp.MustCompile(`(?i)^(third_party_)?licen[cs]es$`)
	unused = regexp.MustCompile(`(?i)^(gpl\.txt|license-link\.txt|.*\.go)$`) // a choice that is not taken, a link, code
)

// texts returns the licence texts of the package in dir: those beside it and in
// the folders above it, up to root, and in root's folders of licences.
func texts(dir, root string) (all []file, err error) {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name := filepath.Join(dir, e.Name())
			switch {
			case unused.MatchString(e.Name()):
			case e.IsDir() && folder.MatchString(e.Name()):
				if all, err = appendFolder(all, name, root); err != nil {
					return nil, err
				}
			case !e.IsDir() && named.MatchString(e.Name()):
				if all, err = appendText(all, name, root); err != nil {
					return nil, err
				}
			}
		}
		if dir == root || len(dir) <= len(root) {
			return all, nil
		}
		dir = filepath.Dir(dir)
	}
}

// appendFolder appends the texts in a folder of licences.
func appendFolder(all []file, dir, root string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || unused.MatchString(e.Name()) {
			continue
		}
		if all, err = appendText(all, filepath.Join(dir, e.Name()), root); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func appendText(all []file, name, root string) ([]file, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\t", "        ").Replace(decoded(b)), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\f")
	}
	return append(all, file{filepath.ToSlash(rel), strings.Trim(strings.Join(lines, "\n"), "\n")}), nil
}

// decoded returns text in UTF-8, or else in ISO 8859-1.
func decoded(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// npmParts returns the packages of the page that bundled names, and the
// compiler of the kernel modules, whose library is compiled into them.
func npmParts(root, bundled string) (parts []part, err error) {
	for line := range strings.Lines(bundled) {
		name, version, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			return nil, fmt.Errorf("line %q of the bundled packages is not NAME VERSION", line)
		}
		p := part{name: name, version: version, in: []string{"page"}}
		if p.files, err = npmTexts(filepath.Join(root, "site/web/node_modules", name)); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	lock, err := lockedVersions(filepath.Join(root, "wasm/kernel/package-lock.json"))
	if err != nil {
		return nil, err
	}
	asc := part{name: "assemblyscript", version: lock["assemblyscript"], in: []string{"simd128.wasm", "relaxed.wasm"}}
	asc.files, err = npmTexts(filepath.Join(root, "wasm/kernel/node_modules/assemblyscript"))
	return append(parts, asc), err
}

// npmTexts returns the texts of a package, without what Vite adds of packages that
// it has in itself: the page has a helper of Vite's alone.
func npmTexts(dir string) ([]file, error) {
	all, err := texts(dir, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (npm ci installs it)", err)
	}
	for i := range all {
		own, _, _ := strings.Cut(all[i].text, "\n# Licenses of bundled dependencies\n")
		all[i].text = strings.TrimRight(own, "\n")
	}
	return all, err
}

// lockedVersions returns the version of each package in a package-lock.json.
func lockedVersions(name string) (map[string]string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(b, &lock); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	all := map[string]string{}
	for dir, p := range lock.Packages {
		if name, ok := strings.CutPrefix(dir, "node_modules/"); ok {
			all[name] = p.Version
		}
	}
	return all, nil
}

// fontParts returns the fonts in assets/font.
func fontParts(root string) ([]part, error) {
	dir := filepath.Join(root, "assets/font")
	found, err := texts(dir, dir)
	if err != nil {
		return nil, err
	}
	fonts, err := filepath.Glob(filepath.Join(dir, "*.[ot]tf"))
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, f := range fonts {
		parts = append(parts, part{name: path.Base(filepath.ToSlash(f)), version: "subset", in: []string{"app.wasm"}, files: found})
	}
	return parts, nil
}
