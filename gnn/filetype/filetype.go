// Package filetype tells by its first bytes what a file is, so that an error
// can name what was given in place of what was wanted.
package filetype

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Type is what a file is. Its text says it with an article; that of Unknown
// is empty.
type Type string

// The types that are told apart.
const (
	Unknown     Type = ""
	Empty       Type = "an empty file"
	Safetensors Type = "a safetensors file"
	Checkpoint  Type = "the state of a run (a checkpoint)"
	Pack        Type = "a pack, as abkd pack writes it"
	Cache       Type = "a cache file of abkd"
	Torch       Type = "a PyTorch file"
	Pickle      Type = "a Python pickle"
	ONNX        Type = "an ONNX model"
	NPZ         Type = "a NumPy archive (.npz)"
	NPY         Type = "a NumPy array (.npy)"
	HDF5        Type = "an HDF5 file (.h5)"
	GGUF        Type = "a GGUF file"
	Parquet     Type = "a Parquet file"
	Arrow       Type = "an Arrow file"
	Zip         Type = "a zip archive"
	Tar         Type = "a tar archive"
	Gzip        Type = "a gzip file"
	Bzip2       Type = "a bzip2 file"
	XZ          Type = "an xz file"
	Zstd        Type = "a Zstandard file"
	PDF         Type = "a PDF file"
	LFS         Type = "a Git LFS pointer, which stands for a file that was not downloaded"
	HTML        Type = "an HTML page"
	XML         Type = "an XML file"
	JSON        Type = "a JSON file"
	Text        Type = "a text file"
)

// HeadSize is how many bytes of a file Of wants at most.
const HeadSize = 1024

// magic are the types that begin with fixed bytes.
var magic = []struct {
	start string
	t     Type
}{
	{"ABKR", Checkpoint}, {"ABKDPACK", Pack}, {"ABKDGRPH", Cache},
	{"\x93NUMPY", NPY}, {"\x89HDF\r\n\x1a\n", HDF5}, {"GGUF", GGUF}, {"PAR1", Parquet}, {"ARROW1", Arrow},
	{"\x1f\x8b", Gzip}, {"BZh", Bzip2}, {"\xfd7zXZ\x00", XZ}, {"\x28\xb5\x2f\xfd", Zstd}, {"%PDF-", PDF},
	{"version https://git-lfs.github.com/spec/", LFS},
	// The number that torch.save wrote first before it wrote zip archives.
	{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", Torch},
}

// Of returns the type of a file called name that begins with head: all of it,
// or HeadSize bytes. The name decides only where the bytes leave a choice.
func Of(name string, head []byte) Type {
	if len(head) == 0 {
		return Empty
	}
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.start)) {
			return m.t
		}
	}
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return zipType(ext, head)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return Tar
	case isSafetensors(head):
		return Safetensors
	case head[0] == 0x80 && len(head) > 1 && 2 <= head[1] && head[1] <= 5:
		if isTorchName(ext) {
			return Torch
		}
		return Pickle
	case isONNX(head):
		return ONNX
	}
	return textType(head)
}

func isTorchName(ext string) bool {
	return ext == ".pt" || ext == ".pth" || ext == ".ckpt"
}

// zipType tells archives apart by the name of their first file.
func zipType(ext string, head []byte) Type {
	first := ""
	if len(head) >= 30 {
		n := int(binary.LittleEndian.Uint16(head[26:]))
		first = string(head[30:min(len(head), 30+n)])
	}
	switch _, inner, _ := strings.Cut(first, "/"); {
	case inner == "data.pkl" || inner == ".format_version" || inner == "byteorder" || inner == "version" || strings.HasPrefix(inner, "constants.pkl"):
		return Torch
	case strings.HasSuffix(first, ".npy") || ext == ".npz":
		return NPZ
	case isTorchName(ext):
		return Torch
	}
	return Zip
}

// isSafetensors reports whether a header of JSON follows its length.
func isSafetensors(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) < 1<<40
}

// isONNX reports whether head begins as ONNX's protobuf: ir_version, a small
// number, and then another field of a model.
func isONNX(head []byte) bool {
	return len(head) > 3 && head[0] == 0x08 && head[1] <= 32 && bytes.IndexByte([]byte("\x12\x1a\x22\x2a\x32\x3a\x42"), head[2]) >= 0
}

// textType tells texts apart, Unknown if head is none.
func textType(head []byte) Type {
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			if len(text)-i < utf8.UTFMax && len(head) >= HeadSize {
				break // a letter that the end of the head has cut
			}
			return Unknown
		}
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\f", r) {
			return Unknown
		}
		i += n
	}
	start := strings.ToLower(string(bytes.TrimSpace(text)))
	switch {
	case strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<head"):
		return HTML
	case strings.HasPrefix(start, "<?xml") || strings.HasPrefix(start, "<svg"):
		return XML
	case strings.HasPrefix(start, "{") || strings.HasPrefix(start, `["`) || strings.HasPrefix(start, "[{"):
		return JSON
	}
	return Text
}
