package gnn

import "abkd/gnn/mat"

// A watch is who follows a model's gradient, nil for nobody.
type watch func(output int, dy mat.Matrix)

// WatchGradient lets f follow each Backward of m, from the last of the Trace's
// Outputs to the first: it is given the gradient dL/dY that has come together at
// each, for the target type, and may change it in place. A nil f ends that. It
// reports whether m can be followed: New's models can.
func WatchGradient(m Model, f func(output int, dy mat.Matrix)) bool {
	w, ok := m.(interface {
		WatchGradient(f func(output int, dy mat.Matrix))
	})
	if ok {
		w.WatchGradient(f)
	}
	return ok
}

// WatchGradient lets f follow, see the function of that name. A nil f ends that.
func (w *watch) WatchGradient(f func(output int, dy mat.Matrix)) { *w = f }

func (w watch) see(output int, dy mat.Matrix) {
	if w != nil && !dy.Empty() {
		w(output, dy)
	}
}
