package study

import (
	"maps"
	"sync"

	"abkd/gnn"
	"abkd/gnn/graph"
)

// A Store keeps what the runs of a study came to. A key is a hash of all that
// the result depends on, so whatever is kept under it is what would be computed
// again. Its methods may be called by several runs at once.
type Store interface {
	// Teacher returns the result of t, if it and the weights are there and whole.
	Teacher(key string, t Teacher) (TeacherResult, bool)
	// LoadTeacher returns a new model with the weights of that teacher, for g.
	LoadTeacher(key string, g *graph.Graph) (gnn.Model, error)
	// SaveTeacher keeps a trained teacher under r.Key.
	SaveTeacher(m gnn.Model, r TeacherResult) error
	// Cell returns the result of c, taught by that teacher, if it is there and whole.
	Cell(key, teacher string, c Cell) (Result, bool)
	// SaveCell keeps a finished run under r.Key.
	SaveCell(r Result) error
	// Timing returns the inference times that were measured, see Work.Measure.
	Timing() map[string]float64
	// SaveTiming keeps them.
	SaveTiming(map[string]float64) error
}

// A Memory is a Store that lasts as long as the program. The zero Memory is
// empty.
type Memory struct {
	mu       sync.Mutex
	teachers map[string]TeacherResult
	weights  map[string][]byte
	cells    map[string]Result
	timing   map[string]float64
}

// String says in messages where the results are.
func (m *Memory) String() string { return "results in memory" }

// Teacher implements Store.
func (m *Memory) Teacher(key string, _ Teacher) (TeacherResult, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.teachers[key]
	return r, ok
}

// LoadTeacher implements Store.
func (m *Memory) LoadTeacher(key string, g *graph.Graph) (gnn.Model, error) {
	m.mu.Lock()
	weights := m.weights[key]
	m.mu.Unlock()
	return gnn.Read(weights, g)
}

// SaveTeacher implements Store.
func (m *Memory) SaveTeacher(t gnn.Model, r TeacherResult) error {
	weights := gnn.Encode(t, nil)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.teachers == nil {
		m.teachers, m.weights = map[string]TeacherResult{}, map[string][]byte{}
	}
	m.teachers[r.Key], m.weights[r.Key] = r, weights
	return nil
}

// Cell implements Store.
func (m *Memory) Cell(key, _ string, _ Cell) (Result, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.cells[key]
	return r, ok
}

// SaveCell implements Store.
func (m *Memory) SaveCell(r Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells == nil {
		m.cells = map[string]Result{}
	}
	m.cells[r.Key] = r
	return nil
}

// Timing implements Store.
func (m *Memory) Timing() map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.timing)
}

// SaveTiming implements Store.
func (m *Memory) SaveTiming(t map[string]float64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.timing = maps.Clone(t)
	return nil
}
