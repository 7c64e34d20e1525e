package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/outcome"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/summary"
	"abkd/internal/show"
	"abkd/sim/fit"
	"abkd/sim/origin"
	"abkd/sim/setup"
)

// An evalReport is the result of eval.
type evalReport struct {
	Command string `json:"command"`
	Data    string `json:"data"`
	Split   string `json:"split"`
	Model   string `json:"model"`
	Weights string `json:"weights"`
	origin.Descent
	Notes cli.Notes `json:"notes"`
	fit.Figures
	Out   string            `json:"out,omitempty"`
	Parts []summary.Quality `json:"parts,omitempty"`
}

func newEval() *cobra.Command {
	var from source.Source
	var weights, out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Accuracy, size and speed of saved weights",
		Long: `Compute the predictions of a saved model on the whole graph and print its
accuracy on the three parts of the split, its size (the weights, and apart
from them the embedding tables of node types without features), and the
fastest of several measured inferences.

With --out a new folder says of each part how good the predictions are: which
classes are taken for which (confusion.csv), precision, recall and F1 of each
class (classes.csv), whether confidence is accuracy (calibration.csv and .svg,
with the expected calibration error of Guo et al. 2017), and all that as text
(report.txt).`,
		Example: `  abkd eval --data mag-mini --weights student.safetensors
  abkd eval --data mag-mini --weights student.safetensors --out student-report
  abkd eval --data mag-mini --split random --weights teacher.safetensors --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if weights == "" {
				return fmt.Errorf(`--weights is not given, want a file that "abkd train" or "abkd distill" wrote`)
			}
			d, err := from.ReadGraph(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			m, meta, err := from.LoadModel(weights, d.Graph)
			if err != nil {
				return err
			}
			if err := from.Allowance().CheckEvaluation(weights, m, setup.EvaluationBytes); err != nil {
				return err
			}
			from.Notes.Add(settings.Unused(cmd, nil, from.Rules()...)...)
			from.Notes.Add(summary.Unread(m.Config().Kind, d.Graph))
			descent := from.Follow(&d, weights, meta, "evaluated")
			from.Notes.Add(fit.EmptyTest(d.Split)...)
			from.Notes.Print(cmd.ErrOrStderr())
			report, err := measure(cmd.Context(), cmd.ErrOrStderr(), m, d)
			if err != nil {
				return err
			}
			r := evalReport{"eval", from.Data, d.Split.Name, m.Config().Kind, weights, descent, from.Notes, report, out, nil}
			title := fmt.Sprintf("%s on %s, split %s\n\n", weights, r.Data, r.Split)
			text := title + show.Table(fit.ModelTable([]string{r.Model}, []fit.Figures{r.Figures})) + r.Descent.Text()
			if out != "" {
				err := process.Await(cmd.Context(), term.NewMeter(cmd.ErrOrStderr(), "predicting", ""), func() (err error) {
					r.Parts, err = outcome.WriteQuality(out, title+r.Descent.Text(), m, d.Graph, d.Split)
					return err
				})
				if err != nil {
					return err
				}
				text += "\n" + summary.QualityText(r.Parts) + "\nall of it is in " + out + "\n"
			}
			return cli.Write(cmd.OutOrStdout(), asJSON, r, text)
		},
	}
	from.AddFlags(cmd, source.WeightsSplit)
	cmd.Flags().StringVar(&weights, "weights", "", "`file` of weights that train or distill wrote, or "+source.OfPack+" for those of the teacher in --data")
	cmd.Flags().StringVar(&out, "out", "", "new `folder` for confusion matrix, accuracy of each class and calibration")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	cmd.Flags().SortFlags = false
	return cmd
}

// measure evaluates m on the whole graph.
func measure(ctx context.Context, stderr io.Writer, m gnn.Model, d source.Dataset) (r fit.Figures, err error) {
	err = process.Await(ctx, term.NewMeter(stderr, "measuring", ""), func() error {
		r = fit.Measure(m, d.Graph, d.Split)
		return nil
	})
	return r, err
}
