package filetype

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"
	"testing"
)

func zipOf(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err == nil {
		_, err = f.Write([]byte("content"))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "a", Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), make([]byte, 600)...)
}

func gzipOf(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

func TestOf(t *testing.T) {
	safetensors := append(binary.LittleEndian.AppendUint64(nil, 2), "{}"...)
	for _, c := range []struct {
		name string
		head []byte
		want Type
	}{
		{"w", nil, Empty},
		{"w", safetensors, Safetensors},
		{"w.pt", safetensors, Safetensors},
		{"s", []byte("ABKR\x02\x00"), Checkpoint},
		{"p", []byte("ABKDPACK...."), Pack},
		{"c", []byte("ABKDGRPH...."), Cache},
		{"m", zipOf(t, "model/data.pkl"), Torch},
		{"m", zipOf(t, "archive/.format_version"), Torch},
		{"m.pth", zipOf(t, "x"), Torch},
		{"m.PT", []byte("PK\x03\x04"), Torch},
		{"m.pt", []byte("\x80\x04\x95"), Torch},
		{"m", []byte("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."), Torch},
		{"m.pkl", []byte("\x80\x04\x95"), Pickle},
		{"m", zipOf(t, "weight.npy"), NPZ},
		{"m.zip", zipOf(t, "papers/README"), Zip},
		{"m", []byte("\x93NUMPY\x01\x00"), NPY},
		{"m", []byte("\x89HDF\r\n\x1a\n\x00"), HDF5},
		{"m.onnx", []byte("\x08\x07\x12\x07pytorch\x1a\x031.9"), ONNX},
		{"m", []byte("\x08\x0a\x3a\x80\x01"), ONNX},
		{"m", []byte("GGUF\x03"), GGUF},
		{"m", []byte("PAR1\x15"), Parquet},
		{"m", []byte("ARROW1\x00"), Arrow},
		{"m", tarOf(t), Tar},
		{"m", gzipOf("text"), Gzip},
		{"m", []byte("BZh9"), Bzip2},
		{"m", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00"), LFS},
		{"m", []byte("\n <!DOCTYPE html><p>404"), HTML},
		{"m", []byte("<HTML>"), HTML},
		{"m", []byte("<?xml version='1.0'?>"), XML},
		{"m", []byte("\ufeff{\"a\": 1}"), JSON},
		{"m", []byte("id,label\n1,2\n"), Text},
		{"m", append(bytes.Repeat([]byte("x"), HeadSize-1), "ü"[0]), Text},
		{"m", []byte("caf\xe9 in Latin-1"), Unknown},
		{"m", []byte{0, 1, 2, 3, 200}, Unknown},
	} {
		if got := Of(c.name, c.head); got != c.want {
			t.Errorf("%s, %.20q: it is %q, want %q", c.name, c.head, got, c.want)
		}
	}
}

// No bytes are too short or too odd to be looked at.
func FuzzOf(f *testing.F) {
	f.Add("a.pt", []byte("PK\x03\x04"))
	f.Add("a", []byte("\x08\x07\x12"))
	f.Add("a", []byte(strings.Repeat("[", 300)))
	f.Fuzz(func(t *testing.T, name string, head []byte) {
		if (Of(name, head) == Empty) != (len(head) == 0) {
			t.Errorf("%q is %q", head, Of(name, head))
		}
	})
}
