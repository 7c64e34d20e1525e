// Package desk lets pages start, watch, stop and open comparisons and searches.
// The process that serves them does the runs, of one study at a time, by the
// engine of the command line. Each has a folder of its own, from which it goes on
// whatever ended it, here or by "abkd compare" and "abkd tune".
package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/sim/memory"
	"abkd/sim/study/store"
)

// Options say what studies are of, and where they are.
type Options struct {
	Folder string // in which each study has one
	Graph  *graph.Graph
	Data   string // what people call the graph
	Split  string // "" for its first
	Memory memory.Allowance
	Cores  int
}

// A Desk has the studies in a folder, of which one may run.
type Desk struct {
	options Options
	ctx     context.Context
	end     context.CancelFunc
	ended   sync.WaitGroup

	mu  sync.Mutex
	now *job // that runs, or ran last; nil for none
}

// New returns a desk at which nothing runs.
func New(o Options) (*Desk, error) {
	if err := os.MkdirAll(o.Folder, 0o777); err != nil {
		return nil, fmt.Errorf("%s: %w%s", o.Folder, file.Cause(err), file.Advice(err))
	}
	d := &Desk{options: o}
	d.ctx, d.end = context.WithCancel(context.Background())
	return d, nil
}

// Close stops what runs, and returns when the last step of each run is done.
func (d *Desk) Close() {
	d.end()
	d.ended.Wait()
}

// validName is what a study may be called: a folder everywhere.
var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// path returns the folder of the study of that name.
func (d *Desk) path(name string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("the study is called %.60q, want small letters, digits and hyphens, such as first-try", name)
	}
	return filepath.Join(d.options.Folder, name), nil
}

// A Listed is a study in the folder.
type Listed struct {
	Name    string     `json:"name"`
	Kind    store.Kind `json:"kind"`
	Running bool       `json:"running"`
	Whole   bool       `json:"whole"` // all runs are done
}

// List returns the studies, by name.
func (d *Desk) List() ([]Listed, error) {
	entries, err := os.ReadDir(d.options.Folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.options.Folder, file.Cause(err))
	}
	all := []Listed{}
	for _, e := range entries {
		dir := filepath.Join(d.options.Folder, e.Name())
		if kind, ok := kindOf(dir); ok && validName.MatchString(e.Name()) {
			all = append(all, Listed{e.Name(), kind, d.running(e.Name()) != nil, isWhole(dir, kind)})
		}
	}
	return all, nil
}

// modelOf returns the kind of the models that the study in a folder compares, ""
// if that is not known.
func modelOf(dir string, kind store.Kind) string {
	var m store.Manifest
	text, err := file.Read(filepath.Join(dir, string(kind)+".json"))
	if err != nil || json.Unmarshal(text, &m) != nil {
		return ""
	}
	for _, s := range m.Settings {
		if model, ok := strings.CutPrefix(s, "model="); ok {
			return model
		}
	}
	return ""
}

// running returns the job of that study, nil if it does not run.
func (d *Desk) running(name string) *job {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now != nil && d.now.name == name && !d.now.isOver() {
		return d.now
	}
	return nil
}

// kindOf returns what the folder is for, and whether it is a study's.
func kindOf(dir string) (store.Kind, bool) {
	for _, kind := range []store.Kind{store.Comparison, store.Search} {
		if _, err := os.Stat(filepath.Join(dir, string(kind)+".json")); err == nil {
			return kind, true
		}
	}
	return "", false
}

// results are the files that are written last.
var results = map[store.Kind]string{store.Comparison: "result.json", store.Search: "tuned.json"}

func isWhole(dir string, kind store.Kind) bool {
	_, err := os.Stat(filepath.Join(dir, results[kind]))
	return err == nil
}

// Start begins the study of that name, or goes on with it; without what is asked
// for, with what was asked for the first time.
func (d *Desk) Start(name string, ask *Ask) error {
	dir, err := d.path(name)
	if err != nil {
		return err
	}
	if ask == nil {
		if ask, err = readAsk(dir); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s was not begun here: the command line that began it goes on with it", name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, file.Cause(err))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now != nil && !d.now.isOver() {
		return fmt.Errorf("the study %s runs: wait for it, or stop it", d.now.name)
	}
	if d.ctx.Err() != nil {
		return errors.New("the lab ends")
	}
	j, err := d.newJob(name, dir, ask)
	if err != nil {
		return sentence(err)
	}
	d.now = j
	d.ended.Go(func() { j.run(d.options.Cores) })
	return nil
}

// Stop ends the runs of that study. What is done stays.
func (d *Desk) Stop(name string) error {
	j := d.running(name)
	if j == nil {
		return fmt.Errorf("the study %.60s does not run", name)
	}
	j.stop()
	<-j.over
	return nil
}

// sentence is an error without the package that it comes from.
func sentence(err error) error {
	text := err.Error()
	for _, of := range []string{"study: ", "sim: ", "setup: "} {
		text = strings.TrimPrefix(text, of)
	}
	return errors.New(text)
}

// View returns what the study of that name has come to.
func (d *Desk) View(name string) (*View, error) {
	dir, err := d.path(name)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	j := d.now
	d.mu.Unlock()
	if j != nil && j.name == name {
		return j.view(), nil
	}
	kind, ok := kindOf(dir)
	if !ok {
		return nil, fmt.Errorf("there is no study %s", name)
	}
	return open(name, dir, kind)
}

// open reads a study that does not run.
func open(name, dir string, kind store.Kind) (*View, error) {
	v := &View{Name: name, Kind: kind, Folder: dir, Whole: isWhole(dir, kind)}
	if ask, err := readAsk(dir); err == nil {
		v.Ask = ask
	}
	files, err := filepath.Glob(filepath.Join(dir, "cells", "*.json"))
	if err != nil {
		return nil, err
	}
	model := modelOf(dir, kind)
	for _, f := range files {
		if c, ok := readCell(f, model); ok {
			v.Cells = append(v.Cells, c)
		}
	}
	slices.SortFunc(v.Cells, compareCells)
	v.sumUp()
	return v, nil
}
