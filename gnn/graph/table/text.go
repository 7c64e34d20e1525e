package table

import (
	"bytes"
	"strings"
	"unicode/utf8"
	"unsafe"

	"abkd/gnn/filetype"
)

// Text returns the text of a file, without a byte order mark. It shares the
// file's bytes. What is no text is refused by what it is.
func Text(f File) (string, error) {
	const save = "save it again as “CSV UTF-8”, or as UTF-8 in a text editor"
	b := bytes.TrimPrefix(f.Data, []byte("\ufeff"))
	switch what := filetype.Of(f.Name, f.Data[:min(len(f.Data), filetype.HeadSize)]); {
	case len(bytes.TrimSpace(b)) == 0:
		return "", Refuse("%s: the file is empty", f.Name)
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return "", Refuse("%s: this is UTF-16 text: %s", f.Name, save)
	case what == filetype.Zip:
		return "", Refuse("%s: this is a zip file, or a spreadsheet: unpack it, or save the table as “CSV UTF-8”", f.Name)
	case what == filetype.Bzip2 || what == filetype.Zstd || what == filetype.Tar || what == filetype.Gzip || what == filetype.XZ:
		return "", Refuse("%s: this is %s: unpack it", f.Name, what)
	case what == filetype.HTML || what == filetype.LFS:
		return "", Refuse("%s: this is %s: download the file itself", f.Name, what)
	case what == filetype.Pack:
		return "", Refuse("%s: this is %s: every command takes it as its data", f.Name, what)
	case what != filetype.Unknown && what != filetype.Text && what != filetype.JSON && what != filetype.XML:
		return "", Refuse("%s: this is %s, want a file with a graph", f.Name, what)
	}
	if at := invalid(b); at >= 0 {
		return "", Refuse("%s, line %d: this is not UTF-8 text: %s", f.Name, 1+bytes.Count(b[:at], []byte{'\n'}), save)
	}
	if bytes.IndexByte(b[:min(len(b), 4096)], 0) >= 0 {
		return "", Refuse("%s: this is not UTF-8 text: it has zero bytes, as UTF-16 and files of programs have; %s", f.Name, save)
	}
	return unsafe.String(unsafe.SliceData(b), len(b)), nil // the bytes are not changed
}

// invalid returns where b stops to be UTF-8, -1 if it is all.
func invalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for at := 0; ; {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
}

// Stem returns the name of a file without what its format is called.
func Stem(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	for _, packed := range []string{".gz", ".xz", ".lz4", ".bz2"} {
		name = strings.TrimSuffix(name, packed)
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return name
}
