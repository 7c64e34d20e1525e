package state

import (
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// A Place is the part of a state that is of no model.
type Place struct {
	Phase       wire.Phase
	Epoch, Step int // done
	Changes     []wire.Change
	Applied     int // Changes[:Applied] have been made
	Sampler     []byte
}

// Place visits p. A frame leaves out the changes, of which the run has the
// list.
func (c *Coder) Place(p *Place) {
	p.Phase = wire.Phase(c.count("phase", int(p.Phase), int(wire.Failed)))
	p.Epoch = c.count("epoch", p.Epoch, maxCount)
	p.Step = c.count("step", p.Step, maxCount)
	if !c.Brief {
		c.Changes(&p.Changes)
	}
	p.Applied = c.count("number of changes", p.Applied, len(p.Changes))
	p.Sampler = c.Bytes("sampler", p.Sampler)
}

// Changes visits a list of changes.
func (c *Coder) Changes(list *[]wire.Change) {
	n := c.count("number of changes", len(*list), maxCount)
	reads := c.does >= checks
	if reads {
		*list = nil
	}
	for i := 0; i < n && c.err == nil; i++ {
		if reads {
			*list = append(*list, wire.Change{})
		}
		to := &(*list)[i]
		epoch, step := c.count("epoch of a change", to.Epoch, maxCount), c.count("step of a change", to.Step, maxCount)
		text := c.Bytes("text of a change", []byte(to.Text()))
		if reads {
			var err error
			if *to, err = wire.ParseChange(wire.Moment{Epoch: epoch, Step: step}, string(text)); err != nil {
				c.Fail("a change: %v", err)
			}
		}
	}
}

// A Model is a model in training with all that its next step depends on. It
// shares the storage of those that it is of: to set it is to set them.
type Model struct {
	Weights, Best []*gnn.Param
	Criterion     []*gnn.Param
	Optimizer     gnn.OptimizerState
	Alignment     []mat.Matrix
	Dropout       *rand.PCG
	Draws         *rand.PCG  // of the criterion, nil without one
	Losses        []*float64 // of the last step
	Now, AtBest   *wire.ModelState
	History       *[]wire.Point
}

// Model visits m.
func (c *Coder) Model(m Model) {
	c.Params(m.Weights)
	c.Params(m.Best)
	c.Params(m.Criterion)
	for _, n := range m.Optimizer.Numbers {
		c.float64("optimiser", n)
	}
	for _, moments := range m.Optimizer.Moments {
		c.matrices("optimiser's moments", moments)
	}
	c.matrices("alignment", m.Alignment)
	c.source("generator of dropout", m.Dropout)
	if m.Draws != nil {
		c.source("generator of the criterion", m.Draws)
	}
	for _, loss := range m.Losses {
		c.float64("loss", loss)
	}
	c.Measured("model", m.Now)
	c.Measured("model at its best", m.AtBest)
	c.history(m.History)
}

// Params visits weights.
func (c *Coder) Params(params []*gnn.Param) {
	for _, p := range params {
		c.floats(p.Name, p.W.Data)
	}
}

func (c *Coder) matrices(what string, ms []mat.Matrix) {
	for _, m := range ms {
		c.floats(what, m.Data)
	}
}

// source visits a generator.
func (c *Coder) source(what string, src *rand.PCG) {
	var buf [32]byte
	b, _ := src.AppendBinary(buf[:0]) // has no errors
	if b = c.Bytes(what, b); c.does < checks || c.err != nil {
		return
	}
	to := src
	if c.does == checks {
		to = new(rand.PCG)
	}
	if err := to.UnmarshalBinary(b); err != nil {
		c.Fail("%s: %v", what, err)
	}
}

// Measured visits what a ModelState says beside the size.
func (c *Coder) Measured(what string, s *wire.ModelState) {
	c.numbers(what, &s.Loss, &s.Train, &s.Valid, &s.Test)
	c.int("best epoch of "+what, &s.BestEpoch, maxCount)
	if !c.Brief {
		c.numbers("time of "+what, &s.InferMicros)
	}
}

// history visits a learning curve. A frame holds only its length: what was
// recorded before it stays in memory, and what comes after is recorded again.
func (c *Coder) history(h *[]wire.Point) {
	n := c.count("epochs of history", len(*h), cap(*h))
	if c.does == hashes || c.err != nil {
		return
	}
	points := (*h)[:n]
	if !c.Brief {
		for i := range points {
			p := &points[i]
			if c.does == checks {
				p = new(wire.Point)
			}
			c.numbers("history", &p.Total, &p.CE, &p.KD, &p.Aux, &p.Train, &p.Valid, &p.Test)
		}
	}
	if c.does == sets {
		*h = points
	}
}
