package main

import (
	"fmt"
	"io"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// programBytes is what the program takes without any data.
const programBytes = 24 << 20

// checkMemory estimates what the run of j on d takes. It refuses one that takes
// more than --max-memory or, without that, more than the machine has. It warns
// of one that takes more than is free, and tells the collector how much that is.
func (j *job) checkMemory(stderr io.Writer, d dataset, teacher gnn.Model) error {
	may := newAllowance(j.maxMemory)
	var of *gnn.Config
	if teacher != nil {
		c := teacher.Config()
		of = &c
	}
	f, err := j.experiment.Plan().Footprint(d.graph, of, may.most)
	if j.alone && err == nil {
		err = j.addAlone(&f, d, may.most)
	}
	j.estimate = f.Total() + programBytes
	if err != nil {
		return err
	}
	may.tellCollector()
	const what = "the run is"
	why := ": " + footprintText(f) + j.lessMemory(f)
	if err := may.refuse(what, j.estimate, why); err != nil {
		return err
	}
	may.warn(stderr, what, j.estimate, why)
	return nil
}

// addAlone adds a second student, trained on the same batches, to f.
func (j *job) addAlone(f *setup.Footprint, d dataset, most int64) error {
	one, err := j.experiment.Plan().Footprint(d.graph, nil, most)
	f.Models += one.Models
	f.Optimiser += one.Optimiser
	f.Layers += one.Layers
	return err
}

// checkMeans refuses to average the features of more nodes than there is memory
// for.
func (s *source) checkMeans(g *graph.Graph) error {
	may := newAllowance(s.maxMemory)
	var total, passing int64 // bytes, for good and while one type is averaged
	for t, width := range graph.MeanWidths(g) {
		if g.Types[t].Features.Empty() {
			n := int64(g.Types[t].Count)
			total, passing = total+4*n*int64(width), max(passing, 4*n*int64(width+1))
		}
	}
	if total += passing; total == 0 || total+setup.GraphBytes(g)+programBytes <= may.most {
		return nil
	}
	var largest graph.NodeType
	for _, t := range g.Types {
		if t.Features.Empty() && t.Count > largest.Count {
			largest = t
		}
	}
	return fmt.Errorf("--data %s: to average features for the nodes without any, such as %s of %s, takes %s beside the graph's %s, more than %v",
		s.data, grouped(int64(largest.Count)), largest.Name, bytesText(total), bytesText(setup.GraphBytes(g)), may)
}

// footprintText lists the parts of f, but those of nothing.
func footprintText(f setup.Footprint) string {
	var parts []string
	for _, p := range []struct {
		name  string
		bytes int64
	}{
		{"graph", f.Graph}, {"models", f.Models}, {"optimiser", f.Optimiser}, {"batches", f.Batches},
		{"layers of a batch", f.Layers}, {"evaluation", f.Evaluation}, {"measuring", f.Measuring},
		{"garbage", f.Garbage}, {"program", programBytes},
	} {
		if p.bytes > 0 {
			parts = append(parts, p.name+" "+bytesText(p.bytes))
		}
	}
	return strings.Join(parts, ", ")
}

// lessMemory says what would make the largest part smaller.
func (j *job) lessMemory(f setup.Footprint) string {
	e := j.experiment.Plan()
	switch largest := max(f.Models+f.Optimiser, f.Batches+f.Layers, f.Evaluation, f.Measuring); {
	case largest == f.Models+f.Optimiser && e.Inputs == "embedding":
		return "; --inputs means has no embedding tables"
	case largest == f.Batches+f.Layers && e.Sampler == "full":
		return "; --sampler saint or neighbor trains on parts of the graph"
	case largest == f.Batches+f.Layers && e.Sampler == "saint":
		return "; lower --roots or --hidden"
	case largest == f.Batches+f.Layers:
		return "; lower --batch-size, --fanout or --hidden"
	}
	return "; lower --hidden"
}
