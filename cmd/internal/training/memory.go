package training

import (
	"io"

	"abkd/cmd/internal/source"
	"abkd/gnn"
	"abkd/sim/memory"
	"abkd/sim/setup"
)

// CheckMemory refuses a run of e on d that the machine has no memory for.
func CheckMemory(stderr io.Writer, e setup.Experiment, d source.Dataset) error {
	return (&job{experiment: e}).checkMemory(stderr, d, nil)
}

// checkMemory estimates what the run of j on d takes. It refuses one that takes
// more than --max-memory or, without that, more than the machine has. It warns
// of one that takes more than is free, and tells the collector how much that is.
func (j *job) checkMemory(stderr io.Writer, d source.Dataset, teacher gnn.Model) error {
	may := j.Allowance()
	var of *gnn.Config
	if teacher != nil {
		c := teacher.Config()
		of = &c
	}
	f, err := j.experiment.Plan().Footprint(d.Graph, of, may.Most)
	if j.alone && err == nil {
		err = j.addAlone(&f, d, may.Most)
	}
	j.estimate = f.Total() + memory.Program
	if err != nil {
		return err
	}
	may.TellCollector()
	memory.CollectFor(f)
	const what = "the run is"
	why := ": " + memory.Text(f) + j.lessMemory(f)
	if err := may.Refuse(what, j.estimate, why); err != nil {
		return err
	}
	may.Warn(stderr, what, j.estimate, why)
	return nil
}

// addAlone adds a second student, trained on the same batches, to f.
func (j *job) addAlone(f *setup.Footprint, d source.Dataset, most int64) error {
	p := j.experiment.Plan()
	one, err := p.Footprint(d.Graph, nil, most)
	p.AddStudent(f, one, d.Graph)
	return err
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
