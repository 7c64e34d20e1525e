package sample

import (
	"fmt"
	"runtime"
)

// Prefetch draws the batches of another sampler ahead, while a model computes
// on the ones before:
//
//	free --> fill, by a goroutine --> ready
//	 ^                                  |
//	 '------- the trainer's batch <-----'
//
// The sequence is that of the other sampler, and so is the state, which is
// that before the batches not yet taken: each is stored beside its batch.
// In a browser, which has no threads, and for a sampler with one fixed batch it
// draws nothing ahead.
//
// Its methods are to be called by one goroutine.
type Prefetch struct {
	of    Sampler
	maker maker // of, if its batches can be drawn ahead
	depth int
	crew  *prefetchCrew // nil until the first batch and after a stop

	taken *ahead // the batch that the trainer has
	head  *ahead // the one after, if State has looked at it
	done  bool
}

// A maker is a sampler that can fill batches of others' storage.
type maker interface {
	Stateful
	newBatch() *Batch
	fill(b *Batch)
}

// ahead is a batch drawn ahead.
type ahead struct {
	batch *Batch
	state []byte // before it was drawn
}

// prefetchCrew is the goroutine that fills batches, and its channels.
type prefetchCrew struct {
	free, ready chan *ahead
	quit, gone  chan struct{}
}

// drawsAhead is constant, so that the browser's programs, which have one thread,
// are without what draws ahead.
const drawsAhead = runtime.GOOS != "js"

// NewPrefetch returns a sampler that draws up to depth batches of s ahead. s
// must not be used until Close, and its source has to be one that can be saved,
// such as a *rand.PCG.
func NewPrefetch(s Sampler, depth int) *Prefetch {
	if depth < 1 {
		panic(fmt.Sprintf("sample: NewPrefetch: depth is %d, want at least 1", depth))
	}
	p := &Prefetch{of: s, depth: depth}
	if m, ok := s.(maker); ok {
		stateOf(m, nil) // panics here, not in the goroutine, if the source cannot be saved
		p.maker = m
	}
	return p
}

// Steps returns the number of batches per epoch.
func (p *Prefetch) Steps() int { return p.of.Steps() }

// Next returns the next batch, valid until the next call.
func (p *Prefetch) Next() *Batch {
	switch {
	case p.done:
		panic("sample: Prefetch.Next: it is closed")
	case !drawsAhead || p.maker == nil:
		return p.of.Next()
	}
	p.startDrawing()
	if p.taken != nil {
		p.crew.free <- p.taken
	}
	p.taken, p.head = p.nextAhead(), nil
	return p.taken.batch
}

// AppendBinary appends the state before the next batch, nothing if the other
// sampler has none.
func (p *Prefetch) AppendBinary(b []byte) ([]byte, error) {
	if !drawsAhead || p.crew == nil {
		if s, ok := p.of.(Stateful); ok {
			return s.AppendBinary(b)
		}
		return b, nil
	}
	p.head = p.nextAhead()
	return append(b, p.head.state...), nil
}

// UnmarshalBinary drops the batches drawn ahead and sets the state of the other
// sampler.
func (p *Prefetch) UnmarshalBinary(state []byte) error {
	s, ok := p.of.(Stateful)
	if !ok {
		if len(state) != 0 {
			return fmt.Errorf("sample: state has %d bytes, want none: %T has one fixed batch", len(state), p.of)
		}
		return nil
	}
	p.Stop()
	return s.UnmarshalBinary(state)
}

// Close ends the goroutine and leaves the other sampler where the trainer
// stands: its next batch is the one that Next would have returned. The last
// batch stays valid.
func (p *Prefetch) Close() {
	p.Stop()
	p.done = true
}

// nextAhead returns the next batch without taking it.
func (p *Prefetch) nextAhead() *ahead {
	if p.head != nil {
		return p.head
	}
	return <-p.crew.ready
}

// startDrawing begins to draw unless that has begun. Neither channel ever blocks a
// sender: each holds all batches.
func (p *Prefetch) startDrawing() {
	if p.crew != nil {
		return
	}
	c := &prefetchCrew{
		free: make(chan *ahead, p.depth+1), ready: make(chan *ahead, p.depth+1),
		quit: make(chan struct{}), gone: make(chan struct{}),
	}
	for range p.depth {
		c.free <- &ahead{batch: p.maker.newBatch()}
	}
	if p.taken == nil {
		p.taken = &ahead{batch: p.maker.newBatch()}
	}
	p.crew = c
	go c.work(p.maker)
}

func (c *prefetchCrew) work(m maker) {
	defer close(c.gone)
	for {
		select {
		case <-c.quit:
			return
		case a := <-c.free:
			a.state = stateOf(m, a.state[:0])
			m.fill(a.batch)
			c.ready <- a
		}
	}
}

// Stop ends the goroutine and sets the other sampler back to the first batch
// that was not taken. Next begins to draw ahead again.
func (p *Prefetch) Stop() {
	if !drawsAhead || p.crew == nil {
		return
	}
	close(p.crew.quit)
	<-p.crew.gone
	close(p.crew.ready)
	if a := p.nextAhead(); a != nil {
		if err := p.maker.UnmarshalBinary(a.state); err != nil { // it is the sampler's own
			panic(err)
		}
	}
	p.crew, p.head = nil, nil
}
