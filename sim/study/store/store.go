// Package store keeps a comparison, or a search, in a folder:
//
//	comparison.json       what is compared; search.json, what is searched; study.json, what is studied
//	teachers/KEY.json     a trained teacher, written after
//	teachers/KEY.safetensors
//	cells/KEY.json        a finished run
//	timing.json           measured inference times
//	claims/KEY            who does a run, where processes share the folder, see Claims
//
// A file is complete or not there, after a kill or a power cut too, so that a
// study which was ended goes on where it was.
package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/gnn/safetensors"
	"abkd/sim/study"
)

// A Folder is a study.Store on the disk.
type Folder struct {
	dir string
	// Origin is what the teachers' weights say of their data, in their metadata.
	Origin map[string]string
}

// A Kind is what a folder is for.
type Kind string

const (
	Comparison Kind = "comparison"
	Search     Kind = "search"
	Study      Kind = "study"
)

// A Manifest says what a folder holds. Two of the same fields make the same
// results, but for Data, which is only a name.
type Manifest struct {
	Data        string   `json:"data"`
	Fingerprint string   `json:"fingerprint"`
	Backend     string   `json:"backend"`
	Settings    []string `json:"settings"`
	Methods     []string `json:"methods"`
	Students    []string `json:"students"`
	Seeds       []uint64 `json:"seeds"`
}

// NewManifest returns the manifest of s on data of that name and fingerprint.
func NewManifest(data, fingerprint, backend string, s study.Spec) Manifest {
	m := Manifest{Data: data, Fingerprint: fingerprint, Backend: backend, Seeds: s.Seeds}
	base := s.Base
	base.Data = ""
	m.Settings = strings.Fields(study.Text(base))
	if s.Weights != nil {
		m.Settings = append(m.Settings, "teacher="+study.WeightsPrint(s.Weights))
	}
	for _, x := range s.Methods {
		m.Methods = append(m.Methods, strings.TrimSuffix(x.String()+": "+x.Settings, ": "))
	}
	for _, x := range s.Students {
		m.Students = append(m.Students, study.SizeText(x))
	}
	return m
}

// An OtherError says that a folder holds another comparison or search.
type OtherError struct {
	Dir    string
	Kind   Kind
	What   string // differs
	Advice string // what to do about it beside choosing another folder, "" for nothing
	// Extensible is set if Open would take the folder to extend it.
	Extensible bool
}

// Error implements error.
func (e *OtherError) Error() string {
	advice := ""
	if e.Advice != "" {
		advice = "; " + e.Advice
	}
	return fmt.Sprintf("%s: it belongs to another %s: %s%s (choose another folder)", e.Dir, e.Kind, e.What, advice)
}

// differs says in what m is another comparison than old, "" if in nothing, and
// whether it is one that old could be extended to.
func (m Manifest) differs(old Manifest) (what string, extends bool) {
	switch {
	case m.Fingerprint != old.Fingerprint:
		return fmt.Sprintf("its data %s have the fingerprint %s, those of %s have %s", old.Data, old.Fingerprint, m.Data, m.Fingerprint), false
	case m.Backend != old.Backend:
		return fmt.Sprintf("it was computed by the kernels %s, this would be by %s", old.Backend, m.Backend), false
	}
	for i := range max(len(m.Settings), len(old.Settings)) {
		if a, b := at(old.Settings, i), at(m.Settings, i); a != b {
			return fmt.Sprintf("it has %s, this one has %s", a, b), false
		}
	}
	for _, c := range []struct{ what, old, new string }{
		{"criteria", strings.Join(old.Methods, ", "), strings.Join(m.Methods, ", ")},
		{"students", strings.Join(old.Students, ", "), strings.Join(m.Students, ", ")},
		{"seeds", fmt.Sprint(old.Seeds), fmt.Sprint(m.Seeds)},
	} {
		if c.old != c.new {
			return fmt.Sprintf("its %s are %s, here they are %s", c.what, c.old, c.new), true
		}
	}
	return "", true
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return "nothing"
}

// Open returns the folder dir for what m says, a new one if there is nothing.
// With extend the folder may hold a part of that; what is done is kept. A folder
// of anything else is refused.
func Open(dir string, k Kind, m Manifest, extend bool) (*Folder, error) {
	f := &Folder{dir: dir}
	for _, sub := range []string{"", "teachers", "cells"} {
		if err := f.checkLinks(sub); err != nil {
			return nil, err
		}
	}
	name := string(k) + ".json"
	var old Manifest
	switch err := f.read(&old, name); {
	case err == nil:
		if what, extends := m.differs(old); what != "" && !(extends && extend) {
			return nil, &OtherError{Dir: dir, Kind: k, What: what, Extensible: extends}
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %s is damaged (%w): choose another folder, or remove that file with all beside it", dir, name, file.Cause(err))
	default:
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", dir, file.Cause(err))
		}
		if i := slices.IndexFunc(entries, notOurs); i >= 0 {
			return nil, fmt.Errorf("%s: it holds other files, such as %s; want a new folder, or one of a %s", dir, entries[i].Name(), k)
		}
	}
	for _, sub := range []string{"teachers", "cells"} {
		if err := os.MkdirAll(f.Path(sub), 0o777); err != nil {
			return nil, fmt.Errorf("%s: %w%s", dir, file.Cause(err), file.Advice(err))
		}
	}
	return f, f.WriteJSON(m, name)
}

