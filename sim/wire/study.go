package wire

// A Study is what many runs have come to, for a canvas that compares them.
// Whoever has them run makes it: a page of its workers' snapshots, a window of
// its own runs. What is not known is NaN.
type Study struct {
	Stored  bool   // computed ahead of time, not for this viewer
	Chosen  int    // which method or dot is chosen, counted from 1; 0 for none
	Cost    string // of Costs: what the dots cost
	Levels  []Level
	Methods []Method
	Dots    []Dot
	Courses []Course
}

// Costs are what a student can be measured by beside its accuracy.
var Costs = []string{"params", "bytes", "time"}

// A Level is an accuracy that others are held against, of a model that is no
// method of the study.
type Level struct {
	Model string // "teacher", or as in Baseline
	Test  float32
}

// A Method is one way to train a student, over seeds.
type Method struct {
	Name    string // as it is shown
	IsAlone bool   // it learns from the labels alone: what the others are held against
	Endings []Ending
	Diff    float32 // mean difference to the student alone, paired by seed
	Low     float32 // bounds of its 95 % interval, NaN where there is none
	High    float32
}

// An Ending is where a run has ended, or where it is on its way there.
type Ending struct {
	Seed   int
	Test   float32 // accuracy: at the epoch of the best validation accuracy, of a run on its way at its last epoch
	Epoch  int     // done
	Epochs int     // in all; Epoch once it has ended
}

// A Dot is a model by its cost and its accuracy.
type Dot struct {
	Kind           string // "teacher", "taught" or "alone"
	Layers, Hidden int
	Seed           int
	Cost, Test     float32
}

// A Course is how one run went, epoch by epoch.
type Course struct {
	Name          string    // as it is shown
	Epochs        int       // that it has
	L             []float32 // the criterion's loss after each epoch done
	Taught, Alone float32   // test accuracy now, of the taught student and of the one alone
	Units         int       // of each hidden layer
	At            []int     // the epochs whose activity is known
	Share         []float32 // [At × units of all hidden layers], see Activity
	D             []float32 // [At] mean dissimilarity of the pairs of layers; empty where none are aligned
}
