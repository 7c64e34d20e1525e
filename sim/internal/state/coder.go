package state

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
)

// A Coder visits the parts of a run's state in a fixed order. The same visit
// appends them to bytes, hashes them, checks that bytes fit them, or sets them
// from bytes, so that the four cannot disagree:
//
//	ints     u64                     float64  its bits as u64
//	bytes    count:u32, bytes        floats   count:u32, their bits as u32
//
// All numbers are little-endian. The first error stops a reading visit.
type Coder struct {
	// Version is that of a file, 0 without one.
	Version int
	// Brief leaves out what a frame does not need: the run has it.
	Brief bool

	does action
	b    []byte    // appended to, or left to read
	w    io.Writer // where b is drained to, nil to keep it
	crc  uint32    // of what was drained
	sum  uint64    // of what was hashed
	err  error
}

// Err returns the first error.
func (c *Coder) Err() error { return c.err }

// Fail makes what is said the error, unless there is one.
func (c *Coder) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("sim: state: "+format, args...)
	}
}

// Check returns an error unless all that c has left to read is what visit
// visits.
func (c *Coder) Check(visit func(*Coder)) error {
	rest := c.b
	if visit(c); c.err == nil && len(c.b) > 0 {
		c.Fail("%d bytes are left over", len(c.b))
	}
	c.b = rest
	return c.err
}

// Set sets what Check has checked.
func (c *Coder) Set(visit func(*Coder)) {
	c.does = sets
	visit(c)
}

// piece is of how many bytes a Coder with a writer has more only for a moment.
const piece = 1 << 20

// writeOver writes b if it has more than so many bytes.
func (c *Coder) writeOver(more int) {
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

func (c *Coder) addWord(word uint64) { c.sum = (c.sum ^ word) * fnvPrime }

// takeBytes returns the next n bytes, nil if there are fewer.
func (c *Coder) takeBytes(what string, n int) []byte {
	if c.err == nil && len(c.b) < n {
		c.Fail("%s needs %d bytes and %d are left: the file is cut short", what, n, len(c.b))
	}
	if c.err != nil {
		return nil
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// Uint visits a number and returns it as it is after the visit, or would be.
func (c *Coder) Uint(what string, v uint64) uint64 {
	switch c.does {
	case appends:
		c.b = binary.LittleEndian.AppendUint64(c.b, v)
	case hashes:
		c.addWord(v)
	default:
		if b := c.takeBytes(what, 8); b != nil {
			return binary.LittleEndian.Uint64(b)
		}
	}
	return v
}

// count visits a number of things, from 0 to limit.
func (c *Coder) count(what string, n, limit int) int {
	v := c.Uint(what, uint64(n))
	if v > uint64(limit) {
		c.Fail("%s is %d, want 0..%d", what, v, limit)
		return 0
	}
	return int(v)
}

func (c *Coder) int(what string, p *int, limit int) {
	if v := c.count(what, *p, limit); c.does == sets {
		*p = v
	}
}

func (c *Coder) float64(what string, p *float64) {
	if v := c.Uint(what, math.Float64bits(*p)); c.does == sets {
		*p = math.Float64frombits(v)
	}
}

// floats visits numbers that there are as many of as before.
func (c *Coder) floats(what string, x []float32) {
	switch c.does {
	case appends:
		c.b = binary.LittleEndian.AppendUint32(c.b, uint32(len(x)))
		for len(x) > 0 {
			n := len(x)
			if c.w != nil {
				n = min(n, piece/4)
			}
			c.appendFloats(x[:n])
			c.writeOver(piece)
			x = x[n:]
		}
	case hashes:
		for _, v := range x {
			c.addWord(uint64(math.Float32bits(v)))
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

func (c *Coder) appendFloats(x []float32) {
	at := len(c.b)
	c.b = slices.Grow(c.b, 4*len(x))[:at+4*len(x)]
	for i, v := range x {
		binary.LittleEndian.PutUint32(c.b[at+4*i:], math.Float32bits(v))
	}
}

// numbers visits single numbers.
func (c *Coder) numbers(what string, ps ...*float32) {
	for _, p := range ps {
		x := [1]float32{*p}
		if c.floats(what, x[:]); c.does == sets {
			*p = x[0]
		}
	}
}

// sized returns the next count elements of a size, which must be as many as
// wanted.
func (c *Coder) sized(what string, size, want int) []byte {
	b := c.takeBytes(what, 4)
	if b == nil {
		return nil
	}
	if n := binary.LittleEndian.Uint32(b); n != uint32(want) {
		c.Fail("%s has %d numbers, want %d", what, n, want)
		return nil
	}
	return c.takeBytes(what, size*want)
}

// Bytes visits bytes of any number and returns them as they are after the
// visit, or would be.
func (c *Coder) Bytes(what string, v []byte) []byte {
	switch c.does {
	case appends:
		c.b = append(binary.LittleEndian.AppendUint32(c.b, uint32(len(v))), v...)
	case hashes:
		for _, x := range v {
			c.addWord(uint64(x))
		}
	default:
		if b := c.takeBytes(what, 4); b != nil {
			return c.takeBytes(what, int(binary.LittleEndian.Uint32(b)))
		}
	}
	return v
}
