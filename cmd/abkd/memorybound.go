package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// An allowance is the memory that a command may take.
type allowance struct {
	asked byteSize // --max-memory, 0 if it is not given
	free  int64    // asked, or what is available now; 0 if that is not known
	most  int64    // asked, or what the machine has with all its swap
}

func newAllowance(asked byteSize) allowance {
	if asked > 0 {
		return allowance{asked, int64(asked), int64(asked)}
	}
	free, _ := availableMemory()
	most := machineMemory(free)
	if most == 0 { // it is not known
		most = math.MaxInt64
	}
	return allowance{0, free, most}
}

// String says whose the most is, and how much it is.
func (a allowance) String() string {
	whose := "the machine has with all its swap"
	if a.asked > 0 {
		whose = "--max-memory"
	}
	return whose + ", " + bytesText(a.most)
}

// refuse refuses runs that need more than there is at all. What says which with
// its verb, and why of what that consists.
func (a allowance) refuse(what string, need int64, why string) error {
	switch {
	case need <= a.most:
		return nil
	case a.asked > 0:
		return fmt.Errorf("--max-memory %v: %s estimated to need %s, which is more%s", a.asked, what, bytesText(need), why)
	}
	return fmt.Errorf("%s estimated to need %s, more than %v%s", what, bytesText(need), a, why)
}

// warn warns of runs that need more than is free.
func (a allowance) warn(stderr io.Writer, what string, need int64, why string) {
	if a.free > 0 && need > a.free {
		fmt.Fprintf(stderr, "abkd: %s estimated to need %s and there are %s%s\n", what, bytesText(need), bytesText(a.free), why)
	}
}

// tellCollector makes the collector work harder when less than that is free.
func (a allowance) tellCollector() {
	if a.free > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(a.free / 20 * 19) // the rest is for what is not the collector's
	}
}

// checkFile refuses a file that is read as a whole, and then decoded, where
// there is no memory for both. A file that is not there is left to its reader.
func (s *source) checkFile(flag, name string) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	may := newAllowance(s.maxMemory)
	if need := 2 * float64(info.Size()); need > float64(may.most) {
		return fmt.Errorf("%s%s: the file has %s, and reading it takes about %s, more than %v", flag, name, bytesText(info.Size()), bytesText(int64(need)), may)
	}
	return nil
}

// checkEvaluation refuses to compute the predictions of m, of the weights in
// file, for all nodes, where there is no memory for that. Layers says how much
// the evaluation takes: that of sim for eval, of gnn for export.
func (s *source) checkEvaluation(file string, m gnn.Model, layers func(gnn.Config, *graph.Graph) (int64, error)) error {
	g := m.Graph() // with the means of features that m reads
	outputs, err := layers(m.Config(), g)
	if err != nil {
		return err
	}
	params, embedding := gnn.Count(m)
	weights := 2 * 4 * int64(params+embedding) // of the file as it was read, and of the model
	f := setup.Footprint{Graph: setup.GraphBytes(g), Models: weights, Evaluation: outputs}
	f.AddGarbage()
	may := newAllowance(s.maxMemory)
	if need := f.Total() + programBytes; need > may.most {
		return fmt.Errorf("%s: to evaluate it on all nodes takes about %s (%s), more than %v", file, bytesText(need), footprintText(f), may)
	}
	may.tellCollector()
	return nil
}
