//go:build !js

package ogb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"abkd/gnn/file"
	"abkd/internal/show"
)

// A byte of a gzip file is at most this many of text.
const gzipRatio = 1032

func (r *reader) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

// exists reports whether the data set has a file or folder of exactly that
// name.
func (r *reader) exists(name string) bool {
	_, err := os.Stat(r.path(name))
	return err == nil
}

// has reports whether the data set has the file name, which ends in .csv.gz,
// or the same uncompressed.
func (r *reader) has(name string) bool { return r.exists(name) || r.exists(unpacked(name)) }

func unpacked(name string) string { return strings.TrimSuffix(name, ".gz") }

// actual returns the name under which the file name is there: its own, or the
// uncompressed one's.
func (r *reader) actual(name string) string {
	if !r.exists(name) && r.exists(unpacked(name)) {
		return unpacked(name)
	}
	return name
}

// find returns the name under which the file name is there, "" if it is not.
// A file that is there in a form that is not read is an error, and so are two
// of different text.
func (r *reader) find(name string) (string, error) {
	plain := unpacked(name)
	packed := r.exists(name)
	switch {
	case packed && plain != name && r.exists(plain):
		if err := r.sameText(name, plain); err != nil {
			return "", err
		}
		r.use(plain)
	case !packed && r.exists(plain):
		name = plain
	case !packed:
		return "", r.otherForm(name)
	}
	r.use(name)
	return name, nil
}

// use notes that a file has been read, or that there is a reason not to.
func (r *reader) use(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == nil {
		r.used = map[string]bool{}
	}
	r.used[name] = true
}

// open opens the CSV file of that name, gzipped or not.
func (r *reader) open(name string) (*table, error) {
	actual, err := r.find(name)
	if err == nil && actual == "" {
		err = r.missing(name)
	}
	if err != nil {
		return nil, err
	}
	return r.openFile(actual)
}

func (r *reader) openFile(name string) (*table, error) {
	f, err := file.Open(r.path(name))
	if err != nil {
		return nil, fileError(name, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is not a regular file")
	}
	if err != nil {
		f.Close()
		return nil, fileError(name, err)
	}
	text, most, err := unpacker(bufio.NewReaderSize(&meter{r, f, name, 0, info.Size()}, 1<<15), name, info.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("ogb: %s: %w", name, err)
	}
	buffer := int(min(bufferSize, 1024+8*info.Size()))
	t := newTable(name, ahead(text, buffer), buffer)
	t.most, t.close = most, func() error {
		t.src.(*readAhead).stop()
		return f.Close()
	}
	if err = t.fill(); err == nil {
		if what, advice := foreign(t.buf[:t.end]); what != "" {
			err = fmt.Errorf("ogb: %s: is %s below its gzip, want CSV%s", name, what, advice)
		}
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// unpacker returns the text of a file by what it begins with, and how many
// bytes that can be.
func unpacker(b *bufio.Reader, name string, size int64) (io.Reader, int64, error) {
	head, _ := b.Peek(512) // an error is said again by reading
	what, advice := foreign(head)
	switch packed := strings.HasSuffix(name, ".gz"); {
	case what == gzipped:
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, 0, fmt.Errorf("is not in gzip format: %s", gzipCause(err))
		}
		z.Multistream(false)
		return &members{z, b}, size * gzipRatio, nil
	case what != "":
		return nil, 0, fmt.Errorf("is %s, want CSV%s", what, advice)
	case packed && size == 0:
		return nil, 0, errors.New("is empty: 0 bytes are no gzip file, not even one of no rows")
	case packed && isText(head):
		return nil, 0, fmt.Errorf("is plain text and not in gzip format: name it %s, or compress it", path.Base(unpacked(name)))
	case packed:
		return nil, 0, errors.New("is not in gzip format")
	}
	return b, size, nil
}

const gzipped = "a gzip file"

var errTrailing = errors.New("bytes that are no gzip follow its end")

// members reads the members of a gzip file one after the other. A gzip.Reader
// does it too, but calls what follows the last one a member that is cut off.
type members struct {
	z *gzip.Reader
	b *bufio.Reader
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		if err = m.next(); err != nil || n > 0 {
			return n, err
		}
	}
}

// next begins the next member. Zeros after the last one fill a block of a disk
// or a tape, as for gzip.
func (m *members) next() error {
	for {
		head, err := m.b.Peek(2)
		switch {
		case len(head) == 0:
			return err
		case head[0] == 0:
			m.b.Discard(1) // it is there
		case len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b:
			return errTrailing
		default:
			err = m.z.Reset(m.b)
			m.z.Multistream(false)
			return err
		}
	}
}

// foreign says what a file is that begins with head, if that is no CSV, and
// what to do.
func foreign(head []byte) (what, advice string) {
	for _, f := range []struct{ magic, what, advice string }{
		{"\x1f\x8b", gzipped, ": unpack it once"},
		{"PK\x03\x04", "a zip archive, as .pt and .npz files are too", ""},
		{"\xfd7zXZ\x00", "packed by xz", " packed by gzip, or unpacked"},
		{"BZh", "packed by bzip2", " packed by gzip, or unpacked"},
		{"\x28\xb5\x2f\xfd", "packed by zstd", " packed by gzip, or unpacked"},
		{"7z\xbc\xaf\x27\x1c", "a 7z archive", ""},
		{"\x93NUMPY", "an array of NumPy", ": numpy.savetxt with fmt and delimiter writes that"},
		{"PAR1", "a Parquet file", ": pandas.DataFrame.to_csv writes that"},
		{"\x89HDF", "an HDF5 file", ""},
		{"\x80\x02", "a pickle of Python, as older .pt files are", ""},
		{"\x80\x03", "a pickle of Python", ""}, {"\x80\x04", "a pickle of Python", ""}, {"\x80\x05", "a pickle of Python", ""},
		{"\xff\xfe", "text in UTF-16", " in UTF-8"}, {"\xfe\xff", "text in UTF-16", " in UTF-8"},
		{"version https://git-lfs", "a pointer of git LFS and not the file itself", ": \"git lfs pull\" fetches it"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.what, f.advice
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "a tar archive", ": unpack it"
	}
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, byteOrderMark)))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<!--"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return "a web page and not the file itself", ": download it again"
		}
	}
	if bytes.HasPrefix(start, []byte("<?xml")) {
		return "an XML file", "" // a graph as GraphML or GEXF, or what a server says is wrong
	}
	return "", ""
}

