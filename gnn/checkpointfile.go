//go:build !js

package gnn

import (
	"fmt"

	"abkd/gnn/graph"
	"abkd/gnn/safetensors"
)

// Save writes m to the file path, all of it or nothing, with meta added to the
// metadata. Weights that are not finite are refused.
func Save(path string, m Model, meta map[string]string) error {
	f := checkpoint(m, meta)
	for _, t := range f.Tensors {
		if err := finite(t.Name, t.Data); err != nil {
			return fmt.Errorf("gnn: %s: %w", path, err)
		}
	}
	return safetensors.WriteFile(path, f)
}

// Load is Read for the checkpoint in the file path.
func Load(path string, g *graph.Graph) (Model, error) {
	m, _, err := LoadAll(path, g, nil)
	return m, err
}

// LoadAll is ReadAll for the checkpoint in the file path.
func LoadAll(path string, g *graph.Graph, fits func(Config) error) (Model, map[string]string, error) {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	m, err := fromFile(f, g, fits)
	if err != nil {
		return nil, f.Metadata, fmt.Errorf("gnn: %s: %w", path, err)
	}
	return m, f.Metadata, nil
}
