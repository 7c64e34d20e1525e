package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/outcome"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/export"
	"abkd/gnn/file"
	"abkd/gnn/summary"
	"abkd/internal/show"
	"abkd/sim/origin"
)

// An exportJob is what is asked for.
type exportJob struct {
	source.Source
	weights string // file
	format  string
	out     string
	top     int    // classes of each node in CSV, 0 for all, -1 for the default
	only    string // which nodes have a line of CSV
	axes    string // file with those of embeddings, "" to find them
}

// An exportReport is the result of export.
type exportReport struct {
	Command string          `json:"command"`
	Data    string          `json:"data"`
	Weights string          `json:"weights"`
	Model   string          `json:"model"`
	Format  string          `json:"format"`
	Files   []string        `json:"files"`
	Rows    int             `json:"rows"` // of the predictions, the logits or the embeddings
	Layers  []outcome.Layer `json:"layers,omitempty"`
	Seconds show.Number     `json:"seconds"`
	Notes   cli.Notes       `json:"notes"`
	origin.Descent
}

// exportFormats are the formats, the default first.
var exportFormats = []string{"csv", "embeddings", "npy", "safetensors", "pytorch"}

// isEmbeddings reports whether a format is a folder with the outputs of layers.
func isEmbeddings(format string) bool { return format == "embeddings" || format == "npy" }

func newExport() *cobra.Command {
	e := exportJob{top: -1}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "export WEIGHTS",
		Short: "Predictions and embeddings for other programs, or a model for PyTorch",
		Long: `Export saved weights, or what the model predicts on a graph:

  csv          a line for each node of the labelled type: its number, name,
               part of the split, label, prediction, classes' probabilities,
               confidence; with --only for some of them, such as unlabelled
  embeddings   a folder: nodes.csv, with each node's place along the two
               principal axes of each layer; layer1.csv and on, what each layer
               computes for every node; axes.safetensors, for --axes
  npy          the same with layer1.npy and on, arrays of NumPy
  safetensors  the weights as they are, after they have been checked against
               the graph; the safetensors packages of Python, Rust and others
               read them
  pytorch      NAME.py, a script that rebuilds the model in plain PyTorch;
               NAME.safetensors, its weights; NAME.pack, the graph; and
               NAME.logits.safetensors, logits that the script compares its own
               with. The script needs nothing but PyTorch. The four replace those of
               an export before, and no other pack or weights.`,
		Example: `  abkd export teacher.safetensors --data mag-mini --format csv --out predictions.csv
  abkd export teacher.safetensors --data mag-mini --format npy --out embeddings
  abkd export teacher.safetensors --data mag-mini --format pytorch --out model
  python3 model.py`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d files are given, want one with weights (see %q)", len(args), cmd.CommandPath()+" --help")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(extensions["weights"], cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(cmd *cobra.Command, args []string) error {
			e.weights = args[0]
			r, err := e.run(cmd)
			if err != nil {
				return err
			}
			text := show.Line(fmt.Sprintf("%s on %s: %s", r.Model, r.Data, strings.Join(r.Files, ", "))) + "\n"
			if e.format == "pytorch" {
				script := r.Files[0]
				if strings.HasPrefix(script, "-") {
					script = "./" + script // or it would be a flag of Python
				}
				text += fmt.Sprintf("python3 %s computes the logits with PyTorch and compares them\n", cli.Word(script))
			}
			text += outcome.LayersText(r.Layers) + r.Descent.Text()
			return cli.Write(cmd.OutOrStdout(), asJSON, r, text)
		},
	}
	e.AddFlags(cmd, source.WeightsSplit)
	f := cmd.Flags()
	f.StringVar(&e.format, "format", exportFormats[0], "`name` of what to write")
	cli.OneOf(f, "format", exportFormats...)
	f.IntVar(&e.top, "top", e.top, "`number` of classes with their probabilities on a line of CSV, 0 for all [0..] (default: all, of more than 50 classes the likeliest 5)")
	f.Lookup("top").DefValue = ""
	f.StringVar(&e.only, "only", export.Onlys[0], "`name` of the nodes that have a line of CSV")
	cli.OneOf(f, "only", export.Onlys...)
	f.StringVar(&e.axes, "axes", "", "`file` with the axes of embeddings, axes.safetensors of an export of the same model at another epoch (default: the principal axes of these)")
	f.StringVar(&e.out, "out", "", "`file` to write; for pytorch the NAME of the four, for embeddings and npy a new folder")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

