//go:build !js

package safetensors

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	for _, f := range []*File{example(), {Tensors: example().Tensors[2:3]}} { // the second replaces the first
		if err := WriteFile(path, f); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(path)
		if err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("got %v, error %v, want %v", got, err, f)
		}
	}
	wantOnly(t, filepath.Dir(path), "model.safetensors")
}

func TestWriteFileRefuses(t *testing.T) {
	bad := &File{Tensors: []Tensor{{Name: "a", Shape: []int{3}}}}
	for _, c := range []struct {
		name, path, want string
		f                *File
	}{
		{"file", "old", "old: tensor \"a\" has 0 elements, want the product of shape [3]; the previous file is unchanged", bad},
		{"file", "new", "new: tensor \"a\" has 0 elements, want the product of shape [3]; nothing is written", bad},
		{"folder", "none/new", "none/new: no such file or directory; nothing is written; make the folder first", example()},
		{"target", "folder", "folder: ", example()},
	} {
		t.Run("fault="+c.name+"/path="+c.path, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
				t.Fatal(err)
			}
			old := filepath.Join(dir, "old")
			if err := WriteFile(old, example()); err != nil {
				t.Fatal(err)
			}
			err := WriteFile(filepath.Join(dir, filepath.FromSlash(c.path)), c.f)
			if err == nil || !strings.HasPrefix(err.Error(), "safetensors: write "+dir) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
			wantOnly(t, dir, "folder", "old")
			if got, err := ReadFile(old); err != nil || !reflect.DeepEqual(got, example()) {
				t.Errorf("older file is %v, error %v", got, err)
			}
		})
	}
}

// A reader sees the old file or the new one at every moment, never a part.
func TestWriteFileAtomic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	file := func(v float32) *File {
		f := &File{Tensors: []Tensor{{Name: "w", Shape: []int{40_000}, Data: make([]float32, 40_000)}}}
		for i := range f.Tensors[0].Data {
			f.Tensors[0].Data[i] = v
		}
		return f
	}
	if err := WriteFile(path, file(0)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		for v := range 20 {
			if err := WriteFile(path, file(float32(v))); err != nil {
				done <- err
				return
			}
		}
		close(done)
	}()
	for last := float32(0); ; {
		f, err := ReadFile(path)
		if err != nil {
			t.Error(err)
			break
		}
		data := f.Tensors[0].Data
		if data[0] < last || data[0] != data[len(data)-1] {
			t.Errorf("read %v to %v after %v", data[0], data[len(data)-1], last)
		}
		if last = data[0]; last == 19 {
			break
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode is %v, error %v, want readable by all", info.Mode(), err)
	}
	wantOnly(t, filepath.Dir(path), "model.safetensors")
}

// Writing to a pipe that nobody reads any more fails, early or late.
func TestWriteBrokenPipe(t *testing.T) {
	for _, n := range []int{1, 100_000} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		err = Write(w, &File{Tensors: []Tensor{{Name: "w", Shape: []int{n}, Data: make([]float32, n)}}})
		if err == nil || !strings.HasPrefix(err.Error(), "safetensors: ") {
			t.Errorf("%d elements: error is %v, want one", n, err)
		}
		w.Close()
	}
}

// A file that holds no tensors is told by what it is, and what to do.
func TestReadFileRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadFile(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "none: no such file") {
		t.Errorf("a file that is not there gives %v", err)
	}
	if _, err := ReadFile(dir); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder gives %v", err)
	}
	for _, c := range []struct{ name, content, want string }{
		{"short", "\x01\x02\x03", "file has 3 bytes"},
		{"empty", "", "it is an empty file"},
		{"cut", "\x40\x00\x00\x00\x00\x00\x00\x00{\"a\":", "header has 64 bytes, but 5 are left"},
		{"net.pt", "PK\x03\x04abc", "it is a PyTorch file, want a safetensors file: save_file(model.state_dict(), "},
		{"net.pth", "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "it is a PyTorch file"},
		{"net.onnx", "\x08\x08\x12\x07pytorch", "it is an ONNX model"},
		{"net.npz", "PK\x03\x04abc", "safetensors.numpy"},
		{"net.npy", "\x93NUMPY\x01\x00v\x00{'descr'", "it is a NumPy array"},
		{"net.h5", "\x89HDF\r\n\x1a\n\x00", "it is an HDF5 file"},
		{"net.gz", "\x1f\x8b\x08\x00", "it is a gzip file, want a safetensors file: unpack it first"},
		{"net.json", "{\"weight\": [1, 2]}", "it is a JSON file"},
		{"page", "<!doctype html><title>404</title>", "it is an HTML page"},
		{"pointer", "version https://git-lfs.github.com/spec/v1\n", `"git lfs pull" downloads it`},
		{"state", "ABKR\x02\x00", "it is the state of a run (a checkpoint), want a safetensors file"},
		{"pack", "ABKDPACK\x01\x00", "it is a pack, as abkd pack writes it, want a safetensors file"},
		{"notes.txt", "the weights are elsewhere", "it is a text file"},
	} {
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadFile(path)
		if err == nil || !strings.HasPrefix(err.Error(), "safetensors: read "+path+": ") || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: error is %v, want one with %q that names the file once", c.name, err, c.want)
		}
	}
}

// wantOnly checks that dir has these entries and no temporary file is left.
func wantOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !reflect.DeepEqual(got, names) {
		t.Errorf("folder has %q, want %q", got, names)
	}
}
