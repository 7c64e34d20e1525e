package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/gnn/pack"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/fit"
	"abkd/sim/origin"
)

// A packing is what is asked for.
type packing struct {
	source.Source
	cut      pack.Cut
	features string // "int8" or "float32"
	teacher  string // file of weights, "" for none
	weights  string // how they are stored, "float16" or "float32"
	prefer   string // file with names of nodes, "" for none
	out      string
}

// A packReport is the result of pack.
type packReport struct {
	Command string       `json:"command"`
	Data    string       `json:"data"`
	Split   string       `json:"split"`
	Out     string       `json:"out"`
	Seed    uint64       `json:"seed"`
	Seeds   int          `json:"seeds"`
	Nodes   int          `json:"nodes"`
	Edges   int          `json:"edges"` // reverses included
	Types   []packedType `json:"types"`
	Bytes   int          `json:"bytes"`
	Teacher *fit.Figures `json:"teacher"` // as it does on the pack, null without
	Refused string       `json:"refused"` // why the page does not open it, "" if it does
	Seconds show.Number  `json:"seconds"`
	Notes   cli.Notes    `json:"notes"`

	TaughtSplit string `json:"teacher_split"` // that the teacher was trained on, "" without one or if not known
	TaughtGraph string `json:"teacher_graph"` // "same", "other" or "unknown"; "" without a teacher

	taught origin.Descent
}

type packedType struct {
	Name string `json:"name"`
	Kept int    `json:"kept"`
	Of   int    `json:"of"`
}

