// Package opening makes of files that a user chose the pack that a session
// takes, and shows what was understood of them.
//
//	a pack ──────────────────▶ Opened{pack, preview}
//	other files ── formats ──▲
package opening

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"abkd/gnn/filetype"
	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/graph/formats"
	"abkd/gnn/graph/table"
	"abkd/gnn/safetensors"
	"abkd/internal/show"
	"abkd/sim/limits"
	"abkd/sim/origin"
)

// A Reading says how files are to be read, in the texts of the flags of abkd
// import; "" is the default of each.
type Reading struct {
	Format   string
	Label    string // the column of the classes
	Features string // columns, with commas between them
	Split    string // percents, such as 60/20/20
	Release  string // which state of its source the file has
	Directed bool   // edges within a type stay as they are listed
	Seed     uint32 // of a drawn split
}

// An Opened is a graph that a session takes.
type Opened struct {
	Preview table.Preview `json:"preview"`
	// Fingerprint tells the graph, with its first split, from others.
	Fingerprint string `json:"fingerprint"`
	Pack        bool   `json:"pack"`    // it was one
	Bytes       int    `json:"bytes"`   // of the pack
	Teacher     int    `json:"teacher"` // bytes of the one in the pack, 0 for none
	// Derived are the types whose features were computed from the graph.
	Derived []string `json:"derived"`
}

// memory is how many bytes reading may take.
const memory = 1 << 30

// Files opens files that belong to one graph. The error of files that are not
// what they should be is a *table.Refused.
func Files(files []table.File, r Reading) (o Opened, pack []byte, err error) {
	for _, f := range files {
		if len(f.Data) == 0 {
			return o, nil, table.Refuse("%s: the file is empty", f.Name)
		}
		if isPack(f) && len(files) > 1 {
			return o, nil, table.Refuse("%s: this is a pack, which holds a whole graph: open it alone", f.Name)
		}
		if filetype.Of(f.Name, f.Data[:min(len(f.Data), filetype.HeadSize)]) == filetype.Safetensors {
			return o, nil, table.Refuse("%s: these are the weights of a model, and this opens graphs: “abkd pack” puts a graph and its teacher into one file: open that", f.Name)
		}
	}
	if len(files) == 1 && isPack(files[0]) {
		return openPack(files[0])
	}
	options, err := r.options()
	if err != nil {
		return o, nil, err
	}
	g, preview, err := formats.Read(files, r.Format, options)
	if err != nil {
		return o, nil, err
	}
	if err := limits.Pack.Check(g); err != nil {
		return o, nil, table.Refuse("%s: %v", g.Name, err)
	}
	if pack, err = (graph.Pack{Graph: g}).Encode(); err != nil {
		return o, nil, err
	}
	return Opened{Preview: *preview, Fingerprint: print(g), Bytes: len(pack), Derived: []string{}}, pack, nil
}

// options are those of the texts.
func (r Reading) options() (o table.Options, err error) {
	l := limits.Pack
	o = table.Options{
		Label: r.Label, Directed: r.Directed, Seed: r.Seed, Release: r.Release, Memory: table.NewMemory(memory),
		Limits: table.Limits{Nodes: l.Nodes, Edges: l.Edges, Numbers: l.Numbers, Width: l.Width, Types: l.Types, Relations: l.Relations},
	}
	for name := range strings.SplitSeq(r.Features, ",") {
		if name = strings.TrimSpace(name); name != "" {
			o.Features = append(o.Features, name)
		}
	}
	if r.Split != "" {
		o.Shares, err = table.ParseShares(r.Split)
	}
	return o, err
}

func isPack(f table.File) bool {
	return strings.HasPrefix(string(f.Data[:min(len(f.Data), len(graph.PackMagic))]), graph.PackMagic) || strings.EqualFold(path.Ext(f.Name), ".pack")
}

// openPack shows what is in a pack, which stays as it is.
func openPack(f table.File) (o Opened, pack []byte, err error) {
	p, err := graph.DecodePack(f.Data)
	if err != nil {
		return o, nil, table.Refuse("%s: %s", f.Name, strings.TrimPrefix(strings.TrimPrefix(err.Error(), "graph: pack: "), "graph: "))
	}
	g := p.Graph
	if err := limits.Pack.Check(g); err != nil {
		return o, nil, table.Refuse("%s: %v", f.Name, err)
	}
	split, err := g.Split("")
	if err != nil {
		return o, nil, table.Refuse("%s: it has no split, want one with training nodes to learn from", f.Name)
	}
	if len(split.Train) == 0 {
		return o, nil, table.Refuse("%s: split %s has no training nodes, want at least one to learn from: pack it around more nodes", f.Name, show.Quote(split.Name))
	}
	o = Opened{Preview: *table.NewPreview(g), Fingerprint: print(g), Pack: true, Bytes: len(f.Data), Teacher: len(p.Teacher), Derived: []string{}}
	for _, t := range g.Types {
		if t.Derived != 0 {
			o.Derived = append(o.Derived, t.Name)
		}
	}
	o.Preview.Format = "pack"
	o.Preview.Notes = append(table.EmptyParts(split), notesOf(p)...)
	return o, f.Data, nil
}

// notesOf says where the teacher in a pack comes from, and what else is there.
func notesOf(p graph.Pack) (notes []string) {
	if p.Teacher == nil {
		notes = append(notes, "No teacher is in the file: it is trained here first.")
	} else {
		notes = append(notes, "A trained teacher is in the file: distillation begins at once.")
		notes = append(notes, originOf(p.Teacher)...)
	}
	if n := len(p.Graph.Splits); n > 1 {
		notes = append(notes, fmt.Sprintf("There are %d splits; “%s” is shown and used, and Split among all settings chooses another.", n, p.Graph.Splits[0].Name))
	}
	return notes
}

// originOf says what the teacher was trained on, and in what that differs from
// the pack. What is wrong with weights the trainer says.
func originOf(teacher []byte) (notes []string) {
	const most = 8
	var meta map[string]string
	if f, err := safetensors.Decode(teacher); err == nil {
		meta = f.Metadata
	}
	split, data := origin.Split(meta), origin.Data(meta)
	if split == "" {
		return []string{"The teacher does not say on which data and split it was trained: its training nodes may be among the test nodes here."}
	}
	if data != "" {
		data = " of " + data
	}
	notes = append(notes, fmt.Sprintf("The teacher was trained on split “%s”%s.", split, data))
	for note := range strings.SplitSeq(meta["notes"], "\n") {
		if note != "" && len(notes) <= most {
			notes = append(notes, "When it was packed: "+note+".")
		}
	}
	return notes
}

// print is the fingerprint of g with its first split.
func print(g *graph.Graph) string { return fingerprint.Run(g, g.Splits[0]) }

// A Refusal says what is wrong with files.
type Refusal struct {
	Problems []string `json:"problems"` // the first few, a sentence each
	Count    int      `json:"count"`    // of all
}

// NewRefusal returns what err says.
func NewRefusal(err error) Refusal {
	if refused, ok := errors.AsType[*table.Refused](err); ok {
		return Refusal(*refused)
	}
	return Refusal{[]string{err.Error()}, 1}
}
