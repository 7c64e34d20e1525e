package numpy

import (
	"archive/zip"
	"bytes"
	"errors"
	"path"
	"strconv"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

// IsNPZ and IsNPY report whether a file begins as an archive or an array of
// NumPy.
func IsNPZ(f table.File) bool {
	return bytes.HasPrefix(f.Data, []byte("PK\x03\x04")) && strings.EqualFold(path.Ext(f.Name), ".npz")
}

// IsNPY is IsNPZ for one array.
func IsNPY(f table.File) bool { return bytes.HasPrefix(f.Data, []byte(magic)) }

// A set has the arrays of all files of a graph.
type set struct {
	memory *table.Memory
	all    []*entry
}

// An entry is an array with the names that say what it is.
type entry struct {
	*array
	file, stem string // stem is that of the archive, or of the file
	key        string // "" for an array that has a file of its own
	taken      bool
}

// open reads the arrays of a file, or the whole numbers in the lines of a text.
func (s *set) open(f table.File) error {
	stem := strings.ToLower(table.Stem(f.Name))
	if part := planetoidPart(f.Name); part != "" {
		stem = part
	}
	switch ext := strings.ToLower(path.Ext(f.Name)); {
	case IsNPZ(f):
		return s.archive(f, stem)
	case IsNPY(f):
		return s.add(f.Name, stem, stem, f.Data)
	case ext == ".npz" || ext == ".npy":
		_, err := parse(f.Name, f.Data)
		return err
	case ext == ".csv" || ext == ".txt" || stem == "test.index":
		return s.lines(f, stem)
	case IsPlanetoid(f):
		return table.Refuse("%s: this is a pickle of Python, which is not read: save what is in it as an array, scipy.sparse.save_npz or numpy.save, called %s.npz or %s.npy", f.Name, path.Base(f.Name), path.Base(f.Name))
	case ext == ".pt" || ext == ".pth":
		return table.Refuse("%s: this is of PyTorch, which is not read: in Python, numpy.savez(%q, **torch.load(%q)) makes arrays of it", f.Name, stem+".npz", path.Base(f.Name))
	}
	return table.Refuse("%s: want arrays of NumPy, .npz and .npy, and lists of nodes, .csv, beside them", f.Name)
}

func (s *set) add(file, stem, key string, b []byte) error {
	name := file
	if key != stem {
		name += ", " + key
	}
	a, err := parse(name, b)
	if err != nil {
		return err
	}
	s.all = append(s.all, &entry{array: a, file: file, stem: stem, key: strings.ToLower(key)})
	return nil
}

// archive reads the arrays of an .npz. Those of Python objects may be about
// the graph: they are kept by their names, without what is in them.
func (s *set) archive(f table.File, stem string) error {
	z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		return table.Refuse("%s: the archive cannot be opened (%v): the file is cut short or damaged", f.Name, err)
	}
	for _, m := range z.File {
		b, err := s.unpack(m, f.Name)
		if err != nil {
			return err
		}
		key := strings.TrimSuffix(m.Name, ".npy")
		err = s.add(f.Name, stem, key, b)
		if _, objects := errors.AsType[*objectsError](err); objects && !isRole(key) {
			s.all = append(s.all, &entry{array: &array{name: f.Name + ", " + key, kind: 'O'}, file: f.Name, stem: stem, key: strings.ToLower(key)})
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unpack returns what a member of an archive holds.
func (s *set) unpack(m *zip.File, file string) ([]byte, error) {
	where := func() string { return file + ", " + m.Name }
	r, err := m.Open()
	if err != nil {
		return nil, table.Refuse("%s: it cannot be unpacked (%v)", where(), err)
	}
	defer r.Close()
	const plausible = 1 << 40
	b, err := s.memory.ReadAll(r, int64(min(m.UncompressedSize64, plausible)), where)
	if _, large := errors.AsType[*table.TooLarge](err); err == nil || large {
		return b, err
	}
	return nil, table.Refuse("%s: it cannot be unpacked (%v): the file is cut short or damaged", where(), err)
}

// lines reads a list of whole numbers, one a line, as an array of int64.
func (s *set) lines(f table.File, stem string) error {
	text, err := table.Text(f)
	if err != nil {
		return err
	}
	if err := s.memory.Take(8*int64(1+strings.Count(text, "\n")), func() string { return f.Name }); err != nil {
		return err
	}
	a := &array{name: f.Name, kind: 'i', size: 8}
	n, line := 0, 0
	for l := range strings.Lines(text) {
		line++
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		v, err := strconv.ParseInt(l, 10, 64)
		if err != nil {
			return table.Refuse("%s, line %d: %s is no number of a node", f.Name, line, show.Quote(l))
		}
		for k := range 8 {
			a.data = append(a.data, byte(uint64(v)>>(8*k)))
		}
		n++
	}
	a.shape = []int{n}
	s.all = append(s.all, &entry{array: a, file: f.Name, stem: stem, key: stem})
	return nil
}