func newPack() *cobra.Command {
	var p packing
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "pack",
		Short: "Cut a part out of a graph, and a teacher for it, for the browser",
		Long: `Cut a part out of a large graph and write it to one small file, which the page
opens and every command takes as --data.

The part grows around --target seeds: nodes with a label, drawn evenly over the
classes and the parts of the split. Hop by hop, up to --hops, neighbours are
drawn until there are --nodes nodes in all; every edge between them comes
along. The splits of the part hold the seeds alone: the other labelled nodes
are there for the messages that they send. A node of a type without features
keeps the mean of all the neighbours that it had in the whole graph.

With --teacher, weights that were trained on the whole graph go into the file,
for the page to distil from. Of embedding tables only the rows of the part's
nodes are taken.`,
		Example: `  abkd pack --data mag --target 300 --hops 2 --nodes 3000 --out mag.pack
  abkd pack --data mag --target 300 --teacher teacher.safetensors --out mag.pack
  abkd train --data mag.pack --epochs 20`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := p.run(cmd)
			if err != nil {
				return err
			}
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	p.AddFlags(cmd, source.TeacherSplit)
	f := cmd.Flags()
	f.IntVar(&p.cut.Seeds, "target", 0, "`number` of labelled nodes that the part grows around; 300, or all there are [1..]")
	f.StringVar(&p.prefer, "prefer", "", "`file` with names of labelled nodes, one a line, that are taken before others: those in the split as seeds of their class, and the rest along with them")
	f.IntVar(&p.cut.Hops, "hops", 2, "`number` of edges that a node may be away from the seeds [0..1000]")
	f.IntVar(&p.cut.Nodes, "nodes", 3000, "`number` of nodes of all types at most [1..]")
	f.StringVar(&p.features, "features", "int8", "how features are stored: a byte each, scaled by column, or as they are")
	cli.OneOf(f, "features", "int8", "float32")
	f.StringVar(&p.teacher, "teacher", "", "`file` with weights trained on the whole graph, to go along")
	f.StringVar(&p.weights, "weights", "float16", "how the weights of --teacher are stored")
	cli.OneOf(f, "weights", "float16", "float32")
	f.Uint64Var(&p.cut.Seed, "seed", 1, "`number` that the part is drawn from")
	f.StringVar(&p.out, "out", "", "`file` to write")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

func (p *packing) check(given func(string) bool) error {
	if p.out == "" {
		return fmt.Errorf("--out is not given, want a file to write the pack to")
	}
	switch {
	case given("target") && p.cut.Seeds < 1:
		return fmt.Errorf("--target is %d, want at least 1", p.cut.Seeds)
	case p.cut.Hops < 0 || p.cut.Hops > 1000:
		return fmt.Errorf("--hops is %d, want 0..1000", p.cut.Hops)
	case p.cut.Nodes < 1 || p.cut.Nodes < p.cut.Seeds:
		return fmt.Errorf("--nodes is %d, want at least %d, the --target", p.cut.Nodes, max(1, p.cut.Seeds))
	}
	return nil
}

func (p *packing) run(cmd *cobra.Command) (*packReport, error) {
	start, ctx, stderr := time.Now(), cmd.Context(), cmd.ErrOrStderr()
	if err := p.check(cmd.Flags().Changed); err != nil {
		return nil, err
	}
	d, err := p.ReadGraph(ctx, stderr)
	if err != nil {
		return nil, err
	}
	if err := p.CheckDerived(d.Graph, "means"); err != nil {
		return nil, err
	}
	p.Notes.Add(settings.Unused(cmd, nil, append(p.Rules(), cli.Rule{Flag: "weights", Idle: p.teacher == "", Why: "there is no --teacher"})...)...)
	var taught origin.Descent
	if p.teacher != "" {
		m, meta, err := p.LoadModel(p.teacher, d.Graph)
		if err != nil {
			return nil, err
		}
		d.Graph = m.Graph() // with what was computed for it
		taught = p.Follow(&d, p.teacher, meta, "packed")
		p.cut.Teacher = m
		p.cut.Meta = origin.Merge(meta, map[string]string{origin.KeyNotes: strings.Join(taught.Clauses, "\n"), "command": "pack", "packed_from": p.Data})
	}
	if err := p.readPreferred(d.Graph); err != nil {
		return nil, err
	}
	if d.Graph.Origin != "" {
		g := *d.Graph
		g.Origin += "; " + cli.Made(cmd, packFlags, []string{"data", "teacher", "prefer"})
		d.Graph = &g
	}
	p.Notes.Print(stderr)
	r := &packReport{Command: "pack", Data: p.Data, Split: d.Split.Name, Out: p.out, Seed: p.cut.Seed, Notes: p.Notes, TaughtSplit: taught.Split, TaughtGraph: taught.Graph, taught: taught}
	err = process.Await(ctx, term.NewMeter(stderr, "packing", ""), func() error { return p.pack(ctx, d, r) })
	r.Seconds = show.Number(time.Since(start).Seconds())
	return r, err
}

// packFlags are the flags, beside those of files, that say what is in the pack.
var packFlags = []string{"direction", "split", "target", "hops", "nodes", "features", "weights", "seed"}

// readPreferred finds the nodes whose names are in the file of --prefer. Lines
// that begin with # are comments.
func (p *packing) readPreferred(g *graph.Graph) error {
	if p.prefer == "" {
		return nil
	}
	if err := p.Allowance().CheckFile(p.prefer); err != nil {
		return fmt.Errorf("--prefer %w", err)
	}
	text, err := file.Read(p.prefer)
	if err != nil {
		return fmt.Errorf("--prefer %s: %w", p.prefer, file.Cause(err))
	}
	target := g.Types[g.Target]
	if target.Labels == nil {
		return fmt.Errorf("--prefer %s: the nodes of %s in %s have no names to find", p.prefer, target.Name, p.Data)
	}
	of := map[string]int32{}
	for v, name := range target.Labels {
		if _, twice := of[name]; !twice {
			of[name] = int32(v)
		}
	}
	var missing []string
	for name := range strings.Lines(string(text)) {
		if name = strings.TrimSpace(name); name == "" || name[0] == '#' {
			continue
		}
		if v, ok := of[name]; ok {
			p.cut.Prefer = append(p.cut.Prefer, v)
		} else {
			missing = append(missing, name)
		}
	}
	if len(p.cut.Prefer) == 0 {
		return fmt.Errorf("--prefer %s: no %s of %s has one of its %d names, such as %q: want names, one a line", p.prefer, target.Name, p.Data, len(missing), strings.Join(missing[:min(3, len(missing))], ", "))
	}
	if len(missing) > 0 {
		p.Notes.Add(fmt.Sprintf("--prefer %s: %d names are of no %s, such as %s", p.prefer, len(missing), target.Name, strings.Join(missing[:min(3, len(missing))], ", ")))
	}
	return nil
}

// pack cuts the part out of d and writes it.
func (p *packing) pack(ctx context.Context, d source.Dataset, r *packReport) error {
	p.cut.Split = d.Split.Name
	if n := len(d.Split.Train) + len(d.Split.Valid) + len(d.Split.Test); p.cut.Seeds > n {
		return fmt.Errorf("--target is %d, want 1..%d (the nodes of split %s)", p.cut.Seeds, n, d.Split.Name)
	}
	if p.cut.Seeds == 0 {
		p.cut.Seeds = min(300, p.cut.Nodes, len(d.Split.Train)+len(d.Split.Valid)+len(d.Split.Test))
	}
	p.cut.Int8, p.cut.Half, p.cut.Name = p.features == "int8", p.weights == "float16", p.name
	part, b, err := p.cut.Of(d.Graph)
	if large, ok := errors.AsType[*pack.WeightsError](err); ok {
		return fmt.Errorf("--teacher %s: %w: want --weights float32", p.teacher, large)
	}
	if err != nil {
		return err
	}
	for k, kept := range part.Types {
		r.Types = append(r.Types, packedType{kept.Name, kept.Count, d.Graph.Types[k].Count})
	}
	r.Seeds, r.Nodes, r.Edges, r.Bytes = p.cut.Seeds, part.NumNodes(), part.NumEdges(), len(b)
	if err := r.open(b); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err() // await has reported it
	}
	return file.Replace(p.out, file.Bytes(b))
}

