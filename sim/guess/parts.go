package guess

import (
	"math"
	"slices"
	"strconv"

	"abkd/sim/wire"
)

// mostClasses is of how many classes one is guessed: of more, of those of most nodes.
const mostClasses = 6

// held counts for each class in a layer the nodes that are nearer to its own mean
// than to that of any other, those of most nodes first.
func held(e *wire.Embedding, p *wire.Predictions) []wire.Held {
	type mean struct {
		wire.Held
		x, y float64
	}
	var all []mean
	at := map[int]int{}
	label := func(k int) int {
		if row := p.Row(int(e.Nodes[k])); row < len(p.Label) {
			return int(p.Label[row])
		}
		return -1
	}
	for k := range e.Nodes {
		c := label(k)
		if c < 0 {
			continue
		}
		if _, known := at[c]; !known {
			at[c] = len(all)
			all = append(all, mean{Held: wire.Held{Class: c}})
		}
		m := &all[at[c]]
		m.Nodes, m.x, m.y = m.Nodes+1, m.x+float64(e.X[k]), m.y+float64(e.Y[k])
	}
	for i := range all {
		n := float64(all[i].Nodes)
		all[i].x, all[i].y = all[i].x/n, all[i].y/n
	}
	for k := range e.Nodes {
		c := label(k)
		if c < 0 {
			continue
		}
		far := func(m *mean) float64 { return math.Hypot(float64(e.X[k])-m.x, float64(e.Y[k])-m.y) }
		own, isNearest := far(&all[at[c]]), true
		for i := range all {
			isNearest = isNearest && (i == at[c] || own < far(&all[i]))
		}
		if isNearest {
			all[at[c]].Held.Held++
		}
	}
	var out []wire.Held
	for i := range all {
		at := len(out)
		for ; at > 0 && isBefore(&all[i].Held, &out[at-1]); at-- {
		}
		out = slices.Insert(out, at, all[i].Held)
	}
	return out
}

// isBefore reports whether a is listed before b.
func isBefore(a, b *wire.Held) bool {
	return a.Nodes > b.Nodes || a.Nodes == b.Nodes && a.Class < b.Class
}

func shareHeld(h *wire.Held) float64 { return float64(h.Held) / float64(h.Nodes) }

// parts asks which class the last layer of the student holds together best. Classes
// that chance may part tie.
func parts(s *wire.Snapshot) *wire.Question {
	var asked []wire.Held
	for i := range s.Embeddings {
		if s.Embeddings[i].Model == "student" {
			asked = s.Embeddings[i].Held
		}
	}
	if asked = asked[:min(len(asked), mostClasses)]; s.Phase == wire.Teaching || len(asked) < 2 {
		return nil
	}
	q := ask("parts", s)
	for _, h := range asked {
		q.Options = append(q.Options, strconv.Itoa(h.Class))
	}
	if s.Phase != wire.Finished {
		return q
	}
	best := &asked[0]
	for i := range asked {
		if shareHeld(&asked[i]) > shareHeld(best) {
			best = &asked[i]
		}
	}
	var keys []string
	var others []float32
	for i := range asked {
		if h := &asked[i]; h == best || areLevel(best, h) {
			keys = append(keys, strconv.Itoa(h.Class))
			if h != best {
				others = append(others, float32(h.Class))
			}
		}
	}
	return answer(q, keys, classes("class", float32(best.Class)), count("held", best.Held), count("nodes", best.Nodes), count("more", len(others)), classes("others", others...))
}

// areLevel reports whether chance may part two shares as far.
func areLevel(best, h *wire.Held) bool {
	p := float64(h.Held+best.Held) / float64(h.Nodes+best.Nodes)
	return shareHeld(best)-shareHeld(h) <= bound*math.Sqrt(p*(1-p)*(1/float64(h.Nodes)+1/float64(best.Nodes)))
}
