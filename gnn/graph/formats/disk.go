//go:build !js

package formats

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"abkd/gnn/file"
	"abkd/gnn/graph/table"
)

// Files reads the files of those names, and those in folders of them. What it
// takes is asked of the memory first.
func Files(names []string, m *table.Memory) (all []table.File, err error) {
	read := map[string]bool{}
	for _, given := range names {
		err := filepath.WalkDir(given, func(name string, e fs.DirEntry, err error) error {
			hidden := name != given && strings.HasPrefix(filepath.Base(name), ".")
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", name, file.Cause(err))
			case hidden && e.IsDir():
				return fs.SkipDir
			case hidden || e.IsDir():
				return nil
			}
			short, err := filepath.Rel(filepath.Dir(given), name)
			if err != nil {
				return err
			}
			real, err := file.Resolve(name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, file.Cause(err))
			}
			if read[real] {
				return fmt.Errorf("%s is given twice: name each file once", name)
			}
			read[real] = true
			b, err := content(name, m)
			all = append(all, table.File{Name: filepath.ToSlash(short), Data: b})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// content returns what is in an ordinary file.
func content(name string, m *table.Memory) ([]byte, error) {
	f, err := file.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	if err := m.Take(info.Size(), func() string { return name }); err != nil {
		return nil, err
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, fmt.Errorf("%s: it cannot be read to its end: %w", name, file.Cause(err))
	}
	return b, nil
}
