package sim

import "abkd/gnn/sample"

// Close ends what the run does ahead of its next step. A run that has come to
// its end has done so already; one that has not can go on.
func (r *Run) Close() {
	stopDrawing(r.sampler)
}

// stopDrawing ends what draws batches of s ahead, if something does: it asks for
// no type, so that the browser's programs are without sample.Prefetch.
func stopDrawing(s sample.Sampler) {
	if s, ok := s.(interface{ Stop() }); ok {
		s.Stop()
	}
}

// edgesOf returns the number of edges of b, each counted in every layer.
func edgesOf(b *sample.Batch) (n int64) {
	for _, block := range b.Blocks {
		for _, rel := range block.Rel {
			n += int64(len(rel.In.Col))
		}
	}
	return n
}
