package study_test

import (
	"context"
	"fmt"

	"abkd/gnn/graph/fingerprint"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// A small comparison: three ways to train one student, over two seeds, two runs
// side by side. With a folder of package store instead of a Memory a study that
// was ended goes on where it was.
func Example() {
	g, err := setup.BuiltIn("karate")
	if err != nil {
		panic(err)
	}
	split := g.Splits[0]
	spec := study.Spec{
		Base:     setup.Experiment{Split: split.Name, Model: "gcn", Teacher: setup.Size{Layers: 2, Hidden: 32}, TeacherEpochs: 50, Epochs: 40, Nodes: "all"},
		Students: []setup.Size{{Layers: 2, Hidden: 4}},
		Seeds:    []uint64{1, 2},
	}
	for _, name := range []string{"none", "kd", "kd+abkd"} {
		m, err := study.ParseMethod(name)
		if err != nil {
			panic(err)
		}
		spec.Methods = append(spec.Methods, m)
	}
	work, err := study.NewWork(spec, g, fingerprint.Run(g, split), &study.Memory{})
	if err != nil {
		panic(err)
	}
	if err := work.Run(context.Background(), 2); err != nil {
		panic(err)
	}
	results, teachers, err := work.Results()
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d teachers and %d students are trained\n", len(teachers), len(results))
	for _, row := range study.Rows(results, teachers) {
		fmt.Printf("%-9s test %.1f %%, %.1f times smaller than its teacher\n", row.Name(), 100*row.TestMean, row.Ratio)
	}
	// Output:
	// 2 teachers and 6 students are trained
	// none      test 55.0 %, 7.8 times smaller than its teacher
	// kd        test 57.5 %, 7.8 times smaller than its teacher
	// abkd + kd test 35.0 %, 7.8 times smaller than its teacher
}
