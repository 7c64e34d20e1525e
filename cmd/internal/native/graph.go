package native

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/gnn/graph/table"
	"abkd/gnn/ogb"
	"abkd/gnn/synth"
	"abkd/sim"
	"abkd/sim/data"
	"abkd/sim/memory"
	"abkd/sim/opening"
	"abkd/sim/setup"
)

// A Graph is what a session trains on, and the experiment to begin with.
type Graph struct {
	Name  string // by which Open finds it again
	Title string // for people
	Pack  graph.Pack
	Begin setup.Experiment
}

// madeName begins the name of a graph of OGBN-Mag's shape; a number of papers
// follows.
const madeName = "made:"

// Made returns the name of a graph of OGBN-Mag's shape with so many papers.
func Made(papers int) string { return madeName + strconv.Itoa(papers) }

// Papers returns how many papers a name that Made has returned asks for.
func Papers(name string) (papers int, ok bool) {
	text, ok := strings.CutPrefix(name, madeName)
	if !ok {
		return 0, false
	}
	papers, err := strconv.Atoi(text)
	return papers, err == nil && synth.Config{Papers: papers}.Check() == nil && papers > 0
}

// Open reads the graph of that name: one that is built in, one that is made, a
// pack, the folder of a data set, or any other file of a graph. It refuses one
// that takes more memory than may be had, before it takes it. Progress hears how
// many bytes of how many have been read; it may be nil.
func Open(name string, may memory.Allowance, progress func(done, total int64)) (Graph, error) {
	g := Graph{Name: name, Title: filepath.Base(name)}
	if papers, ok := Papers(name); ok {
		g.Title, g.Pack.Graph = "mag-"+strconv.Itoa(papers), synth.MAG(synth.Config{Papers: papers, Seed: 1})
		return g.begin(setup.PackData)
	}
	kind, err := data.KindOf(name)
	if err != nil {
		return g, err
	}
	switch {
	case kind == data.Missing:
		return g, fmt.Errorf("%s: it is not there", name)
	case kind == data.Folder && !isFolder(name):
		return openFiles(g, name)
	}
	o := data.Options{Options: ogb.Options{MaxBytes: may.Most}}
	if progress != nil {
		o.Progress = data.Together(progress)
	}
	if err := may.CheckFile(name); err != nil {
		return g, err
	}
	if kind == data.Folder {
		if least, known, err := data.Least(name, o.Options, false); err == nil && known { // else reading says what is wrong
			if err := may.RefuseUnread(least); err != nil {
				return g, err
			}
		}
	}
	if g.Pack, _, err = data.Open(name, kind, o); err != nil {
		return g, Explain(err, may)
	}
	if kind == data.Made {
		return g.begin(name)
	}
	return g.begin(setup.PackData)
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// openFiles reads a table or another file that holds a graph.
func openFiles(g Graph, names ...string) (Graph, error) {
	var files []table.File
	for _, name := range names {
		b, err := file.Read(name)
		if err != nil {
			return g, fmt.Errorf("%s: %w", name, file.Cause(err))
		}
		files = append(files, table.File{Name: filepath.Base(name), Data: b})
	}
	_, b, err := opening.Files(files, opening.Reading{})
	if err != nil {
		return g, errors.New(opening.NewRefusal(err).Problems[0])
	}
	if g.Pack, err = graph.DecodePack(b); err != nil {
		return g, err
	}
	return g.begin(setup.PackData)
}

// OpenDropped reads what was dropped on a window: a data set, or all files that
// belong to one graph.
func OpenDropped(dropped fs.FS, may memory.Allowance, progress func(done, total int64)) (Graph, error) {
	if entries, err := fs.ReadDir(dropped, "."); err == nil && len(entries) == 1 {
		if f, err := dropped.Open(entries[0].Name()); err == nil {
			defer f.Close()
			if on, ok := f.(interface{ Name() string }); ok && filepath.IsAbs(on.Name()) {
				return Open(on.Name(), may, progress)
			}
		}
	}
	var files []table.File
	err := fs.WalkDir(dropped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dropped, name)
		files = append(files, table.File{Name: name, Data: b})
		return err
	})
	if err != nil {
		return Graph{}, err
	}
	if len(files) == 0 {
		return Graph{}, errors.New("nothing was dropped that could be read: want a pack, or all files of one graph")
	}
	g := Graph{Title: files[0].Name}
	_, b, err := opening.Files(files, opening.Reading{})
	if err != nil {
		return g, errors.New(opening.NewRefusal(err).Problems[0])
	}
	if g.Pack, err = graph.DecodePack(b); err != nil {
		return g, err
	}
	return g.begin(setup.PackData)
}

// begin returns g with the experiment to begin with, where its data is called
// that.
func (g Graph) begin(name string) (Graph, error) {
	teacher, err := data.TeacherOf(g.Pack)
	if err != nil {
		return g, fmt.Errorf("%s: the teacher in it: %w", g.Title, err)
	}
	g.Begin, err = data.Opening(name, "", g.Pack.Graph, teacher)
	return g, err
}

// WithTeacher returns g with weights of a teacher, and the experiment that text says
// with that teacher's kind and size.
func (g Graph) WithTeacher(text string, weights []byte) (Graph, error) {
	e, err := setup.ParseExperiment(text)
	if err != nil {
		return g, err
	}
	g.Pack.Teacher = weights
	c, err := data.TeacherOf(g.Pack)
	if err != nil {
		return g, err
	}
	e.Teach, e.Model, e.Inputs, e.LabelReuse = "", c.Kind, c.Inputs, c.LabelReuse
	e.Teacher = setup.Size{Layers: c.Layers, Hidden: c.Hidden}
	g.Begin = e
	return g, nil
}

// Need estimates the memory of a session's run of e on g, where it may take so many
// bytes.
func (g *Graph) Need(e setup.Experiment, most int64) (setup.Footprint, error) {
	teacher, err := data.TeacherOf(g.Pack)
	if err != nil {
		return setup.Footprint{}, err
	}
	if e.Teach != "" {
		teacher = nil // it makes its own
	}
	return e.Plan().SessionFootprint(g.Pack.Graph, teacher, most)
}

// Give makes g the graph of the runs to come of a session.
func (g *Graph) Give(s *sim.Session) {
	if g.Begin.Data == setup.PackData {
		s.SetGraph(g.Pack)
	} else if g.Begin.Data != setup.DebianMini {
		s.SetTeacher(g.Pack.Teacher)
	}
}

// Explain words the error of a session or of a data set: what a run that is too
// large consists of, and what to choose in place of it or of the data set.
func Explain(err error, may memory.Allowance) error {
	var large *sim.MemoryError
	if errors.As(err, &large) {
		return may.Refuse("the run is", large.Need.Total()+memory.Program, ": "+memory.Text(large.Need)+"; choose fewer or narrower layers, or a part of the graph by \"abkd pack\"")
	}
	if set, ok := errors.AsType[*ogb.TooLargeError](err); ok {
		return fmt.Errorf("%s (%v); choose a part of it, as \"abkd pack\" makes on a machine with more memory", strings.TrimPrefix(set.Error(), "ogb: "), may)
	}
	return err
}
