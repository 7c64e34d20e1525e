//go:build !js

package graph

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"unsafe"

	"abkd/gnn/file"
)

// A cache file holds a graph as it lies in memory, so that opening it again
// reads nothing but a table: the parts of the graph are slices of the mapped
// file. It has a header, a table of sections, and the sections, each from a
// multiple of 64 bytes on. Numbers are little-endian, those of arrays in the
// byte order of the machine that wrote it, which the mark tells.
//
//	0   "ABKDGRPH"
//	8   u32 version          12  u32 mark 0x01020304
//	16  u64 size of the file 24  [32] fingerprint of the source
//	56  u32 sections, n      60  u32 CRC-32C of bytes 0..59 and of the table
//	64  n × { u64 offset, u64 bytes, u32 kind, u32 CRC-32C of the section, u64 0 }
//	    ...
//
// Section 0 describes the graph: names, counts, widths. The others are the
// arrays that Graph.arrays lists, in its order.
//
// # What protects a reader
//
// A file gets its name when it is complete and on disk, so that a crash or a
// full disk leaves no part of one. Opening checks the size, so that a
// truncated file is found; the fingerprint, so that a changed source is; the
// checksums of header, table and sections, so that a flipped bit is; and then
// Validate, so that a file made to deceive cannot lead outside of an array
// either. Only features beyond checkedFeatures bytes are left to VerifyCache:
// checking them would read them all. Nobody may write to a file that is
// open: a new one takes its name, and whoever has mapped the old one keeps it.
const (
	cacheMagic   = "ABKDGRPH"
	cacheVersion = 3
	cacheMark    = 0x01020304
	cacheHeader  = 64
	cacheEntry   = 32
	cacheAlign   = 64

	maxCacheSections = 1 << 20
	checkedFeatures  = 1 << 30
)

// The kinds of a section.
const (
	kindNone = iota // a nil slice
	kindBytes
	kindInt32
	kindFloat32
	kindStrings
)

// A Fingerprint tells one state of a graph's source from all others.
type Fingerprint [32]byte

type section struct {
	offset, size int64
	kind, sum    uint32
}

// WriteCache writes g to the cache file of that name, in place of any that is
// there. After an error there is no new file.
func WriteCache(name string, g *Graph, source Fingerprint) error {
	f, err := file.Create(name)
	if err != nil {
		return cacheError(name, err)
	}
	file.Clean(name)
	if err := writeCache(f, g, source); err != nil {
		return cacheError(name, errors.Join(err, f.Discard()))
	}
	if err := f.Commit(); err != nil {
		return cacheError(name, err)
	}
	return nil
}

func writeCache(f *file.File, g *Graph, source Fingerprint) (err error) {
	w := &cacheWriter{f: f}
	parts := append([]any{packDescription(g)}, g.arrays()...)
	w.at = int64(cacheHeader + cacheEntry*len(parts))
	for _, p := range parts {
		if err := w.section(p); err != nil {
			return err
		}
	}
	if err := f.Truncate(w.at); err != nil { // the last section may be empty
		return err
	}
	_, err = f.WriteAt(w.header(source), 0)
	return err
}

func cacheError(name string, err error) error {
	return fmt.Errorf("graph: %s: %w", name, file.Cause(err))
}

type cacheWriter struct {
	f     *file.File
	at    int64
	table []section
}

// section writes an array, which is a pointer to a slice, or a []byte.
func (w *cacheWriter) section(array any) error {
	kind, data := contents(array)
	w.at = (w.at + cacheAlign - 1) / cacheAlign * cacheAlign
	s := section{w.at, 0, kind, 0}
	for _, part := range data {
		for len(part) > 0 {
			n := min(len(part), 1<<24)
			if _, err := w.f.WriteAt(part[:n], w.at); err != nil {
				return err
			}
			s.sum = crc32.Update(s.sum, castagnoli, part[:n])
			w.at += int64(n)
			part = part[n:]
		}
	}
	s.size = w.at - s.offset
	w.table = append(w.table, s)
	return nil
}

// contents returns the kind of an array and its bytes, in parts.
func contents(array any) (kind uint32, data [][]byte) {
	switch a := array.(type) {
	case []byte:
		return kindBytes, [][]byte{a}
	case *[]int32:
		if *a != nil {
			return kindInt32, [][]byte{bytesOf(*a)}
		}
	case *[]float32:
		if *a != nil {
			return kindFloat32, [][]byte{bytesOf(*a)}
		}
	case *[]string:
		if *a != nil {
			return kindStrings, packStrings(*a)
		}
	}
	return kindNone, nil
}

// bytesOf returns the storage of x.
func bytesOf[T int32 | float32 | uint32](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// packStrings returns the number of strings, where each ends, and their text.
func packStrings(all []string) [][]byte {
	ends, text := make([]uint32, 1, len(all)+1), []byte(nil)
	ends[0] = uint32(len(all))
	for _, s := range all {
		text = append(text, s...)
		ends = append(ends, uint32(len(text)))
	}
	return [][]byte{bytesOf(ends), text}
}

// header returns the header and the table.
func (w *cacheWriter) header(source Fingerprint) []byte {
	b := append(make([]byte, 0, cacheHeader+cacheEntry*len(w.table)), cacheMagic...)
	b = binary.LittleEndian.AppendUint32(b, cacheVersion)
	b = binary.NativeEndian.AppendUint32(b, cacheMark)
	b = binary.LittleEndian.AppendUint64(b, uint64(w.at))
	b = append(b, source[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w.table)))
	b = binary.LittleEndian.AppendUint32(b, 0) // the sum
	for _, s := range w.table {
		b = binary.LittleEndian.AppendUint64(b, uint64(s.offset))
		b = binary.LittleEndian.AppendUint64(b, uint64(s.size))
		b = binary.LittleEndian.AppendUint32(b, s.kind)
		b = binary.LittleEndian.AppendUint32(b, s.sum)
		b = binary.LittleEndian.AppendUint64(b, 0)
	}
	binary.LittleEndian.PutUint32(b[60:], headerSum(b))
	return b
}

func headerSum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:60], castagnoli), castagnoli, b[cacheHeader:])
}

// arrays lists the arrays of g, each by a pointer to its slice.
func (g *Graph) arrays() (all []any) {
	for i := range g.Types {
		t := &g.Types[i]
		all = append(all, &t.Features.Data, &t.Years, &t.Labels)
	}
	for i := range g.Relations {
		r := &g.Relations[i]
		all = append(all, &r.In.Ptr, &r.In.Col)
	}
	all = append(all, &g.Labels, &g.ClassNames)
	for i := range g.Splits {
		s := &g.Splits[i]
		all = append(all, &s.Train, &s.Valid, &s.Test)
	}
	return all
}
