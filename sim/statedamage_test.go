package sim

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// sealed returns a state of these bytes with the sum put right.
func sealed(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// sumOfVersion1 is FNV-1a over words of eight bytes, then over what is left.
func sumOfVersion1(b []byte) uint64 {
	sum := uint64(14695981039346656037)
	add := func(word uint64) { sum = (sum ^ word) * 1099511628211 }
	for ; len(b) >= 8; b = b[8:] {
		add(binary.LittleEndian.Uint64(b))
	}
	for _, x := range b {
		add(uint64(x))
	}
	return sum
}

// smallState returns a run and a state of it of some kilobytes.
func smallState(t testing.TB) (*Run, []byte) {
	t.Helper()
	r := stateRun(t, "data=karate&teach=on&teacher-hidden=3&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4")
	for range 2 {
		r.Step()
	}
	return r, stateOf(r)
}

// Every bit that flips, every pair of sign bits, every pair of blocks that
// change places and every length that is cut is refused before anything is set.
func TestStateNamesAllDamage(t *testing.T) {
	r, state := smallState(t)
	want, damaged := r.Hash(), make([]byte, len(state))
	refused := func(b []byte, what string, at ...int) {
		t.Helper()
		if bytes.Equal(b, state) {
			return
		}
		if err := r.UnmarshalBinary(b); err == nil || !strings.HasPrefix(err.Error(), "sim: state: ") {
			t.Fatalf("%s at %d: the error is %v", what, at, err)
		}
		if r.Hash() != want {
			t.Fatalf("%s at %d: a refused state changed the run", what, at)
		}
	}
	for i := range state {
		refused(state[:i], "cut", i)
		for bit := range 8 {
			copy(damaged, state)
			damaged[i] ^= 1 << bit
			refused(damaged, "flipped bit", i, bit)
		}
	}
	const far = 600 // some pairs are near, some are not
	for i := 3; i < len(state); i += 4 {
		for j := i + 4; j < len(state); j += 4 + 13*(j-i)/far*4 {
			copy(damaged, state)
			damaged[i] ^= 0x80
			damaged[j] ^= 0x80
			refused(damaged, "pair of sign bits", i, j)
		}
	}
	for _, size := range []int{1, 8, 64, 512} {
		for i := 0; i+2*size <= len(state); i += size {
			copy(damaged, state)
			copy(damaged[i:], state[i+size:i+2*size])
			copy(damaged[i+size:], state[i:i+size])
			refused(damaged, "swapped blocks", i, size)
			copy(damaged, state)
			clear(damaged[i : i+size])
			refused(damaged, "zeros", i, size)
		}
	}
	refused(append(bytes.Clone(state), 0), "added byte", len(state))
}

// A state of version 1 has the sum of that version, and is read.
func TestStateOfVersionOne(t *testing.T) {
	r, file := smallState(t)
	said := 4 + len(r.said.String()) // which version 4 has behind its number
	old := slices.Concat(file[:6], file[6+said:len(file)-4])
	binary.LittleEndian.PutUint16(old[len("ABKR"):], 1)
	old = binary.LittleEndian.AppendUint64(old, sumOfVersion1(old))
	again := stateRun(t, "data=karate&teach=on&teacher-hidden=3&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4")
	if err := again.UnmarshalBinary(old); err != nil || again.Hash() != r.Hash() {
		t.Fatalf("hash is %x (%v), want %x", again.Hash(), err, r.Hash())
	}
	for again.Step() {
		r.Step()
	}
	r.Step()
	if again.Hash() != r.Hash() {
		t.Errorf("hash at the end is %x, want %x", again.Hash(), r.Hash())
	}
	old[100] ^= 1
	if err := again.UnmarshalBinary(old); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged state of version 1 gives %v", err)
	}
}

// A state that was written before this program was divided into its packages is
// read, and its run goes on as if it had never been saved. It is of a seed that
// is the largest there is and of a dropout of 0, which its text leaves out. It was
// computed in plain Go, as this is, to the same bits everywhere.
func TestStateOfBefore(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=3&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4&seed=4294967296&dropout=0&alpha=0.3"
	file, err := os.ReadFile("testdata/state-karate.bin")
	if err != nil {
		t.Fatal(err)
	}
	portable := func(text string) *Run {
		b, err := mat.NewBackend("go")
		if err != nil {
			t.Fatal(err)
		}
		return newRun(t, builtIn(t, "karate"), text, Options{Baseline: true, Backend: b})
	}
	again, whole := portable(text), portable(text)
	for range 2 {
		whole.Step()
	}
	if err := again.UnmarshalBinary(file); err != nil || again.Hash() != whole.Hash() {
		t.Fatalf("hash is %x (%v), want %x", again.Hash(), err, whole.Hash())
	}
	if err := portable(text).UnmarshalBinary(stateOf(again)); err != nil {
		t.Errorf("written again it is refused: %v", err)
	}
	for again.Step() {
		whole.Step()
	}
	if whole.Step(); again.Hash() != whole.Hash() {
		t.Errorf("hash at the end is %x, want %x", again.Hash(), whole.Hash())
	}
	other := portable(strings.Replace(text, "4294967296", "0", 1))
	if err := other.UnmarshalBinary(file); err == nil || !strings.Contains(err.Error(), "begun with seed=4294967296, this run has seed=0") {
		t.Errorf("a run of seed 0 takes it: %v", err)
	}
}
