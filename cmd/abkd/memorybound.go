package main

import (
	"fmt"
	"math"
	"os"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// bound returns how much memory a command may take at all, and who says so.
func (s *source) bound() (most int64, whose string) {
	if s.maxMemory > 0 {
		return int64(s.maxMemory), "--max-memory"
	}
	if most = machineMemory(0); most == 0 { // it is not known
		most = math.MaxInt64
	}
	return most, "the machine has with all its swap"
}

// checkFile refuses a file that is read as a whole, and then decoded, where
// there is no memory for both. A file that is not there is left to its reader.
func (s *source) checkFile(flag, name string) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	most, whose := s.bound()
	if need := 2 * float64(info.Size()); need > float64(most) {
		return fmt.Errorf("%s%s: the file has %s, and reading it takes about %s, more than %s, %s", flag, name, bytesText(info.Size()), bytesText(int64(need)), whose, bytesText(most))
	}
	return nil
}

// checkEvaluation refuses to compute the predictions of m, of the weights in
// file, for all nodes of g, where there is no memory for that.
func (s *source) checkEvaluation(file string, m gnn.Model, g *graph.Graph) error {
	layers, err := gnn.EvaluationBytes(m.Config(), g)
	if err != nil {
		return err
	}
	params, embedding := gnn.Count(m)
	weights := 4 * int64(params+embedding)
	most, whose := s.bound()
	if need := setup.GraphBytes(g) + weights + layers + programBytes; need > most {
		return fmt.Errorf("%s: to evaluate it on all nodes takes about %s (graph %s, weights %s, outputs of layers %s, program %s), more than %s, %s",
			file, bytesText(need), bytesText(setup.GraphBytes(g)), bytesText(weights), bytesText(layers), bytesText(programBytes), whose, bytesText(most))
	}
	return nil
}
