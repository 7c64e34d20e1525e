package state

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// Draws are what one rank, or one process, draws: the batches of Sampler, and
// dropout. Of several ranks each draws its own share from streams of its own.
type Draws struct {
	Group   parallel.Group
	Sampler sample.Sampler

	Seed              uint64
	Sampling, Dropout uint64 // purposes of the streams of a rank, see parallel.Stream
}

// drawn are the states of what a rank draws.
type drawn struct {
	sampler []byte
	dropout [][]byte // of each model in training
}

// drawsKind begins the draws of all ranks, which a state has in place of a
// sampler:
//
//	kind | ranks | of each: parts | of each: bytes, byte ...    numbers are u32
const drawsKind = "abkd ranks 1\n"

// SamplerState returns what the next batches depend on, nil if they are always
// the same.
func (d Draws) SamplerState() []byte {
	s, ok := d.Sampler.(sample.Stateful)
	if !ok {
		return nil
	}
	b, err := s.AppendBinary(nil)
	if err != nil { // those of package sample have none
		panic(err)
	}
	return b
}

// Gather returns what all ranks draw, for a Place. All ranks call it.
func (d Draws) Gather(dropout []*rand.PCG) []byte {
	own := binary.LittleEndian.AppendUint32(nil, uint32(1+len(dropout)))
	add := func(part []byte) { own = append(binary.LittleEndian.AppendUint32(own, uint32(len(part))), part...) }
	add(d.SamplerState())
	for _, src := range dropout {
		b, _ := src.AppendBinary(nil) // has no errors
		add(b)
	}
	all := binary.LittleEndian.AppendUint32([]byte(drawsKind), uint32(d.Group.Size()))
	return append(all, bytes.Join(parallel.GatherBytes(d.Group, own), nil)...)
}

// Set makes the sampler go on as saved says, the draws of a Place with so many
// steps done. It returns the dropout of each of so many models, nil if it is the
// one that they have in the state. After an error nothing has been set.
//
// If that was of another number of ranks, the order of the roots goes on, and
// what is of a share is drawn from new streams, which are those of the place.
func (d Draws) Set(saved []byte, models, steps int) (dropout []*rand.PCG, err error) {
	if !parallel.Several(2) { // a browser
		return nil, d.setSampler(saved)
	}
	all, err := parseDraws(saved)
	ranks, rank := 1, 0
	if !parallel.Alone(d.Group) {
		ranks, rank = d.Group.Size(), d.Group.Rank()
	}
	switch {
	case err != nil:
		return nil, err
	case all == nil && ranks == 1:
		return nil, d.setSampler(saved)
	case len(all) == ranks:
		if dropout, err = all[rank].sources(models); err != nil {
			return nil, err
		}
		return dropout, d.setSampler(all[rank].sampler)
	case all != nil:
		saved = all[0].sampler
	}
	const golden = 0x9e3779b97f4a7c15 // far from the seeds that users choose
	seed := d.Seed + golden*uint64(1+steps)
	for range models { // they have the same dropout
		dropout = append(dropout, parallel.Stream(seed, d.Dropout, rank))
	}
	if s, ok := d.Sampler.(sample.Resharder); ok {
		err = s.Reshard(saved, parallel.Stream(seed, d.Sampling, rank))
	}
	return dropout, err
}

func (d Draws) setSampler(saved []byte) error {
	if s, ok := d.Sampler.(sample.Stateful); ok {
		return s.UnmarshalBinary(saved)
	}
	if len(saved) > 0 {
		return fmt.Errorf("sim: state: it has %d bytes of a sampler, want none", len(saved))
	}
	return nil
}

// sources returns the generators of the dropout of so many models.
func (d drawn) sources(n int) (dropout []*rand.PCG, err error) {
	if len(d.dropout) != n {
		return nil, fmt.Errorf("sim: state: a rank has dropout of %d models, want %d", len(d.dropout), n)
	}
	for _, b := range d.dropout {
		src := new(rand.PCG)
		if err := src.UnmarshalBinary(b); err != nil {
			return nil, fmt.Errorf("sim: state: generator of dropout: %w", err)
		}
		dropout = append(dropout, src)
	}
	return dropout, nil
}

// parseDraws returns the draws of each rank that a Place has, nil for one
// process.
func parseDraws(b []byte) (all []drawn, err error) {
	rest, several := bytes.CutPrefix(b, []byte(drawsKind))
	if !several {
		return nil, nil
	}
	next := func() (n uint32) {
		if len(rest) < 4 {
			err = fmt.Errorf("sim: state: the draws of its ranks are cut short")
			return 0
		}
		n, rest = binary.LittleEndian.Uint32(rest), rest[4:]
		return n
	}
	for ranks := next(); ranks > 0 && err == nil; ranks-- {
		var parts [][]byte
		for n := next(); n > 0 && err == nil; n-- {
			size := next()
			if uint64(size) > uint64(len(rest)) {
				return nil, fmt.Errorf("sim: state: the draws of a rank have %d bytes and %d are left: the file is cut short", size, len(rest))
			}
			parts, rest = append(parts, rest[:size]), rest[size:]
		}
		if err == nil && len(parts) == 0 {
			err = fmt.Errorf("sim: state: a rank draws nothing")
		}
		if err == nil {
			all = append(all, drawn{parts[0], parts[1:]})
		}
	}
	if err == nil && (len(all) == 0 || len(rest) > 0) {
		err = fmt.Errorf("sim: state: of the draws of its ranks %d bytes are left over", len(rest))
	}
	return all, err
}
