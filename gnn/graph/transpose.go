package graph

// Transpose sets t to the transpose of c, whose entries are below rows, and
// weight[e] to 1/deg for each entry e of t, with deg the number of entries of
// the row of c that it came from. Multiplying by (t, weight) is the derivative
// of taking the mean over the rows of c. Storage of t and weight is reused.
func Transpose(t CSR, weight []float32, c CSR, rows int) (CSR, []float32) {
	t = beginTranspose(t, c, rows)
	weight = resize(weight, len(c.Col))
	for i := range c.Rows() {
		row := c.Row(i)
		w := 1 / float32(max(len(row), 1))
		for _, j := range row {
			e := t.Ptr[j]
			t.Col[e], weight[e] = int32(i), w
			t.Ptr[j]++
		}
	}
	endTranspose(t)
	return t, weight
}

// TransposeEntries sets t to the transpose of c, whose entries are below rows,
// and from[e] to the entry of c that entry e of t is, so that values kept
// beside c can be taken along. Rows of t are in the order of the rows of c.
// Storage of t and from is reused.
func TransposeEntries(t CSR, from []int32, c CSR, rows int) (CSR, []int32) {
	t = beginTranspose(t, c, rows)
	from = resize(from, len(c.Col))
	for i := range c.Rows() {
		for e := c.Ptr[i]; e < c.Ptr[i+1]; e++ {
			j := c.Col[e]
			at := t.Ptr[j]
			t.Col[at], from[at] = int32(i), e
			t.Ptr[j]++
		}
	}
	endTranspose(t)
	return t, from
}

// transpose returns the transpose of c, whose entries are below rows.
func transpose(c CSR, rows int) CSR {
	t := beginTranspose(CSR{}, c, rows)
	for i := range c.Rows() {
		for _, j := range c.Row(i) {
			t.Col[t.Ptr[j]] = int32(i)
			t.Ptr[j]++
		}
	}
	endTranspose(t)
	return t
}

// beginTranspose makes room for the transpose of c: Ptr[j] is the start of
// row j. Whoever fills row j moves Ptr[j] to its end.
func beginTranspose(t, c CSR, rows int) CSR {
	t.Ptr = resize(t.Ptr, rows+1)
	t.Col = resize(t.Col, len(c.Col))
	clear(t.Ptr)
	for _, j := range c.Col {
		t.Ptr[j+1]++
	}
	for i := range rows {
		t.Ptr[i+1] += t.Ptr[i]
	}
	return t
}

// endTranspose moves the ends of filled rows to where CSR has them.
func endTranspose(t CSR) {
	copy(t.Ptr[1:], t.Ptr)
	t.Ptr[0] = 0
}
