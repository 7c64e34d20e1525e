package source

import (
	"context"
	"fmt"
	"io"
	"slices"

	"abkd/cmd/internal/settings"
	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/internal/built"
	"abkd/internal/show"
	"abkd/sim/data"
	"abkd/sim/origin"
	"abkd/sim/setup"
)

// OfPack, in place of a file of weights, names those of the teacher in --data.
const OfPack = "pack"

// place returns d as a place where weights are trained or used.
func (d *Dataset) place() origin.Place {
	return origin.Place{Graph: d.Graph, Split: d.Split, Print: &d.print}
}

// Provenance returns what weights that are trained on d say of it.
func (d *Dataset) Provenance(data, settings string) map[string]string {
	return d.place().Meta(data, settings, built.From().Short())
}

// Follow compares where the weights in file come from with d, on which they are
// used as doing says. Where no split is asked for it takes theirs. The teacher
// of a pack was trained on the graph that the pack is a part of: what is to be
// told of that was found when it was packed.
func (s *Source) Follow(d *Dataset, file string, meta map[string]string, doing string) (o origin.Descent) {
	if file == OfPack {
		o, d.Split = d.place().FollowPacked(meta, doing, s.Split == "")
	} else {
		o, d.Split = d.place().Follow(file, meta, doing, s.Split == "")
	}
	s.Notes.Add(o.Clauses...)
	return o
}

// LoadModel returns the model whose weights are in file, or in the pack that was
// read, for g. Its error says on which data they were trained, if it is not on
// s: a --data left out is the likeliest mistake.
func (s *Source) LoadModel(file string, g *graph.Graph) (gnn.Model, map[string]string, error) {
	if file == OfPack {
		if !s.HasTeacher() {
			return nil, nil, fmt.Errorf("--data %s: it holds no teacher, want a file of weights in place of %s (a file of that name: ./%s)", s.Data, OfPack, OfPack)
		}
		return gnn.ReadAll(s.packed, g, s.fits(g))
	}
	if err := s.Allowance().CheckFile(file); err != nil {
		return nil, nil, err
	}
	m, meta, err := gnn.LoadAll(file, g, s.fits(g))
	if err != nil {
		return nil, nil, s.misfit(settings.WithFlags(err), meta)
	}
	return m, meta, nil
}

// DecodeModel is LoadModel for what was read of the file.
func (s *Source) DecodeModel(file string, b []byte, g *graph.Graph) (gnn.Model, map[string]string, error) {
	m, meta, err := gnn.ReadAll(b, g, s.fits(g))
	if err != nil {
		return nil, nil, s.misfit(settings.WithFlags(fmt.Errorf("%s: %w", file, err)), meta)
	}
	return m, meta, nil
}

// HasTeacher reports whether the pack that was read has a teacher.
func (s *Source) HasTeacher() bool { return s.packed != nil }

// fits returns what refuses a model that reads features computed from g where
// there is no memory for them.
func (s *Source) fits(g *graph.Graph) func(gnn.Config) error {
	return func(c gnn.Config) error {
		if k, _ := gnn.KindOf(c.Kind); c.Inputs == "embedding" || k.Untrained {
			return nil
		}
		return s.CheckDerived(g, c.Inputs)
	}
}

// misfit adds to the error of weights with that metadata what they were trained
// on, if that is not what s reads.
func (s *Source) misfit(err error, meta map[string]string) error {
	if data := origin.Data(meta); data == "" || data == s.Data {
		return err
	}
	return fmt.Errorf("%w: the weights were trained on --data %s, and here --data is %s", err, show.Line(origin.Data(meta)), s.Data)
}

// ReadPack returns the graph that s names as a session is given it, what
// experiments call it, and their split, "" for the first. The weights in the file
// teacher, if one is given, take the place of those in a pack.
func (s *Source) ReadPack(ctx context.Context, stderr io.Writer, teacher string) (name, split string, p graph.Pack, err error) {
	d, err := s.ReadGraph(ctx, stderr)
	if err != nil {
		return "", "", p, err
	}
	p = graph.Pack{Graph: d.Graph, Teacher: s.packed}
	if teacher == "" || teacher == OfPack {
		if slices.Contains(data.BuiltIn, s.Data) {
			return s.Data, "", p, nil
		}
		return setup.PackData, "", p, nil
	}
	if err := s.Allowance().CheckFile(teacher); err != nil {
		return "", "", p, err
	}
	if p.Teacher, err = file.Read(teacher); err != nil {
		return "", "", p, fmt.Errorf("%s: %w", teacher, file.Cause(err))
	}
	_, meta, err := s.DecodeModel(teacher, p.Teacher, d.Graph)
	if err != nil {
		return "", "", p, err
	}
	s.Follow(&d, teacher, meta, "the student")
	return setup.PackData, d.Split.Name, p, nil
}
