package formats

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"abkd/gnn/filetype"
	"abkd/gnn/graph/table"
)

// packings are the ways in which a file is packed, told by how it begins.
var packings = []struct {
	start, ext string
	open       func(b []byte) (io.Reader, error)
}{
	{"\x1f\x8b", ".gz", func(b []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(b)) }},
	{"\xfd7zXZ\x00", ".xz", openXZ},
	{"\x04\x22\x4d\x18", ".lz4", func(b []byte) (io.Reader, error) { return lz4.NewReader(bytes.NewReader(b)), nil }},
}

// openXZ refuses a dictionary larger than any preset of xz has, which would be
// allocated at once: its size is the last property of the only filter, LZMA2,
// in the header of the block.
func openXZ(b []byte) (io.Reader, error) {
	const block, largest = 12, 28 // 64 MiB
	if i := bytes.Index(b[min(block, len(b)):min(block+16, len(b))], []byte{0x21, 1}); i >= 0 && len(b) > block+i+2 && b[block+i+2] > largest {
		return nil, errors.New("its dictionary is larger than 64 MiB")
	}
	return xz.NewReader(bytes.NewReader(b))
}

// unpackAll returns the files that were given, and in place of packed ones what
// is in them.
func unpackAll(given []table.File, m *table.Memory) (files []table.File, err error) {
	for _, f := range given {
		inside, is, err := unzip(f, m)
		if err != nil {
			return nil, err
		}
		if !is {
			inside = []table.File{f}
		}
		for _, f := range inside {
			if f, err = unpack(f, m); err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// unpack returns what is in a packed file, under the name without what it is
// packed with, and any other file as it is.
func unpack(f table.File, m *table.Memory) (table.File, error) {
	for _, p := range packings {
		if !bytes.HasPrefix(f.Data, []byte(p.start)) {
			continue
		}
		r, err := p.open(f.Data)
		var text []byte
		if err == nil {
			text, err = m.ReadAll(r, -1, func() string { return f.Name + ", unpacked" })
		}
		if err == nil && len(text) == 0 {
			err = errors.New("nothing is in it")
		}
		if _, large := errors.AsType[*table.TooLarge](err); large {
			return f, err
		}
		if err != nil {
			return f, table.Refuse("%s: it cannot be unpacked (%v): the file is cut short or damaged", f.Name, err)
		}
		return table.File{Name: strings.TrimSuffix(f.Name, p.ext), Data: text}, nil
	}
	return f, nil
}

// unzip returns the files in a zip archive, under the names that they have
// there, and false for what is none or is of one program: an archive of NumPy,
// a spreadsheet, weights.
func unzip(f table.File, m *table.Memory) (files []table.File, is bool, err error) {
	if filetype.Of(f.Name, f.Data[:min(len(f.Data), filetype.HeadSize)]) != filetype.Zip || strings.EqualFold(path.Ext(f.Name), ".npz") {
		return nil, false, nil
	}
	z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		return nil, true, table.Refuse("%s: the archive cannot be opened (%v): the file is cut short or damaged", f.Name, err)
	}
	for _, e := range z.File {
		switch {
		case e.Name == "[Content_Types].xml" || e.Name == "mimetype": // of Office
			return nil, false, nil
		case strings.HasSuffix(e.Name, "/") || isHidden(e.Name):
			continue
		}
		name := f.Name + ", " + e.Name
		r, err := e.Open()
		var b []byte
		if err == nil {
			b, err = m.ReadAll(r, int64(min(e.UncompressedSize64, 1<<40)), func() string { return name + ", unpacked" })
			r.Close()
		}
		if _, large := errors.AsType[*table.TooLarge](err); large {
			return nil, true, err
		}
		if err != nil {
			return nil, true, table.Refuse("%s: it cannot be unpacked (%v): the file is cut short or damaged", name, err)
		}
		files = append(files, table.File{Name: e.Name, Data: b})
	}
	if len(files) == 0 {
		return nil, true, table.Refuse("%s: there is no file in the archive", f.Name)
	}
	return files, true, nil
}

// isHidden reports whether a file is what systems leave beside those of people.
func isHidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}
