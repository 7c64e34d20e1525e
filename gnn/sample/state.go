package sample

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// A Stateful sampler can be continued later by another one, made alike: from
// the same graph, nodes and settings.
type Stateful interface {
	Sampler
	// AppendBinary appends what the batches from the next one on depend on.
	// There is no error; it panics if the source of random numbers cannot be
	// saved.
	encoding.BinaryAppender
	// UnmarshalBinary sets what AppendBinary appended. After an error the
	// sampler is as before.
	encoding.BinaryUnmarshaler
}

// A Resharder is a Sharder that goes on from the state of a shard of another
// number of ranks, of one process too.
type Resharder interface {
	// Reshard sets what of the state is the same on all ranks, the order of an
	// epoch and the place in it. What is drawn for a share comes from own. After
	// an error the sampler is as before.
	Reshard(state []byte, own rand.Source) error
}

// The first bytes of a state say which sampler it is of.
const (
	neighborState = "abkd neighbor 1\n"
	shardState    = "abkd neighbor shard 1\n"
	walkState     = "abkd walk 1\n"
)

// AppendBinary appends the state of the source: no batch depends on the ones
// before.
func (s *RandomWalk) AppendBinary(b []byte) ([]byte, error) {
	return appendSource(append(b, walkState...), s.src), nil
}

// UnmarshalBinary sets the source to the state that it had.
func (s *RandomWalk) UnmarshalBinary(state []byte) error {
	rest, err := trimKind(walkState, state)
	if err != nil {
		return err
	}
	return setSource(s.src, rest)
}

// AppendBinary appends the order of the epoch, where the next batch begins in it, and the
// state of the source; of a shard also which one it is, and its own source:
//
//	kind | begin | nodes | nodes × node | source    numbers are of 4 bytes, little-endian
//	kind | rank | ranks | begin | nodes | nodes × node | bytes | source | own source
func (s *Neighbor) AppendBinary(b []byte) ([]byte, error) {
	if !s.sharded() {
		return appendSource(s.appendOrder(append(b, neighborState...)), s.src), nil
	}
	b = append(b, shardState...)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.rank))
	b = binary.LittleEndian.AppendUint32(b, uint32(s.ranks))
	b = s.appendOrder(b)
	at := len(b)
	b = appendSource(append(b, 0, 0, 0, 0), s.src)
	binary.LittleEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return appendSource(b, s.own), nil
}

