package table

import (
	"cmp"
	"fmt"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

// notes says what was assumed to make the graph, and what came of it.
func (f *finisher) notes() {
	target, split := f.Types[f.g.Target], f.g.Splits[0]
	if f.drawn {
		shares := f.o.Shares
		if shares == [3]int{} {
			shares = [3]int{60, 20, 20}
			f.Note(fmt.Sprintf("There is no split: it was drawn from seed %d, %d %% training, %d %% validation and %d %% test nodes of each class.", f.o.Seed, shares[0], shares[1], shares[2]))
		} else {
			f.Note(fmt.Sprintf("The split was drawn from seed %d, %d %% training, %d %% validation and %d %% test nodes of each class.", f.o.Seed, shares[0], shares[1], shares[2]))
		}
	} else {
		f.Note(cmp.Or(f.SplitNote, "The split is the file’s."))
	}
	for p, n := range [3]int{len(split.Train), len(split.Valid), len(split.Test)} {
		if out := f.leftOut[p]; out > 0 {
			f.Note(fmt.Sprintf("%s of %s of split %s have no label and are left out.", show.Grouped(out), counted(out+n, "node"), partNames[p]))
		}
	}
	if f.drawn && f.o.Shares == [3]int{} && len(split.Valid)+len(split.Test) == 0 {
		f.Note("No class has three labelled nodes, too few to divide: all of them are for training.")
	}
	f.Note(EmptyParts(split)...)
	f.noteClasses(target)
	f.noteFeatures()
	f.noteDirection()
	if missing := target.missing(); len(missing) > 0 {
		f.Note("Without a label: " + strings.Join(missing, ", ") + ".")
	}
	if f.repeated > 0 {
		are := "are"
		if f.repeated == 1 {
			are = "is"
		}
		f.Note(fmt.Sprintf("%s %s listed more than once and counted once.", counted(f.repeated, "edge"), are))
	}
}

// EmptyParts says which parts of a split have no nodes, and what comes of it.
func EmptyParts(split graph.Split) (notes []string) {
	if len(split.Valid) == 0 {
		notes = append(notes, "No node is a validation node: the weights are those of the last epoch, as there is nothing to choose better ones by.")
	}
	if len(split.Test) == 0 {
		notes = append(notes, "No node is a test node: accuracy on test nodes cannot be measured.")
	}
	return notes
}

func (f *finisher) noteFeatures() {
	if f.buckets > 0 {
		f.Note(fmt.Sprintf("No node has features: each gets a one-hot of its degree, in %s (0, 1, 2–3, 4–7, …).", counted(f.buckets, "bucket")))
		return
	}
	var bare []string
	widths := map[int]bool{}
	for _, t := range f.Types {
		if t.Width == 0 {
			bare = append(bare, t.Name)
		} else {
			widths[t.Width] = true
		}
	}
	if len(bare) > 0 {
		f.Note(strings.Join(bare, ", ") + ": no features, so each node gets the mean of its neighbours’; where none reach, a row that is learned.")
	}
	if len(widths) > 1 {
		f.Note(fmt.Sprintf("Features are of different widths: types other than %s first pass a linear layer.", f.Types[f.g.Target].Name))
	}
}

func (f *finisher) noteDirection() {
	one, both := f.Ways[0], f.Ways[1]
	switch {
	case f.o.Directed && both > 0:
		f.Note(fmt.Sprintf("Edges within a type go one way, as they are listed, but for those that the file calls undirected, %s of %s, which go both ways; those between types have a reverse.", show.Grouped(both), show.Grouped(one+both)))
	case f.o.Directed:
		f.Note("Edges within a type go one way, as they are listed; those between types have a reverse.")
	case one > 0 && both > 0:
		f.Note(fmt.Sprintf("The file says that %s of %s edges are directed. Messages go both ways all the same: relations within a type are undirected, and others have a reverse.", show.Grouped(one), show.Grouped(one+both)))
	case one > 0:
		f.Note("The file says that edges are directed. Messages go both ways all the same: relations within a type are undirected, and others have a reverse.")
	default:
		f.Note("Messages go both ways: relations within a type are undirected, and others have a reverse.")
	}
}
