package scene

import (
	"math"
	"slices"
	"strconv"
	"testing"
)

// points returns where the dots of a layer stand, by node.
func points(l *List, model, layer int) map[int][2]float32 {
	at := map[int][2]float32{}
	for _, h := range l.hits {
		if m, of := pointOf(h.item.J); h.item.Target == Point && m == model && of == layer {
			at[h.item.I] = [2]float32{(h.x0 + h.x1) / 2, (h.y0 + h.y1) / 2}
		}
	}
	return at
}

// dots counts the dots of a class.
func dots(l *List, c int) (n int) {
	b := builder{p: Light.palette()}
	kind, tint := b.classLook(c)
	for _, x := range l.Messages.Shapes {
		if x.Kind == kind && x.Color == tint {
			n++
		}
	}
	return n
}

// TestEmbeddings has every node once in every layer, where its coordinates are,
// in the form and colour of its class.
func TestEmbeddings(t *testing.T) {
	s := snapshot(t, "mag")
	for _, size := range sizes {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "teacher"})
		painted := 0
		for i := range s.Embeddings {
			e := &s.Embeddings[i]
			model := map[string]int{"teacher": 0, "student": 1}[e.Model]
			at := points(l, model, e.Layer)
			step := (len(e.Nodes) + mostDots - 1) / mostDots
			if want := (len(e.Nodes) + step - 1) / step; len(at) != want {
				t.Fatalf("%v: layer %d of the %s has %d dots, want %d", size, e.Layer, e.Model, len(at), want)
			}
			painted += len(at)
			a, b := 0, step
			for k := 2 * step; k < len(e.Nodes); k += step {
				p, q, r := at[int(e.Nodes[a])], at[int(e.Nodes[b])], at[int(e.Nodes[k])]
				// The picture keeps distances up to one factor.
				seen := math.Hypot(float64(p[0]-r[0]), float64(p[1]-r[1])) * math.Hypot(float64(e.X[a]-e.X[b]), float64(e.Y[a]-e.Y[b]))
				want := math.Hypot(float64(p[0]-q[0]), float64(p[1]-q[1])) * math.Hypot(float64(e.X[a]-e.X[k]), float64(e.Y[a]-e.Y[k]))
				if math.Abs(seen-want) > 0.02*math.Max(seen, want)+0.05 {
					t.Fatalf("%v: node %d of layer %d of the %s stands at %v", size, e.Nodes[k], e.Layer, e.Model, r)
				}
			}
		}
		of := 0
		for c := range s.Graph.Classes {
			of += dots(l, c)
		}
		if of != painted {
			t.Errorf("%v: %d dots have the looks of classes, want %d", size, of, painted)
		}
	}
}

// TestDirections has each dot as far from the middle as the angle says, at one
// scale in all discs of a model, and the mean cosine below it.
func TestDirections(t *testing.T) {
	s := snapshot(t, "mag")
	l := Build(s, View{Words: english, W: 760, H: 524, Scene: "depth"})
	scale := map[string]float64{}
	for i := range s.Directions {
		d := &s.Directions[i]
		at := points(l, map[string]int{"teacher": 0, "student": 1}[d.Model], d.Layer)
		// The middle follows from two dots: at + k·(x, -y) is the same for both.
		a, b := 0, len(d.Nodes)/2
		p, q := at[int(d.Nodes[a])], at[int(d.Nodes[b])]
		k := float64(p[0]-q[0]) / float64(d.X[a]-d.X[b])
		if before, known := scale[d.Model]; known && math.Abs(k/before-1) > 0.01 {
			t.Errorf("a radian is %g px in layer %d of the %s, %g in the one before", k, d.Layer, d.Model, before)
		}
		scale[d.Model] = k
		midX, midY := float64(p[0])-k*float64(d.X[a]), float64(p[1])+k*float64(d.Y[a])
		for n, v := range d.Nodes {
			far := math.Hypot(float64(at[int(v)][0])-midX, float64(at[int(v)][1])-midY)
			if want := k * math.Hypot(float64(d.X[n]), float64(d.Y[n])); math.Abs(far-want) > 0.1 {
				t.Fatalf("layer %d of the %s: node %d is %g px from the middle, want %g", d.Layer, d.Model, v, far, want)
			}
		}
	}
	if !says(l, "mean cosine "+fixed(s.Smoothness.Teacher[1])) {
		t.Error("the mean cosine of T2 is not said")
	}
}

// TestPointedDot is joined from layer to layer, and the other classes step back.
func TestPointedDot(t *testing.T) {
	s := snapshot(t, "mag")
	v := View{Words: english, W: 760, H: 524, Scene: "teacher"}
	node := int(s.Embeddings[0].Nodes[12])
	class := int(s.Predictions.Label[node])
	before := Build(s, v)
	v.Hover = Item{Point, node, 0}
	l := Build(s, v)
	thick := 0
	for _, x := range l.Messages.Shapes {
		if x.Kind == Line && x.R > 1 {
			thick++
		}
	}
	if want := len(s.Embeddings) - 2; thick != want { // one fewer than layers, of either model
		t.Errorf("%d threads stand out, want %d", thick, want)
	}
	if dots(l, class) < dots(before, class) || dots(l, (class+1)%len(s.Graph.Classes)) != 0 {
		t.Error("the node's class does not stand out")
	}
	if l.Tip == "" {
		t.Error("it has no tooltip")
	}
	if got, want := Subject(s, &v, Item{Point, node, 1<<1 | 1}).String(), "node student 1 paper "; len(got) <= len(want) || got[:len(want)] != want {
		t.Errorf("a dot of S2 stands for %q", got)
	}
}

func says(l *List, text string) bool {
	return slices.ContainsFunc(l.Picture.Texts, func(x Text) bool { return x.Str == text })
}

func fixed(v float32) string { return strconv.FormatFloat(float64(v), 'f', 2, 32) }