func (s *Neighbor) appendOrder(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(s.pos))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.train)))
	for _, v := range s.train {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// UnmarshalBinary sets the order, the place in it and the sources.
func (s *Neighbor) UnmarshalBinary(state []byte) error {
	kind := neighborState
	if s.sharded() {
		kind = shardState
	}
	rest, err := trimKind(kind, state)
	if err != nil {
		return err
	}
	if s.sharded() {
		if rest, err = s.checkRank(rest); err != nil {
			return err
		}
	}
	order, pos, rest, err := s.parseOrder(rest)
	if err != nil {
		return err
	}
	if err := s.setSources(rest); err != nil {
		return err
	}
	s.train, s.pos = order, pos
	return nil
}

// checkRank reports another shard than s in the state, of which it returns the
// rest.
func (s *Neighbor) checkRank(state []byte) ([]byte, error) {
	if len(state) < 8 {
		return nil, fmt.Errorf("sample: state has %d bytes for a shard, want more: it is cut short", len(state))
	}
	rank, ranks := binary.LittleEndian.Uint32(state), binary.LittleEndian.Uint32(state[4:])
	if int(rank) != s.rank || int(ranks) != s.ranks {
		return nil, fmt.Errorf("sample: state is of rank %d of %d, want rank %d of %d: go on with as many ranks", rank, ranks, s.rank, s.ranks)
	}
	return state[8:], nil
}

// parseOrder reads the order of the epoch and the place in it off state and
// returns the rest.
func (s *Neighbor) parseOrder(state []byte) (order []int32, pos int, rest []byte, err error) {
	n := len(s.train)
	if len(state) < 8+4*n || int(binary.LittleEndian.Uint32(state[4:])) != n {
		return nil, 0, nil, fmt.Errorf("sample: state of %d bytes is not that of a sampler of %d nodes: make the sampler as it was made for the state", len(state), n)
	}
	begin := binary.LittleEndian.Uint32(state)
	if begin > uint32(n) {
		return nil, 0, nil, fmt.Errorf("sample: state begins at node %d of the epoch, want 0..%d: the state is damaged", begin, n)
	}
	order = make([]int32, n)
	for i := range order {
		order[i] = int32(binary.LittleEndian.Uint32(state[8+4*i:]))
	}
	return order, int(begin), state[8+4*n:], s.checkOrder(order)
}

// setSources sets the source or, of a shard, both or neither.
func (s *Neighbor) setSources(state []byte) error {
	if !s.sharded() {
		return setSource(s.src, state)
	}
	shared, own, err := cutSource(state)
	if err != nil {
		return err
	}
	before := appendSource(nil, s.src)
	if err := setSource(s.src, shared); err != nil {
		return err
	}
	if err = setSource(s.own, own); err == nil {
		return nil
	}
	if failed := setSource(s.src, before); failed != nil { // it is the source's own
		panic(failed)
	}
	return err
}

// cutSource returns the state of the source that all ranks have, and what
// follows it.
func cutSource(state []byte) (shared, own []byte, err error) {
	n := 0
	if len(state) >= 4 {
		n = int(binary.LittleEndian.Uint32(state))
	}
	if len(state) < 4 || n > len(state)-4 {
		return nil, nil, fmt.Errorf("sample: state has %d bytes for the sources of random numbers, want more: it is cut short", len(state))
	}
	return state[4 : 4+n], state[4+n:], nil
}

// checkOrder reports an entry of order that is not of train, or twice there.
func (s *Neighbor) checkOrder(order []int32) error {
	local := s.local[s.g.Target]
	for _, v := range s.train {
		local[v] = 0
	}
	bad := -1
	for i, v := range order {
		if uint32(v) >= uint32(len(local)) || local[v] != 0 {
			bad = i
			break
		}
		local[v] = -1
	}
	for _, v := range s.train {
		local[v] = -1
	}
	if bad >= 0 {
		return fmt.Errorf("sample: state: entry %d is node %d, want each of the %d nodes once: make the sampler as it was made for the state",
			bad, order[bad], len(s.train))
	}
	return nil
}

// stateOf appends the state of s to b.
func stateOf(s Stateful, b []byte) []byte {
	b, err := s.AppendBinary(b)
	if err != nil { // there is none
		panic(err)
	}
	return b
}

// trimKind returns what follows kind in state.
func trimKind(kind string, state []byte) ([]byte, error) {
	if len(state) < len(kind) || string(state[:len(kind)]) != kind {
		return nil, fmt.Errorf("sample: state begins with %.20q, want %q: it is of another sampler or version", state, kind)
	}
	return state[len(kind):], nil
}

func appendSource(b []byte, src rand.Source) []byte {
	a, ok := src.(encoding.BinaryAppender)
	if !ok {
		panic(fmt.Sprintf("sample: AppendBinary: source is a %T, want one that can be saved, such as a *rand.PCG", src))
	}
	b, err := a.AppendBinary(b)
	if err != nil { // those of math/rand/v2 have none
		panic(err)
	}
	return b
}

func setSource(src rand.Source, state []byte) error {
	u, ok := src.(encoding.BinaryUnmarshaler)
	if !ok {
		panic(fmt.Sprintf("sample: UnmarshalBinary: source is a %T, want one that can be set, such as a *rand.PCG", src))
	}
	if err := u.UnmarshalBinary(state); err != nil {
		return fmt.Errorf("sample: state of the source of random numbers: %w", err)
	}
	return nil
}

// Reshard implements Resharder: no batch depends on the ones before.
func (s *RandomWalk) Reshard(state []byte, own rand.Source) error {
	if _, err := trimKind(walkState, state); err != nil {
		return err
	}
	s.src, s.rng = own, rand.New(own)
	return nil
}

// Reshard implements Resharder. One process draws neighbours from the source of
// the order.
func (s *Neighbor) Reshard(state []byte, own rand.Source) error {
	rest, alone := bytes.CutPrefix(state, []byte(neighborState))
	if !alone {
		var err error
		if rest, err = trimKind(shardState, state); err != nil {
			return err
		}
		rest = rest[min(len(rest), 8):] // of whichever rank
	}
	order, pos, rest, err := s.parseOrder(rest)
	if err != nil {
		return err
	}
	if !alone {
		if rest, _, err = cutSource(rest); err != nil {
			return err
		}
	}
	if err := setSource(s.src, rest); err != nil {
		return err
	}
	s.train, s.pos = order, pos
	if s.sharded() {
		s.own, s.draws = own, rand.New(own)
	}
	return nil
}

// Reshard drops the batches drawn ahead.
func (p *Prefetch) Reshard(state []byte, own rand.Source) error {
	s, ok := p.of.(Resharder)
	if !ok {
		return fmt.Errorf("sample: %T cannot go on with another number of ranks", p.of)
	}
	p.Stop()
	return s.Reshard(state, own)
}
