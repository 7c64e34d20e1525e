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
	"abkd/internal/show"
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
		if errors.Is(err, gzip.ErrHeader) {
			return f, table.Refuse("%s: this is no gzip file, though it begins as one: download it again", f.Name)
		}
		var text []byte
		if err == nil {
			text, err = m.ReadAll(newExpanding(r, f.Name, len(f.Data)), -1, func() string { return f.Name + ", unpacked" })
		}
		if err == nil && len(text) == 0 {
			err = errors.New("nothing is in it")
		}
		if isSentence(err) {
			return f, err
		}
		if err != nil {
			return f, table.Refuse("%s: it cannot be unpacked (%v): the file is cut short or damaged", f.Name, err)
		}
		return table.File{Name: strings.TrimSuffix(f.Name, p.ext), Data: text}, nil
	}
	return f, unpacked(f)
}

// unpacked refuses a file that is called as packed ones are, and is neither
// that nor anything that is known.
func unpacked(f table.File) error {
	if !isCalledPacked(f.Name) || len(f.Data) == 0 {
		return nil
	}
	switch what := filetype.Of(f.Name, f.Data[:min(len(f.Data), filetype.HeadSize)]); what {
	case filetype.Text, filetype.JSON, filetype.XML: // as browsers leave it
		return nil
	case filetype.Unknown:
		return table.Refuse("%s: it is called %s, and is no such file: it begins with %s", f.Name, path.Ext(f.Name), show.Quote(f.Data[:min(len(f.Data), 8)]))
	default:
		return table.Refuse("%s: it is called %s, and is no such file: this is %s", f.Name, path.Ext(f.Name), what)
	}
}

// isCalledPacked reports whether the name of a file says that it is packed.
func isCalledPacked(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".gz" || ext == ".xz" || ext == ".lz4"
}

// isSentence reports whether an error says itself what is wrong.
func isSentence(err error) bool {
	_, large := errors.AsType[*table.TooLarge](err)
	_, refused := errors.AsType[*table.Refused](err)
	return large || refused
}

// An expanding reads what is unpacked, up to much more than any graph comes to.
type expanding struct {
	io.Reader
	name       string
	left, most int64
}

// No graph unpacks to more than mostTimes of its size, but for small ones.
const (
	mostTimes  = 200
	alwaysFits = 64 << 20
)

func newExpanding(r io.Reader, name string, packed int) *expanding {
	most := max(mostTimes*int64(packed), alwaysFits)
	return &expanding{r, name, most, most}
}

// Read implements io.Reader.
func (e *expanding) Read(b []byte) (n int, err error) {
	n, err = e.Reader.Read(b)
	if e.left -= int64(n); e.left < 0 {
		return n, table.Refuse("%s: it unpacks to more than %s bytes, more than %d times its size, as no graph does: unpack it first if that is right", e.name, show.Grouped(e.most), mostTimes)
	}
	return n, err
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
			b, err = m.ReadAll(newExpanding(r, name, int(min(e.CompressedSize64, 1<<40))), int64(min(e.UncompressedSize64, 1<<40)), func() string { return name + ", unpacked" })
			r.Close()
		}
		if isSentence(err) {
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
