package graph

// TransposeEntries sets t to the transpose of c, whose entries are below rows,
// and from[e] to the entry of c that entry e of t is, so that values kept
// beside c can be taken along. Rows of t are in the order of the rows of c.
// Storage of t and from is reused.
func TransposeEntries(t CSR, from []int32, c CSR, rows int) (CSR, []int32) {
	t.Ptr = resize(t.Ptr, rows+1)
	t.Col = resize(t.Col, len(c.Col))
	from = resize(from, len(c.Col))
	clear(t.Ptr)
	for _, j := range c.Col {
		t.Ptr[j+1]++
	}
	for i := range rows {
		t.Ptr[i+1] += t.Ptr[i]
	}
	for i := range c.Rows() {
		for e := c.Ptr[i]; e < c.Ptr[i+1]; e++ {
			j := c.Col[e]
			at := t.Ptr[j] // Ptr[j] runs from the start of row j to its end
			t.Col[at], from[at] = int32(i), e
			t.Ptr[j]++
		}
	}
	copy(t.Ptr[1:], t.Ptr[:rows]) // so each start is back one place on
	t.Ptr[0] = 0
	return t, from
}
