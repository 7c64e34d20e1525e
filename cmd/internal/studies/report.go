package studies

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn/file"
	"abkd/sim/study/paper"
)

// A Report is what report prints as JSON.
type Report struct {
	Command string   `json:"command"`
	Out     string   `json:"out"`
	Files   []string `json:"files"`
	Graphs  []string `json:"graphs"`
	Methods []string `json:"methods"`
}

// NewReport returns the command report.
func NewReport() *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report FOLDER...",
		Short: "Tables and figures of studies, for a paper",
		Long: `Make tables and figures for a paper of the folders of abkd study, or of abkd
compare, that are done: report.html, one page that needs no other file, with
protocol, budget, machine, versions and hashes; tables.tex (LaTeX, booktabs) and
tables.md (Markdown); and the figures as SVG: mean ranks with their critical
difference, the slope of each method on each graph, accuracy against compression.

All is read from the folders and nothing is trained. Folders of several graphs
stand side by side; those of study must have the same protocol and criteria.`,
		Example: `  abkd report fair/cora fair/citeseer fair/vispub --out paper
  abkd report compared --out paper`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, folders []string) error {
			if len(folders) == 0 {
				return fmt.Errorf("FOLDER is not given: want folders of abkd study or abkd compare")
			}
			if out == "" {
				return fmt.Errorf("--out is not given: want a folder for the tables and figures")
			}
			p, err := paper.Read(folders)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o777); err != nil {
				return fmt.Errorf("--out %s: %w", out, file.Cause(err))
			}
			names, err := p.Save(out)
			if err != nil {
				return err
			}
			r := Report{Command: "report", Out: out, Files: names, Methods: p.Names}
			for i := range p.Graphs {
				r.Graphs = append(r.Graphs, p.Graphs[i].Name())
			}
			text := fmt.Sprintf("methods: %d; graphs and sizes: %d; written: %s, tables.tex and tables.md beside it, figures: %d\n", len(p.Names), len(p.Graphs), filepath.Join(out, names[0]), len(names)-3)
			return cli.Write(cmd.OutOrStdout(), asJSON, r, text)
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "`folder` for the tables and figures")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}
