package safetensors

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that is really full: a memory file system of 64 KiB.
func TestWriteFileFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("mounting a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "model.safetensors")
	if err := WriteFile(path, example()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	big := &File{Tensors: []Tensor{{Name: "w", Shape: []int{100_000}, Data: make([]float32, 100_000)}}}
	err = WriteFile(path, big)
	want := "safetensors: write " + path + ": no space left on device; the previous file is unchanged; free some space and write again"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v is not ENOSPC", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("older file has changed, error %v", err)
	}
	wantOnly(t, dir, "model.safetensors")
	if err := WriteFile(path, example()); err != nil {
		t.Errorf("writing a file that fits: %v", err)
	}
	// A file system that may not be written to is told apart.
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("making it read-only: %v", err)
	}
	if err := WriteFile(path, example()); err == nil || !strings.Contains(err.Error(), "choose a folder that may be written to") {
		t.Errorf("error is %v, want advice on the folder", err)
	}
}