// files returns the names of what will be written.
func (e *exportJob) files() (files []string, err error) {
	switch e.format {
	case "csv", "safetensors", "embeddings", "npy":
		return []string{e.out}, nil
	case "pytorch":
		stem := e.stem()
		return []string{stem + ".py", stem + ".safetensors", stem + ".pack", stem + ".logits.safetensors"}, nil
	}
	return nil, fmt.Errorf("--format is %q, want one of %q", e.format, exportFormats)
}

func (e *exportJob) stem() string {
	for _, suffix := range []string{".py", ".safetensors"} {
		if stem, ok := strings.CutSuffix(e.out, suffix); ok {
			return stem
		}
	}
	return e.out
}

func (e *exportJob) check(cmd *cobra.Command) ([]string, error) {
	if e.out == "" {
		return nil, fmt.Errorf("--out is not given, want a file to write")
	}
	files, err := e.files()
	if err != nil {
		return nil, err
	}
	if e.top < 0 && cmd.Flags().Changed("top") {
		return nil, fmt.Errorf("--top is %d, want 0 for all classes, or more", e.top)
	}
	return files, nil
}

func (e *exportJob) run(cmd *cobra.Command) (*exportReport, error) {
	start, ctx, stderr := time.Now(), cmd.Context(), cmd.ErrOrStderr()
	files, err := e.check(cmd)
	if err != nil {
		return nil, err
	}
	if err := e.Allowance().CheckFile(e.weights); err != nil {
		return nil, err
	}
	b, err := file.Read(e.weights)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.weights, file.Cause(err))
	}
	d, err := e.ReadGraph(ctx, stderr)
	if err != nil {
		return nil, err
	}
	m, meta, err := e.DecodeModel(e.weights, b, d.Graph)
	if err != nil {
		return nil, err
	}
	if e.format != "safetensors" { // which is a copy
		bytes := gnn.EvaluationBytes
		if isEmbeddings(e.format) {
			bytes = gnn.EachLayerBytes
		}
		if err := e.Allowance().CheckEvaluation(e.weights, m, bytes); err != nil {
			return nil, err
		}
	}
	e.Notes.Add(settings.Unused(cmd, nil, append(e.Rules(),
		cli.Rule{Flag: "top", Idle: e.format != "csv", Why: "it is for --format csv"},
		cli.Rule{Flag: "top", Idle: e.format == "csv" && e.top > d.Graph.Classes, Why: fmt.Sprintf("there are %d classes, and all are written", d.Graph.Classes)},
		cli.Rule{Flag: "only", Idle: e.format != "csv", Why: "it is for --format csv"},
		cli.Rule{Flag: "axes", Idle: !isEmbeddings(e.format), Why: "it is for --format embeddings and npy"},
		cli.Rule{Flag: "split", Idle: e.format != "csv" && !isEmbeddings(e.format), Why: "it is for --format csv, embeddings and npy"})...)...)
	e.Notes.Add(summary.Unread(m.Config().Kind, d.Graph))
	descent := e.Follow(&d, e.weights, meta, "exported")
	e.Notes.Print(stderr)
	r := &exportReport{Command: "export", Data: e.Data, Weights: e.weights, Model: m.Config().Kind, Format: e.format, Files: files, Notes: e.Notes, Descent: descent}
	err = process.Await(ctx, term.NewMeter(stderr, "exporting", ""), func() error { return e.write(ctx, m, b, d, r) })
	r.Seconds = show.Number(time.Since(start).Seconds())
	return r, err
}

// write writes the files; b holds the weights of m.
func (e *exportJob) write(ctx context.Context, m gnn.Model, b []byte, d source.Dataset, r *exportReport) (err error) {
	switch e.format {
	case "safetensors":
		return file.Replace(e.out, file.Bytes(b))
	case "csv":
		p := export.Predictions{Split: d.Split, Own: r.Own, Top: e.top, Only: e.only}
		return file.Replace(e.out, func(w io.Writer) error {
			r.Rows, err = p.Write(ctx, w, m, d.Graph)
			return err
		})
	case "embeddings", "npy":
		r.Rows = len(d.Graph.Labels)
		o := export.Embeddings{Split: d.Split, Own: r.Own, NPY: e.format == "npy"}
		r.Layers, err = outcome.WriteEmbeddings(ctx, e.out, e.axes, o, m, d.Graph)
		return err
	}
	t, err := export.PyTorch(m, d.Graph, filepath.Base(e.stem()), r.Clauses)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err() // await has reported it
	}
	r.Rows = t.Rows
	var set []file.Content
	for i, content := range [][]byte{t.Script, b, t.Pack, t.Logits} {
		set = append(set, file.Content{Name: r.Files[i], Write: file.Bytes(content)})
	}
	if err := file.WriteAll(set); err != nil {
		return file.Unwritten(err, r.Files...)
	}
	return nil
}
