// Package keep holds what a window has from one start to the next: what it
// showed, how it looked, and the run that it trained, in a folder that one window
// has at a time.
//
//	window.json       what was shown, and the name of the file of the run
//	run-HASH.abkr     the run's state, see sim.Run.WriteState
//
// The file of the run gets its name before window.json names it, so that a kill
// at any moment leaves the run of before or that of now.
package keep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"abkd/gnn/file"
	"abkd/sim"
)

// A State is what a window shows.
type State struct {
	Graph      string  `json:"graph"`      // as native.Open knows it, "" for none
	Experiment string  `json:"experiment"` // its text form
	Run        string  `json:"run"`        // file of its state in the folder, "" for none
	Running    bool    `json:"running"`
	Speed      float64 `json:"speed"` // epochs per second, 0 for as fast as can be
	Scene      string  `json:"scene"`
	Step       int     `json:"step"`
	Focus      int     `json:"focus"` // target node, -1 for the default
	Study      string  `json:"study"` // that runs, "" for none

	Beside  []string          `json:"beside"`  // commands that begin the run that stands beside, none for one alone
	Guesses map[string]string `json:"guesses"` // of this run, by what was asked; never changed but as a whole
	Told    []string          `json:"told"`    // the questions whose answer was shown: their guesses stay

	Looks  Looks    `json:"looks"`
	Folder string   `json:"folder"` // where files are saved, "" for the home folder
	Recent []string `json:"recent"` // graphs that were opened, the last one first
}

// Looks are what a user chooses for the eye.
type Looks struct {
	Language string  `json:"language"` // tag, "" for that of the system
	Theme    string  `json:"theme"`    // light, dark or contrast, "" for light
	Size     float64 `json:"size"`     // of texts, 0 for 1
	Still    bool    `json:"still"`    // nothing moves that need not
	Width    int     `json:"width"`    // of the window, 0 for the usual
	Height   int     `json:"height"`
}

const (
	stateFile  = "window.json"
	mostRecent = 6
)

// A Folder is where a State is kept.
type Folder struct {
	dir  string
	lock *file.Lock
	last State // as it was written
}

// Open takes the folder, which it makes if need be, and returns what is kept
// there. The error is a *file.Busy if another window has it. A file that is
// damaged is an error, and stays.
func Open(dir string) (*Folder, State, error) {
	s := State{Focus: -1, Speed: sim.DefaultSpeed}
	lock, err := file.LockFolder(dir)
	if err != nil {
		return nil, s, err
	}
	f := &Folder{dir: dir, lock: lock}
	name := filepath.Join(dir, stateFile)
	b, err := file.Read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, s, nil
	case err == nil:
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		lock.Unlock()
		return nil, s, fmt.Errorf("%s: what the window showed cannot be read (%w): remove the file to begin anew", name, file.Cause(err))
	}
	f.last = s
	return f, s, nil
}

// RunState returns the state of the run that s names, nil if it names none.
func (f *Folder) RunState(s State) ([]byte, error) {
	if s.Run == "" {
		return nil, nil
	}
	return file.Read(filepath.Join(f.dir, filepath.Base(s.Run)))
}

// Save keeps s, and the run if it is not nil; one of the same graph that has not been
// gone on with, such as where the graph was not there, stays. It writes nothing
// that is there already.
func (f *Folder) Save(s State, run *sim.Run) error {
	switch s.Run = ""; {
	case run != nil && run.Err() == nil:
		s.Run = fmt.Sprintf("run-%016x-%d.%d.abkr", run.Hash(), run.Epoch(), run.StepsDone())
	case run == nil && s.Graph != "" && s.Graph == f.last.Graph:
		s.Run = f.last.Run
	}
	if s.Run != "" && s.Run != f.last.Run {
		if err := file.Replace(filepath.Join(f.dir, s.Run), run.WriteState); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	if err := file.Replace(filepath.Join(f.dir, stateFile), file.Bytes(append(b, '\n'))); err != nil {
		return err
	}
	f.last = s
	f.clean()
	return nil
}

// clean removes the runs that are no longer named.
func (f *Folder) clean() {
	names, _ := filepath.Glob(filepath.Join(f.dir, "run-*.abkr"))
	for _, name := range names {
		if filepath.Base(name) != f.last.Run {
			os.Remove(name) // it is only in the way
		}
	}
}

// Close frees the folder.
func (f *Folder) Close() { f.lock.Unlock() }

// Opened puts a graph at the head of those that were opened.
func (s *State) Opened(name string) {
	s.Recent = slices.DeleteFunc(slices.Clone(s.Recent), func(other string) bool { return other == name })
	s.Recent = slices.Insert(s.Recent, 0, name)
	s.Recent = s.Recent[:min(len(s.Recent), mostRecent)]
}