// isText reports whether head has no byte that text has not.
func isText(head []byte) bool {
	return bytes.IndexFunc(head, func(c rune) bool { return c < ' ' && !strings.ContainsRune("\t\n\r", c) }) < 0
}

// sameText returns an error if two files have different text.
func (r *reader) sameText(a, b string) error {
	ta, err := r.openFile(a)
	if err != nil {
		return err
	}
	defer ta.close()
	tb, err := r.openFile(b)
	if err != nil {
		return err
	}
	defer tb.close()
	for {
		more := ta.advance()
		if more != tb.advance() || more && !bytes.Equal(ta.row, tb.row) {
			return fmt.Errorf("ogb: %s and %s: both are there and differ, want one of them", a, path.Base(b))
		}
		if !more {
			return errors.Join(ta.err, tb.err)
		}
	}
}

// stem returns what the name of a file has in common with the same in another
// format or spelling.
func stem(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(path.Base(name)), ".")
	return strings.ReplaceAll(strings.ReplaceAll(name, "_", "-"), " ", "-")
}

// otherForm returns an error if the file name, which is missing, is there in
// a form that is not read.
func (r *reader) otherForm(name string) error {
	for _, file := range []string{name, unpacked(name)} {
		if to, err := os.Readlink(r.path(file)); err == nil {
			_, err = os.Stat(r.path(file)) // the file is missing, so this fails
			return fmt.Errorf("ogb: %s: is a link to %s, which cannot be followed: %w", file, show.Quote(to), pathless(err))
		}
	}
	there, _ := os.ReadDir(r.path(path.Dir(name))) // the folder may be missing too
	for _, d := range there {
		if hidden(d.Name()) || d.IsDir() || stem(d.Name()) != stem(name) {
			continue
		}
		return fmt.Errorf("ogb: %s: %s, want %s", path.Join(path.Dir(name), d.Name()), formOf(d.Name()), path.Base(name))
	}
	return nil
}

// formOf says what a file is by its name.
func formOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".npz", ".npy":
		return "is a file of NumPy, which is not read"
	case ".pt", ".pth", ".pkl":
		return "is a file of PyTorch or Python, which is not read"
	case ".parquet", ".feather", ".h5", ".hdf5", ".mat", ".json", ".tsv", ".txt", ".xz", ".bz2", ".zst", ".zip", ".tar", ".7z":
		return "is of a form that is not read"
	}
	return "is not named as it has to be"
}

// missing returns an error about a file that is not there, with what is there
// in its place.
func (r *reader) missing(name string) error {
	there, _ := os.ReadDir(r.path(path.Dir(name)))
	for _, d := range there {
		switch ext := strings.ToLower(path.Ext(d.Name())); {
		case hidden(d.Name()) || d.IsDir():
		case ext == ".pt", ext == ".npz", ext == ".npy", ext == ".pkl", ext == ".zip":
			return fmt.Errorf("ogb: %s: is missing; %s %s: write the table as text, a row a line", name, d.Name(), formOf(d.Name()))
		case path.Base(name) == "valid.csv.gz" && (stem(d.Name()) == "val" || stem(d.Name()) == "validation" || stem(d.Name()) == "dev"):
			return fmt.Errorf("ogb: %s: is missing; %s is there: name it so", name, d.Name())
		}
	}
	return fmt.Errorf("ogb: %s: is missing", name)
}

// hidden reports whether a file or folder of that name belongs to a tool that
// passed by, and not to the data set.
func hidden(name string) bool {
	switch strings.ToLower(name) {
	case "__macosx", "__pycache__", "thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, ".")
}
