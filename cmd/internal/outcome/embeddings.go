package outcome

import (
	"context"
	"fmt"

	"abkd/gnn"
	"abkd/gnn/export"
	"abkd/gnn/graph"
	"abkd/gnn/safetensors"
	"abkd/internal/show"
)

// A Layer is what was exported of one: its width, and the shares of the variance
// of its outputs along the two axes.
type Layer struct {
	Width     int           `json:"width"`
	Explained []show.Number `json:"explained"`
}

// WriteEmbeddings writes the outputs of the layers of m to a new folder. They are
// seen along the axes of that file, or their own without.
func WriteEmbeddings(ctx context.Context, dir, axes string, o export.Embeddings, m gnn.Model, g *graph.Graph) (all []Layer, err error) {
	if axes != "" {
		if o.Axes, err = safetensors.ReadFile(axes); err != nil {
			return nil, fmt.Errorf("--axes %w", err)
		}
		if err := o.CheckAxes(m); err != nil {
			return nil, fmt.Errorf("--axes %s: %w", axes, err)
		}
	}
	err = newFolder(dir, func(dir string) error {
		layers, err := o.Write(ctx, dir, m, g)
		for _, l := range layers {
			all = append(all, Layer{l.Width, []show.Number{show.Number(l.Explained[0]), show.Number(l.Explained[1])}})
		}
		return err
	})
	return all, err
}

// LayersText says what was exported of each layer.
func LayersText(all []Layer) string {
	if len(all) == 0 {
		return ""
	}
	rows := [][]string{{"layer", "width", "variance along x", "along y"}}
	for i, l := range all {
		rows = append(rows, []string{fmt.Sprint(i + 1), fmt.Sprint(l.Width), show.Percent(l.Explained[0]), show.Percent(l.Explained[1])})
	}
	return show.Table(rows)
}
