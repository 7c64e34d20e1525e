// Package outcome writes what is to be known of a run when it is over.
package outcome

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/gnn/quality"
	"abkd/gnn/summary"
	"abkd/sim/study/chart"
)

// WriteQuality writes how good the predictions of m are on each part of the
// split to a new folder, and returns it. The title begins the text.
func WriteQuality(dir, title string, m gnn.Model, g *graph.Graph, split graph.Split) ([]summary.Quality, error) {
	all := summary.Qualities(g, split, quality.Predict(m))
	return all, newFolder(dir, func(dir string) error { return writeQuality(dir, title, all) })
}

// newFolder makes a new folder of what write writes to the one that it is given:
// all of it or nothing.
func newFolder(dir string, write func(dir string) error) error {
	f, err := file.NewFolder(dir)
	if err == nil {
		defer f.Discard()
		if err = write(f.Path); err == nil {
			err = f.Commit()
		}
	}
	if err != nil {
		return fmt.Errorf("cannot write --out %s: %w", dir, file.Cause(err))
	}
	return nil
}

func writeQuality(dir, title string, all []summary.Quality) error {
	for name, write := range map[string]func(io.Writer) error{
		"report.txt":      file.Bytes([]byte(title + "\n\n" + summary.QualityReport(all))),
		"classes.csv":     func(w io.Writer) error { return summary.WriteClasses(w, all) },
		"confusion.csv":   func(w io.Writer) error { return summary.WriteConfusion(w, all) },
		"calibration.csv": func(w io.Writer) error { return summary.WriteCalibration(w, all) },
		"calibration.svg": file.Bytes([]byte(calibration(all))),
	} {
		if err := writeNew(filepath.Join(dir, name), write); err != nil {
			return err
		}
	}
	return nil
}

// writeNew writes a file of a folder that has no name yet.
func writeNew(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// calibration draws the reliability of all parts that have nodes.
func calibration(all []summary.Quality) string {
	var curves []chart.Reliability
	for _, q := range all {
		c := chart.Reliability{Name: q.Part}
		for _, b := range q.Bins {
			c.Confidence, c.Accuracy, c.Nodes = append(c.Confidence, float64(b.Confidence)), append(c.Accuracy, float64(b.Accuracy)), append(c.Nodes, b.Nodes)
		}
		curves = append(curves, c)
	}
	return chart.Alone(chart.Calibration(curves))
}
