package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// A store is the folder of a comparison, or of a search:
//
//	comparison.json       what is compared; search.json, what is searched
//	teachers/KEY.json     a trained teacher, written after
//	teachers/KEY.safetensors
//	cells/KEY.json        a finished run
//	timing.json           measured inference times
//
// A file is complete or not there. A KEY is a hash of all that the result
// depends on, so whatever is found under it is what would be computed again.
type store struct{ dir string }

// A kind is what a store is for.
type kind struct{ name, doing string }

var (
	comparing = kind{"comparison", "comparing"}
	searching = kind{"search", "tuning"}
)

// A manifest says what a store holds. Two of the same fields make the same
// results, but for Data, which is only a name.
type manifest struct {
	Data        string   `json:"data"`
	Fingerprint string   `json:"fingerprint"`
	Backend     string   `json:"backend"`
	Settings    []string `json:"settings"`
	Methods     []string `json:"methods"`
	Students    []string `json:"students"`
	Seeds       []uint64 `json:"seeds"`
}

func newManifest(data, fingerprint, backend string, s study.Spec) manifest {
	m := manifest{Data: data, Fingerprint: fingerprint, Backend: backend, Seeds: s.Seeds}
	base := s.Base
	base.Data = ""
	m.Settings = strings.Fields(study.Text(base))
	for _, x := range s.Methods {
		m.Methods = append(m.Methods, strings.TrimSuffix(x.String()+": "+x.Settings, ": "))
	}
	for _, x := range s.Students {
		m.Students = append(m.Students, shapeText(x))
	}
	return m
}

func shapeText(s setup.Size) string { return fmt.Sprintf("%dx%d", s.Layers, s.Hidden) }

// differs says in what m is another comparison than old, "" if in nothing.
// With extend, only what makes every result another one counts.
func (m manifest) differs(old manifest, extend bool) string {
	switch {
	case m.Fingerprint != old.Fingerprint:
		return fmt.Sprintf("its data %s have the fingerprint %s, those of %s have %s", old.Data, old.Fingerprint, m.Data, m.Fingerprint)
	case m.Backend != old.Backend:
		return fmt.Sprintf("it was computed by the kernels %s, this would be by %s", old.Backend, m.Backend)
	}
	for i, s := range m.Settings {
		if i >= len(old.Settings) || old.Settings[i] != s {
			return fmt.Sprintf("it has %s, this one has %s", at(old.Settings, i), s)
		}
	}
	if extend {
		return ""
	}
	for _, c := range []struct{ what, old, new string }{
		{"criteria", strings.Join(old.Methods, ", "), strings.Join(m.Methods, ", ")},
		{"students", strings.Join(old.Students, ", "), strings.Join(m.Students, ", ")},
		{"seeds", fmt.Sprint(old.Seeds), fmt.Sprint(m.Seeds)},
	} {
		if c.old != c.new {
			return fmt.Sprintf("its %s are %s, here they are %s; --extend would keep what is done and add the rest", c.what, c.old, c.new)
		}
	}
	return ""
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return "nothing"
}

// openStore returns the store in dir, a new one if there is nothing. A folder
// of anything else is refused.
func openStore(dir string, k kind, m manifest, extend bool) (*store, error) {
	s := &store{dir}
	name := s.path(k.name + ".json")
	var old manifest
	switch err := readJSON(name, &old); {
	case err == nil:
		if d := m.differs(old, extend); d != "" {
			return nil, fmt.Errorf("--out %s: it belongs to another %s: %s (choose another folder)", dir, k.name, d)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--out %s: %s: %w", dir, filepath.Base(name), cause(err))
	default:
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--out %s: %w", dir, cause(err))
		}
		if i := slices.IndexFunc(entries, notOurs); i >= 0 {
			return nil, fmt.Errorf("--out %s: it holds other files, such as %s; want a new folder, or one of a %s", dir, entries[i].Name(), k.name)
		}
	}
	for _, sub := range []string{"teachers", "cells"} {
		if err := os.MkdirAll(s.path(sub), 0o777); err != nil {
			return nil, fmt.Errorf("--out %s: %w", dir, cause(err))
		}
	}
	for _, sub := range []string{"teachers", "cells"} {
		file.CleanFolder(s.path(sub))
	}
	return s, s.write(m, k.name+".json")
}

// notOurs reports whether e is neither this process's nor left by a kill before
// the first file was complete.
func notOurs(e fs.DirEntry) bool {
	return !file.Temporary(e.Name()) && !file.IsLock(e.Name()) && e.Name() != "teachers" && e.Name() != "cells"
}

func (s *store) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// write writes v as JSON, all of it or nothing.
func (s *store) write(v any, elem ...string) error {
	var text bytes.Buffer
	w := json.NewEncoder(&text)
	w.SetIndent("", " ")
	w.SetEscapeHTML(false) // settings are joined by "&"
	if err := w.Encode(v); err != nil {
		return err
	}
	return replaceFile(s.path(elem...), text.Bytes())
}

// saveTeacher keeps a teacher: its weights first, then the file that says
// that they are there.
func (s *store) saveTeacher(m gnn.Model, r study.TeacherResult, origin map[string]string) error {
	meta := merge(origin, map[string]string{"command": "compare", keySettings: r.Experiment, "seed": strconv.FormatUint(r.Seed, 10), "best_epoch": strconv.Itoa(r.BestEpoch)})
	if err := gnn.Save(s.weights(r.Key), m, meta); err != nil {
		return err
	}
	return s.write(r, "teachers", r.Key+".json")
}

func (s *store) weights(key string) string { return s.path("teachers", key+".safetensors") }

// teacher returns the teacher of that key, whose weights are there too. One
// that is damaged is not there, and is trained again.
func (s *store) teacher(key string, t study.Teacher) (r study.TeacherResult, ok bool) {
	if _, err := os.Stat(s.weights(key)); err != nil {
		return r, false
	}
	err := readRun(s.path("teachers", key+".json"), &r)
	return r, err == nil && r.Key == key && r.Check(t) == nil
}

// cell returns the finished run of that key. One that is damaged is not there,
// and is done again.
func (s *store) cell(key, teacher string, c study.Cell) (r study.Result, ok bool) {
	err := readRun(s.path("cells", key+".json"), &r)
	return r, err == nil && r.Key == key && r.Teacher == teacher && r.Check(c) == nil
}

func readJSON(name string, v any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// readRun reads a finished run or teacher.
func readRun(name string, v any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return parseRun(text, v)
}

// parseRun is json.Unmarshal of a finished run or teacher. An accuracy that is
// missing is an error: it would become 0.
func parseRun(text []byte, v any) error {
	type quality struct{ Valid, Test json.RawMessage }
	var said struct {
		quality
		Curve []quality
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	for _, q := range append(said.Curve, said.quality) {
		if q.Valid == nil || q.Test == nil {
			return errors.New("an accuracy is missing")
		}
	}
	return json.Unmarshal(text, v)
}