// name gives the nodes of the part their names, if the graph was too large to
// be read with names.
func (p *packing) name(part *graph.Graph, origin [][]int32) (err error) {
	for t := range part.Types {
		if kept := &part.Types[t]; kept.Labels == nil && ogb.IsDataset(p.Data) == nil {
			if kept.Labels, err = ogb.NodeNames(p.Data, kept.Name, origin[t]); err != nil {
				return err
			}
		}
	}
	return nil
}

// open looks at the pack as the page will: with its features and weights
// rounded, and within the page's limits.
func (r *packReport) open(b []byte) error {
	p, err := graph.DecodePack(b)
	if err != nil {
		return err
	}
	if _, err := sim.NewSession().SetPack(b, ""); err != nil {
		r.Refused = err.Error()
	}
	if p.Teacher == nil {
		return nil
	}
	m, err := gnn.Read(p.Teacher, p.Graph)
	if err != nil {
		return err
	}
	report := fit.Measure(m, p.Graph, p.Graph.Splits[0])
	r.Teacher = &report
	return nil
}

// text is the report for people.
func (r *packReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s nodes and %s edges around %d seeds of %s, %s bytes\n\n", show.Line(r.Out),
		show.Grouped(int64(r.Nodes)), show.Grouped(int64(r.Edges)), r.Seeds, r.Data, show.Grouped(int64(r.Bytes)))
	rows := [][]string{{"nodes", "kept", "of"}}
	for _, t := range r.Types {
		rows = append(rows, []string{t.Name, show.Grouped(int64(t.Kept)), show.Grouped(int64(t.Of))})
	}
	b.WriteString(show.Table(rows))
	if r.Teacher != nil {
		fmt.Fprintf(&b, "\n%s", show.Table(fit.ModelTable([]string{"teacher on the pack"}, []fit.Figures{*r.Teacher})))
	}
	b.WriteString(r.taught.Text())
	if r.Refused != "" {
		fmt.Fprintf(&b, "\nnote: the page does not open it: %s\n", r.Refused)
	} else {
		b.WriteString("\nopen it in the page, under \"Your graph\"\n")
	}
	return b.String()
}
