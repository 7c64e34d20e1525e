package formats

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

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
