//go:build !js

package fetch

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/file"
	"abkd/gnn/ogb"
	"abkd/internal/show"
)

// A Release is a data set as its publishers offer it: a zip file with one
// folder at its top.
type Release struct {
	Name   string // as it is asked for
	Folder string // where it is unpacked, as the ogb package of Python has it
	Top    string // the folder in the zip
	URL    string
	SHA256 string // of the zip, "" if none is published
	Files  []FileSum
}

// A FileSum is the size and SHA-256, in hexadecimal, of a file of a data set.
type FileSum struct {
	Name   string // with slashes, relative to the data set
	Size   int64
	SHA256 string
}

// Sums is the file in an unpacked data set that lists its files, in the form
// of the program sha256sum. It is how a later look knows that all is there.
const Sums = "SHA256SUMS"

// Releases returns what can be fetched. The sum of ogbn-mag's zip is the one
// that GoMLX, https://github.com/gomlx/gomlx, checks; for ogbn-arxiv none is
// published.
func Releases() []Release {
	return []Release{
		{
			Name: "ogbn-mag", Folder: "ogbn_mag", Top: "mag",
			URL:    "https://snap.stanford.edu/ogb/data/nodeproppred/mag.zip",
			SHA256: "2afe62ead87f2c301a7398796991d347db85b2d01c5442c95169372bf5a9fca4",
			Files:  magFiles,
		},
		{Name: "ogbn-arxiv", Folder: "ogbn_arxiv", Top: "arxiv", URL: "https://snap.stanford.edu/ogb/data/nodeproppred/arxiv.zip"},
	}
}

// FindRelease returns the release of that name.
func FindRelease(name string) (Release, error) {
	var known []string
	for _, r := range Releases() {
		if r.Name == name {
			return r, nil
		}
		known = append(known, r.Name)
	}
	return Release{}, fmt.Errorf("ogb: data set is %q, want one of %q", name, known)
}

// Unpacked returns the size of the published files, 0 if it is not known.
func (r Release) Unpacked() (n int64) {
	for _, f := range r.Files {
		n += f.Size
	}
	return n
}

// InstallOptions say how to install. The zero value of a field is its default.
type InstallOptions struct {
	// Room, if not nil, is asked before anything is written whether so many
	// bytes have room; its error ends the installation.
	Room func(bytes int64) error
	// Progress, if not nil, is told how many bytes are done.
	Progress func(file string, done, total int64)
}

// Install unpacks the zip to root/r.Folder, which must not exist, and returns
// the sums of its files. They are unpacked beside and moved when all of them
// are there and on the disk, so that a folder of that name is never half a
// data set; what an installation that was killed has left is removed. Two
// installations at a time in one root are the caller's to prevent.
func (r Release) Install(ctx context.Context, zip, root string, o InstallOptions) (sums []FileSum, err error) {
	dir := filepath.Join(root, r.Folder)
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("ogb: %s: is there already, want to make it", dir)
	}
	f, err := file.NewFolder(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	if sums, err = r.unpack(ctx, zip, f.Path, o); err != nil {
		return nil, errors.Join(err, f.Discard())
	}
	if err := f.Commit(); err != nil {
		return nil, fileError(dir, err)
	}
	return sums, nil
}

// A data set has the one or the other of these files.
const (
	nodeDict = "raw/num-node-dict.csv.gz"
	nodeList = "raw/num-node-list.csv.gz"
)

// unpack unpacks the zip to the folder dir and writes the list of sums.
func (r Release) unpack(ctx context.Context, zip, dir string, o InstallOptions) ([]FileSum, error) {
	sums, err := unzip(ctx, zip, dir, r.Top, o)
	if err != nil {
		return nil, err
	}
	if !isThere(dir, nodeDict) && !isThere(dir, nodeList) {
		return nil, damage{fmt.Errorf("ogb: %s: holds no data set: neither %s nor %s is in its folder %s", zip, nodeDict, nodeList, r.Top)}
	}
	if err := writeSums(filepath.Join(dir, Sums), sums); err != nil {
		return nil, fileError(Sums, err)
	}
	return sums, nil
}

