package table

import (
	"fmt"
	"io"
	"math"
	"slices"

	"abkd/internal/show"
)

// Options say how tables are read. The zero value of a field is its default.
type Options struct {
	// Label is the column that has the classes, "" for the one whose name says
	// so.
	Label string
	// Features are columns to take as features beside those whose names say so.
	Features []string
	// Directed keeps the edges between nodes of one type as they are listed.
	// Without it messages go both ways.
	Directed bool
	// Shares, if not zero, are the percents of each class that are drawn for
	// training, validation and test, in place of a split of the file's.
	Shares [3]int
	// Seed draws the split.
	Seed uint32
	// Release says which state of its source a file has.
	Release string
	Limits  Limits
	Memory  *Memory
}

// Told says how splits were drawn and edges taken, for the origin of a graph.
func (o Options) Told() string {
	told := "splits"
	if s := o.Shares; s != [3]int{} {
		told = fmt.Sprintf("split %d/%d/%d", s[0], s[1], s[2])
	}
	told += fmt.Sprintf(" drawn from seed %d", o.Seed)
	if o.Directed {
		told += ", edges within a type as listed"
	}
	return told
}

// ParseShares reads percents such as 60/20/20.
func ParseShares(text string) (s [3]int, err error) {
	n, err := fmt.Sscanf(text, "%d/%d/%d", &s[0], &s[1], &s[2])
	if err != nil || n < 3 || fmt.Sprintf("%d/%d/%d", s[0], s[1], s[2]) != text || s[0] < 1 || slices.Min(s[:]) < 0 || s[0]+s[1]+s[2] > 100 {
		return s, fmt.Errorf("split is %.40q, want three percents, the first of them 1 or more, together at most 100, such as 60/20/20", text)
	}
	return s, nil
}

// Limits are how much of something a graph may have; 0 is as much as there is
// memory for.
type Limits struct {
	Nodes     int
	Edges     int // reverses included
	Numbers   int // of features
	Width     int // of features, and classes
	Types     int // of nodes
	Relations int // reverses included
}

// What a number in 32 bits leaves room for, and more kinds than any graph has
// that is no mistake.
const (
	mostNodes = math.MaxInt32
	mostKinds = 1 << 10
	mostWidth = 1 << 16
)

// MostWidth is how many features a node may have.
func (o Options) MostWidth() int { return orMost(o.Limits.Width, mostWidth) }

func orMost(limit, most int) int {
	if limit > 0 {
		return limit
	}
	return most
}

// Memory is what reading may take, shared by all that one graph is made of.
// A nil one has no end.
type Memory struct{ left, all int64 }

// NewMemory returns a memory of so many bytes.
func NewMemory(bytes int64) *Memory { return &Memory{bytes, bytes} }

// Take asks for bytes that a part of a file takes, before they are allocated.
// where is asked for an error alone.
func (m *Memory) Take(bytes int64, where func() string) error {
	if m == nil {
		return nil
	}
	if bytes < 0 || bytes > m.left {
		return &TooLarge{Where: where(), Max: m.all}
	}
	m.left -= bytes
	return nil
}

// Give returns bytes that were passing.
func (m *Memory) Give(bytes int64) {
	if m != nil {
		m.left += bytes
	}
}

// Left returns how many bytes may still be taken.
func (m *Memory) Left() int64 {
	if m == nil {
		return math.MaxInt64
	}
	return m.left
}

// ReadAll reads all of r, asking for the memory before it is allocated. claimed
// is how many bytes r is said to hold, negative if nothing says so; no more
// than twice of what turns out to be there is allocated. The error is a
// TooLarge or what r failed with.
func (m *Memory) ReadAll(r io.Reader, claimed int64, where func() string) (b []byte, err error) {
	const first = 1 << 12
	for {
		if len(b) == cap(b) {
			grown := max(2*cap(b), first)
			if all := claimed + 1; int64(len(b)) < all && all < int64(grown) { // one more, to see the end
				grown = int(all)
			}
			if err := m.Take(int64(grown), where); err != nil {
				return nil, err
			}
			next := make([]byte, len(b), grown)
			copy(next, b)
			m.Give(int64(cap(b)))
			b = next
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// A TooLarge is the error of a graph that takes more than the Memory there is.
type TooLarge struct {
	Where string
	Max   int64
}

// Error implements error.
func (e *TooLarge) Error() string {
	return e.Where + ": from here on it takes more memory than the " + show.Grouped(e.Max) + " bytes that it may have; cut a smaller part out of the file, or allow more"
}
