//go:build !js

package graph

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"abkd/gnn/file"
)

// ErrSourceChanged is what OpenCache returns for a cache of another state of
// the source.
var ErrSourceChanged = errors.New("the source has changed")

// OpenCache returns the graph in the cache file of that name, if it is one,
// whole, and made from that source. The graph's arrays are slices of the
// file, mapped for the rest of the program's life and read-only: writing to
// them is a fault.
func OpenCache(name string, source Fingerprint) (*Graph, error) {
	return openCache(name, &source, checkedFeatures)
}

// VerifyCache checks all of the cache file of that name, features of any size
// included.
func VerifyCache(name string) error {
	_, err := openCache(name, nil, -1)
	return err
}

// openCache checks features of up to that many bytes, or all if that is
// negative. With a nil source it only checks and maps nothing for good.
func openCache(name string, source *Fingerprint, checked int64) (g *Graph, err error) {
	f, err := file.Open(name)
	if err != nil {
		return nil, cacheError(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, cacheError(name, err)
	}
	if !info.Mode().IsRegular() || info.Size() < cacheHeader {
		return nil, fmt.Errorf("graph: %s: is no cache file", name)
	}
	data, unmap, err := mapFile(f, info.Size())
	if err != nil {
		return nil, cacheError(name, err)
	}
	g, err = readCache(data, source, checked)
	if err != nil || source == nil {
		err = errors.Join(err, unmap())
	}
	if err != nil {
		return nil, cacheError(name, err)
	}
	return g, nil
}

// readCache checks data, a whole file, and returns the graph in it.
func readCache(data []byte, source *Fingerprint, checked int64) (*Graph, error) {
	table, err := readTable(data, source)
	if err != nil {
		return nil, err
	}
	if err := checkSums(data, table, checked); err != nil {
		return nil, err
	}
	if len(table) == 0 || table[0].kind != kindBytes {
		return nil, errors.New("there is no description")
	}
	g, err := unpackDescription(table[0].of(data))
	if err != nil {
		return nil, err
	}
	arrays := g.arrays()
	if len(arrays) != len(table)-1 {
		return nil, fmt.Errorf("%d arrays, want %d", len(table)-1, len(arrays))
	}
	for i, a := range arrays {
		if err := table[i+1].set(a, data); err != nil {
			return nil, fmt.Errorf("section %d: %w", i+1, err)
		}
	}
	for _, t := range g.Types {
		if f := t.Features; f.Rows < 0 || f.Cols < 0 || f.Cols > 0 && f.Rows > len(f.Data)/f.Cols || f.Rows*f.Cols != len(f.Data) {
			return nil, fmt.Errorf("features of %s are %d numbers, want %d×%d", t.Name, len(f.Data), f.Rows, f.Cols)
		}
	}
	return g, g.Validate()
}

// readTable checks the header of data and returns the sections.
func readTable(data []byte, source *Fingerprint) ([]section, error) {
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(data[at:]) }
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(data[at:]) }
	n := int(u32(56))
	switch {
	case string(data[:8]) != cacheMagic:
		return nil, errors.New("is no cache file")
	case u32(8) != cacheVersion:
		return nil, fmt.Errorf("version is %d, want %d", u32(8), cacheVersion)
	case binary.NativeEndian.Uint32(data[12:]) != cacheMark:
		return nil, errors.New("is of a machine with another byte order")
	case u64(16) != uint64(len(data)):
		return nil, fmt.Errorf("%d bytes, want %d: the file is cut off", len(data), u64(16))
	case n > maxCacheSections || cacheHeader+n*cacheEntry > len(data):
		return nil, fmt.Errorf("%d sections, too many for %d bytes", n, len(data))
	case headerSum(data[:cacheHeader+n*cacheEntry]) != u32(60):
		return nil, errors.New("the checksum of the header is wrong")
	case source != nil && Fingerprint(data[24:56]) != *source:
		return nil, ErrSourceChanged
	}
	table, end := make([]section, n), uint64(cacheHeader+n*cacheEntry)
	for i := range table {
		at := cacheHeader + i*cacheEntry
		offset, size := u64(at), u64(at+8)
		if offset < end || offset%cacheAlign != 0 || offset > uint64(len(data)) || size > uint64(len(data))-offset {
			return nil, fmt.Errorf("section %d has bytes %d and %d more, want them in %d..%d", i, offset, size, end, len(data))
		}
		table[i] = section{int64(offset), int64(size), u32(at + 16), u32(at + 20)}
		end = offset + size
	}
	return table, nil
}

// checkSums checks the sections by several goroutines.
func checkSums(data []byte, table []section, checked int64) error {
	var next, bad atomic.Int64
	bad.Store(int64(len(table)))
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(table)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(table)); i = next.Add(1) - 1 {
				s := table[i]
				if s.kind == kindFloat32 && checked >= 0 && s.size > checked {
					continue
				}
				if crc32.Checksum(s.of(data), castagnoli) != s.sum {
					for b := bad.Load(); i < b && !bad.CompareAndSwap(b, i); b = bad.Load() {
					}
				}
			}
		})
	}
	wg.Wait()
	if i := bad.Load(); i < int64(len(table)) {
		return fmt.Errorf("the checksum of section %d is wrong", i)
	}
	return nil
}

func (s section) of(data []byte) []byte { return data[s.offset : s.offset+s.size : s.offset+s.size] }

// set makes the slice that array points to one of data.
func (s section) set(array any, data []byte) error {
	b := s.of(data)
	if s.kind == kindNone && len(b) == 0 {
		return nil
	}
	switch a := array.(type) {
	case *[]int32:
		if s.kind == kindInt32 && len(b)%4 == 0 {
			*a = slicesOf[int32](b)
			return nil
		}
	case *[]float32:
		if s.kind == kindFloat32 && len(b)%4 == 0 {
			*a = slicesOf[float32](b)
			return nil
		}
	case *[]string:
		if s.kind == kindStrings {
			return unpackStrings(a, b)
		}
	}
	return fmt.Errorf("kind %d of %d bytes makes no %T", s.kind, len(b), array)
}

// slicesOf returns b, which begins at a multiple of 64 bytes, as numbers.
func slicesOf[T int32 | float32 | uint32](b []byte) []T {
	if len(b) == 0 {
		return []T{}
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), len(b)/4)
}

// unpackStrings sets all to the strings that packStrings packed, without
// copying their text.
func unpackStrings(all *[]string, b []byte) error {
	bad := errors.New("strings make no sense")
	if len(b) < 4 {
		return bad
	}
	n := uint64(slicesOf[uint32](b[:4])[0])
	if 4+4*n > uint64(len(b)) {
		return bad
	}
	ends, text := slicesOf[uint32](b[4:4+4*n]), b[4+4*n:]
	*all = make([]string, n)
	start := uint32(0)
	for i, end := range ends {
		if end < start || uint64(end) > uint64(len(text)) {
			return bad
		}
		(*all)[i] = unsafe.String(unsafe.SliceData(text[start:]), int(end-start))
		start = end
	}
	return nil
}
