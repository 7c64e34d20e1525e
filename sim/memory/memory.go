// Package memory compares what work takes with the memory that it may take: what
// somebody allows, or what the machine has.
package memory

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/machine"
	"abkd/internal/show"
	"abkd/sim/setup"
)

// Program is what the program takes without any data, in bytes.
const Program = 25 << 20

// An Allowance is the memory that work may take, in bytes.
type Allowance struct {
	By   string // who allows it, "" for the machine
	Free int64  // allowed, or what is available now; 0 if that is not known
	Most int64  // allowed, or what the machine has with all its swap
}

// Allow returns the allowance of so many bytes by whom that says, such as a
// flag, or that of the machine for 0.
func Allow(bytes int64, by string) Allowance {
	if bytes > 0 {
		return Allowance{by, bytes, bytes}
	}
	free, _ := machine.AvailableMemory()
	most := machine.AllMemory(free)
	if most == 0 { // it is not known
		most = math.MaxInt64
	}
	return Allowance{"", free, most}
}

// String says whose the most is, and how much it is.
func (a Allowance) String() string {
	whose := "the machine has with all its swap"
	if a.By != "" {
		whose = a.By
	}
	return whose + ", " + show.Bytes(a.Most)
}

// Refuse refuses runs that need more than there is at all. What says which with
// its verb, and why of what that consists.
func (a Allowance) Refuse(what string, need int64, why string) error {
	switch {
	case need <= a.Most:
		return nil
	case a.By != "":
		return fmt.Errorf("%s %s: %s estimated to need %s, which is more%s", a.By, show.Bytes(a.Most), what, show.Bytes(need), why)
	}
	return fmt.Errorf("%s estimated to need %s, more than %v%s", what, show.Bytes(need), a, why)
}

// RefuseUnread refuses to read a data set for a run that needs f or more, unless the
// graph alone is too large, of which its reader knows more.
func (a Allowance) RefuseUnread(f setup.Footprint) error {
	if need := f.Total() + Program; need > a.Most && f.Graph <= a.Most {
		return &UnreadError{f, need, a}
	}
	return nil
}

// An UnreadError says that a data set was not read, as a run on it needs more memory
// than it may have.
type UnreadError struct {
	Least setup.Footprint
	Need  int64 // its total, with the program
	May   Allowance
}

// Error implements error.
func (e *UnreadError) Error() string {
	return fmt.Sprintf("it was not read, as a run on it is estimated to need %s or more, more than %v: %s; choose a part of it, as \"abkd pack\" makes",
		show.Bytes(e.Need), e.May, Text(e.Least))
}

// Warn warns on stderr of runs that need more than is free.
func (a Allowance) Warn(stderr io.Writer, what string, need int64, why string) {
	if a.Free > 0 && need > a.Free {
		fmt.Fprintf(stderr, "abkd: %s estimated to need %s and there are %s%s\n", what, show.Bytes(need), show.Bytes(a.Free), why)
	}
}

// TellCollector makes the collector work harder when less than that is free.
func (a Allowance) TellCollector() {
	if a.Free > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(a.Free / 20 * 19) // the rest is for what is not the collector's
	}
}

// CollectFor gives back what reading has left, and has the collector leave no more
// than the garbage of f from here on, unless GOGC says otherwise.
func CollectFor(f setup.Footprint) {
	debug.FreeOSMemory()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(f.GarbagePercent())
	}
}

// CheckFile refuses the file called name, which is read as a whole and then
// decoded, where there is no memory for both. A file that is not there is left
// to its reader.
func (a Allowance) CheckFile(name string) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if need := 2 * float64(info.Size()); need > float64(a.Most) {
		return fmt.Errorf("%s: the file has %s, and reading it takes about %s, more than %v", name, show.Bytes(info.Size()), show.Bytes(int64(need)), a)
	}
	return nil
}

// CheckEvaluation refuses to compute the predictions of m, of the weights in
// file, for all nodes, where there is no memory for that. Layers says how much
// the evaluation takes: that of sim for one as in a run, of gnn for a plain one.
func (a Allowance) CheckEvaluation(file string, m gnn.Model, layers func(gnn.Config, *graph.Graph) (int64, error)) error {
	g := m.Graph() // with the means of features that m reads
	outputs, err := layers(m.Config(), g)
	if err != nil {
		return err
	}
	params, embedding := gnn.Count(m)
	weights := 2 * 4 * int64(params+embedding) // of the file as it was read, and of the model
	f := setup.Footprint{Graph: setup.GraphBytes(g), Models: weights, Evaluation: outputs}
	f.AddGarbage(g)
	if need := f.Total() + Program; need > a.Most {
		return fmt.Errorf("%s: to evaluate it on all nodes takes about %s (%s), more than %v", file, show.Bytes(need), Text(f), a)
	}
	a.TellCollector()
	CollectFor(f)
	return nil
}

// CheckMeans refuses to average the features of more nodes than there is memory
// for.
func (a Allowance) CheckMeans(g *graph.Graph) error {
	var total, passing int64 // bytes, for good and while one type is averaged
	for t, width := range graph.MeanWidths(g) {
		if g.Types[t].Features.Empty() {
			n := int64(g.Types[t].Count)
			total, passing = total+4*n*int64(width), max(passing, 4*n*int64(width+1))
		}
	}
	return a.checkDerived(g, "average features", total, passing)
}

// CheckFastRP refuses to compute FastRP of more nodes than there is memory for.
func (a Allowance) CheckFastRP(g *graph.Graph) error {
	var total int64
	for t, width := range graph.FastRPWidths(g) {
		if g.Types[t].Features.Empty() {
			total += 4 * int64(g.Types[t].Count) * int64(width)
		}
	}
	if total == 0 {
		return nil
	}
	return a.checkDerived(g, "compute FastRP features", total, graph.FastRPBytes(g))
}

// checkDerived refuses features that take total bytes for good, and as many more
// while they are computed as passing says.
func (a Allowance) checkDerived(g *graph.Graph, what string, total, passing int64) error {
	if total += passing; total == 0 || total+setup.GraphBytes(g)+Program <= a.Most {
		return nil
	}
	var largest graph.NodeType
	for _, t := range g.Types {
		if t.Features.Empty() && t.Count > largest.Count {
			largest = t
		}
	}
	return fmt.Errorf("to %s for the nodes without any, such as %s of %s, takes %s beside the graph's %s, more than %v",
		what, show.Grouped(int64(largest.Count)), largest.Name, show.Bytes(total), show.Bytes(setup.GraphBytes(g)), a)
}

// Text lists the parts of f, but those of nothing.
func Text(f setup.Footprint) string {
	var parts []string
	for _, p := range []struct {
		name  string
		bytes int64
	}{
		{"graph", f.Graph}, {"models", f.Models}, {"optimiser", f.Optimiser}, {"batches", f.Batches},
		{"layers of a batch", f.Layers}, {"evaluation", f.Evaluation}, {"measuring", f.Measuring},
		{"garbage", f.Garbage}, {"program", Program},
	} {
		if p.bytes > 0 {
			parts = append(parts, p.name+" "+show.Bytes(p.bytes))
		}
	}
	return strings.Join(parts, ", ")
}
