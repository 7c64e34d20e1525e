// Package state writes, reads and hashes the state of a run: what its next step
// and all after it depend on, beside the experiment and what the run was given.
//
//	file    "ABKR" version:u16 | said | header | place | models | sum:u32
//	        said    the experiment with its data and epochs, to begin it again
//	        header  experiment, lanes, prints of graph and teacher
//	        place   phase, epoch, step, changes, sampler
//	        models  those in training: weights, best weights, criterion,
//	                optimiser, alignment, generators, losses, history; before
//	                them the teacher's
//	frame   place | models, brief: without what the run itself keeps, which are
//	        the list of changes, histories, measured times and the weights of a
//	        teacher that is trained
//
// in the form of a Coder; sum is the CRC-32C of all bytes before it. Older
// versions are still read: version 3 has nothing said; the experiment of version 2 leaves out some settings
// that are 0, as if they stood at their default; version 1 is version 2 with
// another sum, FNV-1a of words in a u64, which misses some damage.
package state

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	magic   = "ABKR"
	version = 4
	start   = len(magic) + 2 // of what stands behind the version
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Append appends the file that visit makes to dst.
func Append(dst []byte, visit func(*Coder)) []byte {
	c := Coder{Version: version, does: appends, b: appendStart(dst)}
	visit(&c)
	return binary.LittleEndian.AppendUint32(c.b, crc32.Checksum(c.b[len(dst):], castagnoli))
}

func appendStart(dst []byte) []byte {
	return binary.LittleEndian.AppendUint16(append(dst, magic...), version)
}

// Write writes what Append appends, of which it never has more than a few
// megabytes in memory: an optimiser of embedding tables has gigabytes.
func Write(w io.Writer, visit func(*Coder)) error {
	c := Coder{Version: version, does: appends, w: w, b: appendStart(nil)}
	visit(&c)
	c.writeOver(0)
	if c.err != nil {
		return c.err
	}
	_, err := w.Write(binary.LittleEndian.AppendUint32(nil, c.crc))
	return err
}

// AppendFrame appends the frame that visit makes to dst.
func AppendFrame(dst []byte, visit func(*Coder)) []byte {
	c := Coder{does: appends, Brief: true, b: dst}
	visit(&c)
	return c.b
}

// Hash returns a hash of what visit makes, brief as a frame is.
func Hash(visit func(*Coder)) uint64 {
	c := Coder{does: hashes, Brief: true, sum: fnvOffset}
	visit(&c)
	return c.sum
}

// Open returns a Coder that checks what stands between the version and the
// sum of a file, of which the sum is right.
func Open(file []byte) (*Coder, error) {
	if len(file) < start || string(file[:len(magic)]) != magic {
		return nil, fmt.Errorf("sim: state: %d bytes that begin with %.4q are not the state of a run", len(file), file)
	}
	v, size := binary.LittleEndian.Uint16(file[len(magic):]), 4
	if v == 1 {
		size = 8
	}
	n := len(file) - size
	intact := n >= start
	switch {
	case v < 1 || v > version:
		return nil, fmt.Errorf("sim: state: version is %d, want 1 to %d: it was written by another version of this program, or is damaged", v, version)
	case intact && v == 1:
		intact = binary.LittleEndian.Uint64(file[n:]) == sumOfVersion1(file[:n])
	case intact:
		intact = binary.LittleEndian.Uint32(file[n:]) == crc32.Checksum(file[:n], castagnoli)
	}
	if !intact {
		return nil, fmt.Errorf("sim: state: the sum of its %d bytes does not match: it is damaged or cut short", len(file))
	}
	return &Coder{Version: int(v), does: checks, b: file[start:n]}, nil
}

// OpenFrame returns a Coder that checks a frame.
func OpenFrame(frame []byte) *Coder { return &Coder{does: checks, Brief: true, b: frame} }

// sumOfVersion1 hashes b, eight bytes at a time. Sign bits that flip in pairs
// leave it as it is.
func sumOfVersion1(b []byte) uint64 {
	c := Coder{sum: fnvOffset}
	for ; len(b) >= 8; b = b[8:] {
		c.addWord(binary.LittleEndian.Uint64(b))
	}
	for _, x := range b {
		c.addWord(uint64(x))
	}
	return c.sum
}
