package sim

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// A coder visits the parts of a run's state in a fixed order. The same visit
// appends them to bytes, hashes them, checks that bytes fit them, or sets them
// from bytes, so that the four cannot disagree:
//
//	ints     u64                     float64  its bits as u64
//	bytes    count:u32, bytes        floats   count:u32, their bits as u32
//
// All numbers are little-endian. The first error stops a reading visit.
type coder struct {
	does  action
	brief bool      // leave out what a keyframe does not need: the run has it
	b     []byte    // appended to, or left to read
	w     io.Writer // where b is drained to, nil to keep it
	crc   uint32    // of what was drained
	sum   uint64    // of what was hashed
	err   error
}

// piece is of how many bytes a coder with a writer has more only for a moment.
const piece = 1 << 20

// drain writes b if it has more than so many bytes.
func (c *coder) drain(more int) {
	if c.w == nil || len(c.b) <= more {
		return
	}
	c.crc = crc32.Update(c.crc, castagnoli, c.b)
	if c.err == nil {
		_, c.err = c.w.Write(c.b)
	}
	c.b = c.b[:0]
}

// maxCount is more than there are epochs, steps or changes of any run.
const maxCount = 1 << 30

type action uint8

const (
	appends action = iota
	hashes
	checks // reads, and changes nothing
	sets
)

// FNV-1a of Fowler, Noll and Vo, 64 bits, taken over words instead of bytes.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func (c *coder) add(word uint64) { c.sum = (c.sum ^ word) * fnvPrime }

func (c *coder) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("sim: state: "+format, args...)
	}
}

// take returns the next n bytes, nil if there are fewer.
func (c *coder) take(what string, n int) []byte {
	if c.err == nil && len(c.b) < n {
		c.fail("%s needs %d bytes and %d are left: the file is cut short", what, n, len(c.b))
	}
	if c.err != nil {
		return nil
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// uint visits a number and returns it as it is after the visit, or would be.
func (c *coder) uint(what string, v uint64) uint64 {
	switch c.does {
	case appends:
		c.b = binary.LittleEndian.AppendUint64(c.b, v)
	case hashes:
		c.add(v)
	default:
		if b := c.take(what, 8); b != nil {
			return binary.LittleEndian.Uint64(b)
		}
	}
	return v
}

// count visits a number of things, from 0 to limit.
func (c *coder) count(what string, n, limit int) int {
	v := c.uint(what, uint64(n))
	if v > uint64(limit) {
		c.fail("%s is %d, want 0..%d", what, v, limit)
		return 0
	}
	return int(v)
}

func (c *coder) int(what string, p *int, limit int) {
	if v := c.count(what, *p, limit); c.does == sets {
		*p = v
	}
}

func (c *coder) float64(what string, p *float64) {
	if v := c.uint(what, math.Float64bits(*p)); c.does == sets {
		*p = math.Float64frombits(v)
	}
}

// floats visits numbers that there are as many of as before.
func (c *coder) floats(what string, x []float32) {
	switch c.does {
	case appends:
		c.b = binary.LittleEndian.AppendUint32(c.b, uint32(len(x)))
		for len(x) > 0 {
			n := len(x)
			if c.w != nil {
				n = min(n, piece/4)
			}
			c.appendFloats(x[:n])
			c.drain(piece)
			x = x[n:]
		}
	case hashes:
		for _, v := range x {
			c.add(uint64(math.Float32bits(v)))
		}
	default:
		b := c.sized(what, 4, len(x))
		if c.does == checks || b == nil {
			return
		}
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
}

func (c *coder) appendFloats(x []float32) {
	at := len(c.b)
	c.b = slices.Grow(c.b, 4*len(x))[:at+4*len(x)]
	for i, v := range x {
		binary.LittleEndian.PutUint32(c.b[at+4*i:], math.Float32bits(v))
	}
}

// numbers visits single numbers.
func (c *coder) numbers(what string, ps ...*float32) {
	for _, p := range ps {
		x := [1]float32{*p}
		if c.floats(what, x[:]); c.does == sets {
			*p = x[0]
		}
	}
}

// sized returns the next count elements of a size, which must be as many as
// wanted.
func (c *coder) sized(what string, size, want int) []byte {
	b := c.take(what, 4)
	if b == nil {
		return nil
	}
	if n := binary.LittleEndian.Uint32(b); n != uint32(want) {
		c.fail("%s has %d numbers, want %d", what, n, want)
		return nil
	}
	return c.take(what, size*want)
}

// bytes visits bytes of any number and returns them as they are after the
// visit, or would be.
func (c *coder) bytes(what string, v []byte) []byte {
	switch c.does {
	case appends:
		c.b = append(binary.LittleEndian.AppendUint32(c.b, uint32(len(v))), v...)
	case hashes:
		for _, x := range v {
			c.add(uint64(x))
		}
	default:
		if b := c.take(what, 4); b != nil {
			return c.take(what, int(binary.LittleEndian.Uint32(b)))
		}
	}
	return v
}

// sumOf hashes b, eight bytes at a time: the sum of a state of version 1. Sign
// bits that flip in pairs leave it as it is.
func sumOf(b []byte) uint64 {
	c := coder{sum: fnvOffset}
	for ; len(b) >= 8; b = b[8:] {
		c.add(binary.LittleEndian.Uint64(b))
	}
	for _, x := range b {
		c.add(uint64(x))
	}
	return c.sum
}

func (c *coder) matrices(what string, ms ...mat.Matrix) {
	for _, m := range ms {
		c.floats(what, m.Data)
	}
}

func (c *coder) params(params []*gnn.Param) {
	for _, p := range params {
		c.floats(p.Name, p.W.Data)
	}
}

// source visits a generator.
func (c *coder) source(what string, src *rand.PCG) {
	var buf [32]byte
	b, _ := src.AppendBinary(buf[:0]) // has no errors
	if b = c.bytes(what, b); c.does < checks || c.err != nil {
		return
	}
	to := src
	if c.does == checks {
		to = new(rand.PCG)
	}
	if err := to.UnmarshalBinary(b); err != nil {
		c.fail("%s: %v", what, err)
	}
}
