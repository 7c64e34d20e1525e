package numpy

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
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
	width  int // most features of a node
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
	a, err := parse(arrayName(file, stem, key), b)
	if err == nil {
		err = s.checkWidth(key, a)
	}
	if err != nil {
		return err
	}
	s.keep(a, file, stem, key)
	return nil
}

func (s *set) keep(a *array, file, stem, key string) {
	s.all = append(s.all, &entry{array: a, file: file, stem: stem, key: strings.ToLower(key)})
}

func arrayName(file, stem, key string) string {
	if key == stem {
		return file
	}
	return file + ", " + key
}

// checkWidth refuses features that are too wide, by the header alone.
func (s *set) checkWidth(key string, a *array) error {
	if len(a.shape) == 2 && slices.Contains(featureNames, strings.ToLower(key)) && a.cols() > s.width {
		return table.Refuse("%s: %d rows of %d features, want 1..%d features", a.name, a.rows(), a.cols(), s.width)
	}
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
		key := strings.TrimSuffix(m.Name, ".npy")
		a, err := s.member(m, arrayName(f.Name, stem, key), key, len(f.Data))
		if _, objects := errors.AsType[*objectsError](err); objects && !isRole(key) {
			a, err = &array{name: f.Name + ", " + key, kind: 'O'}, nil
		}
		if err != nil {
			return err
		}
		s.keep(a, f.Name, stem, key)
	}
	return nil
}

// member returns an array of an archive, a file of so many bytes. It is unpacked
// once its header and what the archive says of it agree, so that one that only
// claims to be large, or is not wanted, takes nothing.
func (s *set) member(m *zip.File, name, key string, file int) (*array, error) {
	damaged := func(err error) error {
		return table.Refuse("%s: it cannot be unpacked (%v): the file is cut short or damaged", name, err)
	}
	const most = 1032 // times as much as was packed is the most that DEFLATE makes of it
	if packed := min(m.CompressedSize64, uint64(file)); m.UncompressedSize64 > most*(packed+1) {
		return nil, damaged(fmt.Errorf("%d bytes are said to be packed in %d", m.UncompressedSize64, packed))
	}
	r, err := m.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer r.Close()
	read := func(n int) (b []byte, err error) {
		b = make([]byte, n)
		n, err = io.ReadFull(r, b)
		return b[:n], err
	}
	head, err := read(start)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, damaged(err)
	}
	begin, end, err := header(name, head, m.UncompressedSize64)
	if err != nil {
		return nil, err
	}
	const long = 1 << 20
	if end > long {
		return nil, damaged(fmt.Errorf("its header has %d bytes", end))
	}
	rest, err := read(end - start)
	if err != nil {
		return nil, damaged(err)
	}
	bytes := m.UncompressedSize64 - uint64(end)
	a, err := newArray(name, string(head[begin:])+string(rest), bytes)
	if err == nil {
		err = s.checkWidth(key, a)
	}
	if err != nil {
		return nil, err
	}
	a.data, err = s.memory.ReadAll(r, int64(bytes), func() string { return name })
	if _, large := errors.AsType[*table.TooLarge](err); err == nil || large {
		return a, err
	}
	return nil, damaged(err)
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
	s.keep(a, f.Name, stem, stem)
	return nil
}
