//go:build !js

package ogb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"abkd/gnn/file"
	"abkd/gnn/filetype"
)

// IsDataset returns nil if dir looks like a data set, and else says what it is
// and what to give in its place.
func IsDataset(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fileError(dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("ogb: %s: is %s, want a folder that holds raw and split%s", dir, fileKind(dir, info), importHint(dir))
	}
	r := &reader{dir: dir}
	if err := r.readable(); err != nil {
		return err
	}
	if isDataset(dir) {
		return nil
	}
	for _, name := range []string{nodeDict, nodeList} {
		if err := r.otherForm(name); err != nil {
			return err
		}
	}
	return fmt.Errorf("ogb: %s: is no data set: %s", dir, r.whyNot())
}

// readable refuses a data set with a folder that this user may not read: what
// is in it would count as missing.
func (r *reader) readable() error {
	for _, root := range []string{"", "raw", "split", "mapping"} {
		err := filepath.WalkDir(r.path(root)+string(filepath.Separator), func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && err == nil {
				if hidden(d.Name()) && name != r.path(root) {
					return fs.SkipDir
				}
				_, err = os.Stat(name + string(filepath.Separator) + ".") // what is in it can be asked for
			}
			if errors.Is(err, fs.ErrPermission) {
				return fmt.Errorf("ogb: %s: is a folder that you may not read (%w): chmod u+rx lets its owner", filepath.Clean(name), pathless(err))
			}
			if root == "" || err != nil { // of the data set's own folder only itself; who needs what else cannot be read will say why
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func isDataset(dir string) bool {
	r := &reader{dir: dir}
	return r.has(nodeDict) || r.has(nodeList)
}

// fileKind says what a file is that was given for a folder.
func fileKind(name string, info os.FileInfo) string {
	if !info.Mode().IsRegular() {
		return "not a regular file"
	}
	switch ext := strings.ToLower(path.Ext(info.Name())); {
	case ext == ".npz", ext == ".npy":
		return "a file of NumPy, which is not read"
	case ext == ".pt", ext == ".pth", ext == ".pkl":
		return "a file of PyTorch or Python, which is not read"
	case strings.HasSuffix(strings.ToLower(info.Name()), ".tar.gz"), ext == ".tgz", ext == ".tar":
		return "a tar archive: unpack it"
	}
	f, err := file.Open(name)
	if err != nil {
		return "a file"
	}
	defer f.Close()
	head := make([]byte, filetype.HeadSize)
	n, _ := f.Read(head) // a file that cannot be read is still a file
	switch t := filetype.Of(name, head[:n]); t {
	case filetype.Safetensors:
		return "a safetensors file, which has the weights of a model and no graph"
	case filetype.Checkpoint, filetype.Cache, filetype.Empty:
		return string(t)
	}
	switch what, _ := foreign(head[:n]); {
	case n > 1 && string(head[:2]) == "PK":
		return "a zip archive: unpack it"
	case what != "":
		return what
	}
	return "a file"
}

// importHint says what makes a data set of a file of another program, "" for
// one that is of a data set already.
func importHint(name string) string {
	if isDataset(filepath.Dir(name)) {
		return ""
	}
	if importable(name) {
		return "; \"abkd import\" makes one of such files"
	}
	return ""
}

// importable reports whether "abkd import" reads a file that is called so,
// packed or not.
func importable(name string) bool {
	name = strings.ToLower(filepath.Base(name))
	for _, packed := range []string{".gz", ".xz", ".lz4"} {
		name = strings.TrimSuffix(name, packed)
	}
	switch path.Ext(name) {
	case ".npz", ".npy", ".csv", ".tsv", ".json", ".cyjs", ".graphml", ".gexf", ".mtx", ".node_labels", ".content", ".cites", ".edgelist":
		return true
	}
	return name == "packages" || strings.HasSuffix(name, "_packages") // as apt keeps it
}

// whyNot says what the folder holds instead of a data set.
func (r *reader) whyNot() string {
	abs, err := filepath.Abs(r.dir)
	if err != nil {
		abs = r.dir
	}
	for up, n := filepath.Dir(abs), 0; n < 3; up, n = filepath.Dir(up), n+1 {
		if isDataset(up) {
			return fmt.Sprintf("it is a part of one, give %s", relativeTo(r.dir, abs, up))
		}
	}
	if r.has(path.Base(nodeDict)) || r.has(path.Base(nodeList)) {
		return "its files belong into a folder raw, beside a folder split: give the folder above that"
	}
	if below := r.below(); len(below) == 1 {
		return fmt.Sprintf("it holds one, give %s", filepath.Join(r.dir, below[0]))
	} else if len(below) > 1 {
		return fmt.Sprintf("it holds several (%s), give one of them, such as %s", fewOf(below), filepath.Join(r.dir, below[0]))
	}
	return fmt.Sprintf("neither %s nor %s is there%s", nodeDict, nodeList, r.instead())
}

// relativeTo returns the name of the folder up, above abs, in the terms in
// which dir names abs.
func relativeTo(dir, abs, up string) string {
	rel, err := filepath.Rel(abs, up)
	if name := filepath.Join(dir, rel); err == nil && !strings.HasPrefix(name, "..") {
		return name
	}
	return up
}

// below returns the data sets that stand up to three folders below.
func (r *reader) below() (found []string) {
	const most = 1000 // folders that are looked at
	queue := []string{""}
	for seen := 0; len(queue) > 0 && seen < most; seen++ {
		at := queue[0]
		queue = queue[1:]
		there, _ := os.ReadDir(filepath.Join(r.dir, at)) // one that cannot be read holds none
		for _, d := range there {
			name := filepath.Join(at, d.Name())
			switch {
			case hidden(d.Name()) || !d.IsDir() && d.Type()&os.ModeSymlink == 0:
			case isDataset(filepath.Join(r.dir, name)):
				found = append(found, name)
			case d.IsDir() && strings.Count(name, string(filepath.Separator)) < 2:
				queue = append(queue, name)
			}
		}
	}
	return found
}

// instead says what is there in place of the files of a data set.
func (r *reader) instead() string {
	there, err := os.ReadDir(r.dir)
	if err != nil {
		var p *os.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return fmt.Sprintf("; the folder cannot be listed: %v", err)
	}
	if len(there) == 0 {
		return "; the folder is empty"
	}
	raw, _ := os.ReadDir(r.path("raw"))
	for _, d := range raw {
		if ext := strings.ToLower(path.Ext(d.Name())); ext == ".npz" || ext == ".npy" || ext == ".pt" {
			return fmt.Sprintf("; raw/%s %s%s", d.Name(), formOf(d.Name()), importHint(d.Name()))
		}
	}
	for _, d := range there {
		switch ext := strings.ToLower(path.Ext(d.Name())); {
		case d.Name() == "processed" && d.IsDir():
			return "; processed holds what PyTorch made of one, which is not read: raw and split are wanted"
		case !d.IsDir() && importable(d.Name()) && ext != ".npz" && ext != ".npy":
			return fmt.Sprintf("; %s is there: \"abkd import\" makes one of such files", d.Name())
		case ext == ".zip", ext == ".tar", ext == ".tgz", ext == ".gz" && !strings.HasSuffix(d.Name(), ".csv.gz"):
			return fmt.Sprintf("; %s is there: unpack it", d.Name())
		case ext == ".npz", ext == ".npy", ext == ".pt", ext == ".pkl":
			return fmt.Sprintf("; %s %s%s", d.Name(), formOf(d.Name()), importHint(d.Name()))
		}
	}
	return ""
}
