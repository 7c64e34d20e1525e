//go:build !js

package safetensors

import (
	"errors"
	"fmt"
	"io"

	files "abkd/gnn/file"
	"abkd/gnn/filetype"
)

// ReadFile reads the file at path. Of a file of another type it reads only
// the first bytes, to say what it is.
func ReadFile(path string) (*File, error) {
	err := checkType(path)
	var b []byte
	if err == nil {
		b, err = files.Read(path)
	}
	if err != nil {
		return nil, fmt.Errorf("safetensors: read %s: %w", path, files.Cause(err))
	}
	f, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("safetensors: read %s: %w", path, err)
	}
	return f, nil
}

// checkType reports a file that is known to be of another type.
func checkType(path string) error {
	f, err := files.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, filetype.HeadSize)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	switch t := filetype.Of(path, head[:n]); t {
	case filetype.Safetensors, filetype.Unknown:
		return nil
	default:
		return &TypeError{t}
	}
}

// A TypeError says that a file is of another type.
type TypeError struct{ Type filetype.Type }

// Error implements error.
func (e *TypeError) Error() string {
	return fmt.Sprintf("it is %s, want a safetensors file%s", e.Type, instead(e.Type))
}

// instead says how to come from a file of that type to one that can be read.
func instead(t filetype.Type) string {
	switch t {
	case filetype.Torch, filetype.Pickle:
		return `: save_file(model.state_dict(), "model.safetensors") of the Python package safetensors writes one`
	case filetype.NPZ, filetype.NPY:
		return `: save_file(arrays, "model.safetensors") of the Python module safetensors.numpy writes one`
	case filetype.ONNX, filetype.HDF5, filetype.GGUF:
		return ": load it with the library that wrote it, and save its tensors with the Python package safetensors"
	case filetype.LFS:
		return `: "git lfs pull" downloads it`
	case filetype.HTML:
		return ": a server has sent a page in its place; download it again"
	case filetype.Gzip, filetype.Bzip2, filetype.XZ, filetype.Zstd, filetype.Zip, filetype.Tar:
		return ": unpack it first"
	case filetype.Empty:
		return ": whatever wrote it did not finish"
	}
	return ""
}

// WriteFile writes f to path, all of it or nothing: an older file at path is
// replaced when the new one is complete and on the disk. If that fails it is
// unchanged.
func WriteFile(path string, f *File) error {
	err := files.Write(path, func(w io.Writer) error { return write(w, f) })
	if err == nil {
		return nil
	}
	if errors.Is(err, files.ErrNotDurable) {
		return fmt.Errorf("safetensors: write %s: %w", path, err)
	}
	return fmt.Errorf("safetensors: write %s: %w%s", path, files.Cause(err), files.Outcome(err, path))
}
