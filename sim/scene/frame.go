package scene

// rooms returns where graph, layers, the strips of A and matrices stand: between the places
// that they have in the frames, by the camera's shares of these. What a frame
// leaves out waits outside the picture, on the side on which it stands in the
// overview.
func (b *builder) rooms() (graph, stacks, strips, matrices area) {
	for f := range frames {
		share := b.Pose.Share[f]
		if share == 0 {
			continue
		}
		g, s, t, m := b.room(f)
		graph, stacks, strips, matrices = graph.plus(g, share), stacks.plus(s, share), strips.plus(t, share), matrices.plus(m, share)
	}
	return graph, stacks, strips, matrices
}

// canvas returns where the canvas of frame f stands: on the way to it, or from
// it, it comes in from the right.
func (b *builder) canvas(f Frame) area {
	a := b.area()
	a.x += (1 - b.Pose.Share[f]) * b.W
	return a
}

func (a area) plus(c area, share float32) area {
	return area{a.x + share*c.x, a.y + share*c.y, a.w + share*c.w, a.h + share*c.h}
}

// sees reports whether any of a is inside the picture.
func (b *builder) sees(a area) bool {
	return a.w > 1 && a.h > 1 && a.x < b.W-0.5 && a.y < b.H-0.5 && a.x+a.w > 0.5 && a.y+a.h > 0.5
}

// holds reports whether all of a is inside the picture; what comes or goes has no
// legend yet.
func (b *builder) holds(a area) bool {
	return a.x >= 0 && a.y >= 0 && a.x+a.w <= b.W && a.y+a.h <= b.H
}

func (b *builder) room(f Frame) (graph, stacks, strips, matrices area) {
	a := b.area()
	graph, align, beside := b.parts()
	if f.IsCanvas() {
		graph.x, align.x = -b.W, b.W
	}
	switch f {
	case Neighbourhood, Terms:
		graph = a
		if beside {
			align.x = b.W
		} else {
			align.y = b.H
		}
	case Stacks, Matrices:
		if beside {
			graph.x = -graph.w
		} else {
			graph.y = -graph.h
		}
		align = a
	}
	stacks, matrices = b.splitArea(align)
	strips = area{align.x, b.H, align.w, 0.22 * a.h}
	switch f {
	case Stacks:
		stacks, matrices.y = a, b.H
	case Matrices:
		if len(b.s.Attention.Epochs) > 0 {
			stacks, strips, matrices = b.splitInThree(a, stacks, matrices)
		}
	}
	return graph, stacks, strips, matrices
}

// parts divides the overview.
func (b *builder) parts() (graph, align area, beside bool) {
	a := b.area()
	gap := 4 * b.unit
	if b.W >= 560*b.large() && b.W >= 1.25*b.H {
		w := (a.w - gap) * 0.46
		return area{a.x, a.y, w, a.h}, area{a.x + w + gap, a.y, a.w - w - gap, a.h}, true
	}
	h := (a.h - gap) * 0.5
	return area{a.x, a.y, a.w, h}, area{a.x, a.y + h + gap, a.w, h}, false
}

// splitArea divides the alignment into layers and matrices.
func (b *builder) splitArea(a area) (stacks, matrices area) {
	lt, ls, _ := b.layers()
	b.compact = a.h < 22*b.body
	gap := 1.5 * b.unit
	rest := a.h - b.crown() - gap
	low := min(0.58*rest, b.tallest(a.w, lt, ls))
	return area{a.x, a.y, a.w, a.h - low - gap}, area{a.x, a.y + a.h - low, a.w, low}
}

// splitInThree makes room for the strips between the layers and the matrices.
// Layers that would lie on one another are left out: the strips and the matrices
// name them too.
func (b *builder) splitInThree(a, stacks, matrices area) (s, strips, m area) {
	gap, all := 1.5*b.unit, b.stripsHeight(b.s.A.Rows, 4.5*b.unit)
	high := min(0.27*a.h, all)
	matrices.h = min(matrices.h, 0.43*a.h)
	stacks.h = a.h - matrices.h - high - 2*gap
	if lt, ls, _ := b.layers(); stacks.h < b.crown()+0.9*b.body*float32(max(lt, ls)) {
		high = min(0.4*a.h, all)
		matrices.h = min(a.h-high-gap, b.tallest(a.w, lt, ls))
		stacks.y = -stacks.h
	}
	matrices.y = a.y + a.h - matrices.h
	strips = area{a.x, matrices.y - gap - high, a.w, high}
	return stacks, strips, matrices
}

// paintDivider paints the line between the two parts of the overview.
func (b *builder) paintDivider(graph area) {
	share := b.Pose.Share[Overview]
	if share <= 0 {
		return
	}
	c := alpha(b.p.line, share)
	gap := 2 * b.unit
	if _, _, beside := b.parts(); beside {
		b.y.line(graph.x+graph.w+gap, graph.y, graph.x+graph.w+gap, graph.y+graph.h, 1, Solid, c)
		return
	}
	b.y.line(graph.x, graph.y+graph.h+gap, graph.x+graph.w, graph.y+graph.h+gap, 1, Solid, c)
}