// Installed checks each file of the data set dir against the sums that
// Install left there, or else against those that are published, and returns
// how many these are; 0 if there are neither. Something that is missing or
// differs is an error.
func (r Release) Installed(ctx context.Context, dir string, progress func(file string, done, total int64)) (int, error) {
	if err := ogb.IsDataset(dir); err != nil {
		return 0, err
	}
	sums, err := readSums(filepath.Join(dir, Sums))
	if errors.Is(err, os.ErrNotExist) {
		sums, err = r.Files, nil
	}
	if err != nil {
		return 0, fmt.Errorf("ogb: %s: %w", Sums, err)
	}
	total, done := int64(0), int64(0)
	for _, f := range sums {
		info, err := os.Stat(locate(dir, f.Name))
		if err != nil {
			return 0, fileError(f.Name, err)
		}
		if f.Size > 0 && info.Size() != f.Size {
			return 0, fmt.Errorf("ogb: %s: has %d bytes, want %d", f.Name, info.Size(), f.Size)
		}
		total += info.Size()
	}
	for _, f := range sums {
		sum, err := SHA256(ctx, locate(dir, f.Name), func(n int64) {
			if done += n; progress != nil {
				progress(f.Name, done, total)
			}
		})
		if err != nil {
			return 0, fileError(f.Name, err)
		}
		if sum != f.SHA256 {
			return 0, fmt.Errorf("ogb: %s: SHA-256 is %s, want %s: the file is damaged", f.Name, sum, f.SHA256)
		}
	}
	return len(sums), nil
}

// Differing returns the names of those published files that are not among
// sums as published. The official zip and the copy that PyTorch Geometric
// makes differ in where the folder split stands: both count as the same.
func (r Release) Differing(sums []FileSum) (names []string) {
	for _, f := range r.Files {
		same := func(s FileSum) bool {
			return bare(s.Name) == bare(f.Name) && s.Size == f.Size && s.SHA256 == f.SHA256
		}
		if !slices.ContainsFunc(sums, same) {
			names = append(names, f.Name)
		}
	}
	return names
}

// bare returns the name without the folder raw over split.
func bare(name string) string {
	if strings.HasPrefix(name, "raw/split/") {
		return strings.TrimPrefix(name, "raw/")
	}
	return name
}

// locate returns where in dir the file of that name is.
func locate(dir, name string) string {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Lstat(path); err != nil && bare(name) != name {
		return filepath.Join(dir, filepath.FromSlash(bare(name)))
	}
	return path
}

// SHA256 returns the sum of a file in hexadecimal and tells progress of every
// piece that it has read. It ends early when ctx does.
func SHA256(ctx context.Context, name string, progress func(bytes int64)) (string, error) {
	f, err := file.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, watched{f, ctx, progress})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// watched is a reader that ends when its context does.
type watched struct {
	io.Reader
	ctx      context.Context
	progress func(bytes int64) // may be nil
}

func (w watched) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.Reader.Read(b)
	if w.progress != nil {
		w.progress(int64(n))
	}
	return n, err
}

func writeSums(file string, sums []FileSum) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	for _, s := range sums {
		if err == nil {
			_, err = fmt.Fprintf(f, "%s  %s\n", s.SHA256, s.Name)
		}
	}
	return cmp.Or(err, f.Sync(), f.Close())
}

// readSums reads what writeSums wrote; sizes are not in it.
func readSums(name string) (sums []FileSum, err error) {
	f, err := file.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for line := 1; s.Scan(); line++ {
		sum, name, ok := strings.Cut(s.Text(), "  ")
		if _, err := hex.DecodeString(sum); err != nil || len(sum) != 2*sha256.Size || !ok || !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("line %d is %s, want a sum, two spaces and a name", line, show.Quote(s.Text()))
		}
		sums = append(sums, FileSum{Name: name, SHA256: sum})
	}
	if s.Err() == nil && len(sums) == 0 {
		return nil, errors.New("is empty, want a line for each file")
	}
	return sums, s.Err()
}

// isThere reports whether the data set dir has the file name.
func isThere(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil
}

// fileError is err with the name of the file, for one that is missing in words.
func fileError(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ogb: %s: is missing", name)
	}
	return fmt.Errorf("ogb: %s: %w", name, file.Cause(err))
}