// checkLinks refuses links in place of files: what they lead to would be replaced.
func (f *Folder) checkLinks(sub string) error {
	entries, _ := os.ReadDir(f.Path(sub)) // a folder that cannot be read is told when it is used
	for _, e := range entries {
		name := f.Path(sub, e.Name())
		info, err := os.Stat(name)
		if e.Type()&fs.ModeSymlink != 0 && !(err == nil && info.IsDir()) {
			return fmt.Errorf("%s: %s is a link, and what it leads to would be replaced: remove the link", f.dir, name)
		}
	}
	return nil
}

// notOurs reports whether e is neither this process's nor left by a kill before
// the first file was complete.
func notOurs(e fs.DirEntry) bool {
	return !file.Temporary(e.Name()) && !file.IsLock(e.Name()) && e.Name() != "teachers" && e.Name() != "cells" && e.Name() != claimsDir
}

// String returns the path of the folder.
func (f *Folder) String() string { return f.dir }

// Path returns the path of a file in the folder.
func (f *Folder) Path(elem ...string) string {
	return filepath.Join(append([]string{f.dir}, elem...)...)
}

// Write writes a file, all of it or nothing.
func (f *Folder) Write(content []byte, elem ...string) error {
	return file.Replace(f.Path(elem...), file.Bytes(content))
}

// WriteJSON writes v as JSON, all of it or nothing.
func (f *Folder) WriteJSON(v any, elem ...string) error {
	var text bytes.Buffer
	w := json.NewEncoder(&text)
	w.SetIndent("", " ")
	w.SetEscapeHTML(false) // settings are joined by "&"
	if err := w.Encode(v); err != nil {
		return err
	}
	return f.Write(text.Bytes(), elem...)
}

func (f *Folder) read(v any, elem ...string) error {
	text, err := file.Read(f.Path(elem...))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

func (f *Folder) weights(key string) string { return f.Path("teachers", key+".safetensors") }

// Teacher implements study.Store. One that is damaged is not there, and is
// trained again.
func (f *Folder) Teacher(key string, t study.Teacher) (r study.TeacherResult, ok bool) {
	if err := readRun(f.Path("teachers", key+".json"), &r); err != nil || r.Key != key || r.Check(t) != nil {
		return r, false
	}
	weights, err := safetensors.ReadFile(f.weights(key))
	if err != nil || gnn.CheckSum(weights) != nil {
		return r, false
	}
	return r, saysTeacher(weights.Metadata, r)
}

// saysTeacher reports whether meta, of weights, is r's. Those of older folders
// say the experiment, which has the seed, and neither seed nor best epoch beside it.
func saysTeacher(meta map[string]string, r study.TeacherResult) bool {
	for k, want := range teacherMeta(r) {
		said, has := meta[k]
		older := !has && (k == "seed" || k == "best_epoch")
		if said != want && !older {
			return false
		}
	}
	return true
}

// teacherMeta is what the weights of a teacher say of it.
func teacherMeta(r study.TeacherResult) map[string]string {
	return map[string]string{"command": "compare", "experiment": r.Experiment, "seed": strconv.FormatUint(r.Seed, 10), "best_epoch": strconv.Itoa(r.BestEpoch)}
}

// LoadTeacher implements study.Store.
func (f *Folder) LoadTeacher(key string, g *graph.Graph) (gnn.Model, error) {
	return gnn.Load(f.weights(key), g)
}

// SaveTeacher implements study.Store: the weights first, then the file that
// says that they are there.
func (f *Folder) SaveTeacher(m gnn.Model, r study.TeacherResult) error {
	meta := map[string]string{}
	maps.Copy(meta, f.Origin)
	maps.Copy(meta, teacherMeta(r))
	if err := gnn.Save(f.weights(r.Key), m, meta); err != nil {
		return err
	}
	return f.WriteJSON(r, "teachers", r.Key+".json")
}

// Cell implements study.Store. One that is damaged is not there, and is done
// again.
func (f *Folder) Cell(key, teacher string, c study.Cell) (r study.Result, ok bool) {
	err := readRun(f.Path("cells", key+".json"), &r)
	return r, err == nil && r.Key == key && r.Teacher == teacher && r.Check(c) == nil
}

// SaveCell implements study.Store.
func (f *Folder) SaveCell(r study.Result) error { return f.WriteJSON(r, "cells", r.Key+".json") }

// Timing implements study.Store. What cannot be read is measured anew.
func (f *Folder) Timing() map[string]float64 {
	var t map[string]float64
	if f.read(&t, "timing.json") != nil {
		return nil
	}
	return t
}

// SaveTiming implements study.Store.
func (f *Folder) SaveTiming(t map[string]float64) error { return f.WriteJSON(t, "timing.json") }

// readRun reads a finished run or teacher.
func readRun(name string, v any) error {
	text, err := file.Read(name)
	if err != nil {
		return err
	}
	return ParseRun(text, v)
}

// ParseRun is json.Unmarshal of a finished run or teacher. An accuracy or a count
// that is missing is an error: it would become 0.
func ParseRun(text []byte, v any) error {
	type quality struct{ Valid, Test json.RawMessage }
	var said struct {
		quality
		Curve  []quality
		Health *struct{ Constant json.RawMessage }
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	for _, q := range append(said.Curve, said.quality) {
		if q.Valid == nil || q.Test == nil {
			return errors.New("an accuracy is missing")
		}
	}
	if said.Health != nil && said.Health.Constant == nil {
		return errors.New("health.constant is missing: before it had that name it was health.dead; rename it")
	}
	return json.Unmarshal(text, v)
}
