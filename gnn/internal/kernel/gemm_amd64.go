//go:build !purego

package kernel

// C is computed in tiles of tileRows×tileCols that stay in registers while a
// block of blockDepth columns of A and rows of B passes:
//
//	           blockCols
//	         ┌──┬──┬──┬──┐
//	         │  │  │  │  │ blockDepth      B: packed, panel by panel; a panel
//	         │  │  │  │  │                 stays in the first-level cache, the
//	         └──┴──┴──┴──┘                 block in the second
//	┌──────┐ ┌──┬──┬──┬──┐
//	├──────┤ ├──┼──┼──┼──┤ blockRows       A: strip by strip, packed if its
//	├──────┤ ├──┼──┼──┼──┤                 rows are not contiguous
//	└──────┘ └──┴──┴──┴──┘
//
// See Goto and van de Geijn, https://doi.org/10.1145/1356052.1356053. The
// depth of a block depends on k alone, so an element of C has the same bits
// whichever rows and columns are computed with it.
const (
	tileRows, tileCols = 6, 16
	blockRows          = 144
	blockCols          = 512
	blockDepth         = 256
)

// tile6x16 computes
//
//	for i := range 6 {
//		for j := range 16 {
//			s := float32(0)
//			for l := range k {
//				s = fma(a[i*ars+l*acs], b[l*16+j], s)
//			}
//			c[i*ldc+j] = s // += if accumulate
//		}
//	}
//
//go:noescape
func tile6x16(k int, a *float32, ars, acs int, b, c *float32, ldc int, accumulate bool)

// packing holds the packed blocks of A and B.
type packing struct {
	a [blockRows * blockDepth]float32
	b [blockCols * blockDepth]float32
}

// packings are not in use.
var packings freeList[packing]

// Gemm works in blocks, see tileRows.
func (avx2) Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	p := packings.take()
	depth := ceilDiv(k, ceilDiv(k, blockDepth)) // blocks of equal depth
	for j := 0; j < n; j += blockCols {
		w := min(blockCols, n-j)
		for l := 0; l < k; l += depth {
			h := min(depth, k-l)
			p.packB(w, h, b[l*brs+j*bcs:], brs, bcs)
			for i := 0; i < m; i += blockRows {
				p.block(min(blockRows, m-i), w, h, a[i*ars+l*acs:], ars, acs, c[i*ldc+j:], ldc, accumulate || l > 0)
			}
		}
	}
	packings.give(p)
}

// block computes the tiles of one block of C.
func (p *packing) block(m, n, k int, a []float32, ars, acs int, c []float32, ldc int, accumulate bool) {
	whole := m / tileRows * tileRows // rows of A that are used where they lie
	if acs != 1 {
		whole = 0
	}
	p.packA(whole, m, k, a, ars, acs)
	var tile [tileRows * tileCols]float32
	for j := 0; j < n; j += tileCols {
		w, b := min(tileCols, n-j), &p.b[j*k]
		for i := 0; i < m; i += tileRows {
			h := min(tileRows, m-i)
			strip, rs, cs := &p.a[max(i-whole, 0)*k], 1, tileRows
			if i < whole {
				strip, rs, cs = &a[i*ars], ars, acs
			}
			if h == tileRows && w == tileCols {
				tile6x16(k, strip, rs, cs, b, &c[i*ldc+j], ldc, accumulate)
				continue
			}
			tile6x16(k, strip, rs, cs, b, &tile[0], tileCols, false)
			for r := range h {
				row, t := c[(i+r)*ldc+j:][:w], tile[r*tileCols:][:w]
				if !accumulate {
					copy(row, t)
					continue
				}
				for d, v := range t {
					row[d] += v
				}
			}
		}
	}
}

// The rows that are packed before the next strip or panel: their ends are
// still in the cache when it is its turn.
const packRows = 16

// packA copies the rows from..m of A so that each strip of six rows lies
// column by column, the last one filled up with zeros.
func (p *packing) packA(from, m, k int, a []float32, ars, acs int) {
	for l := 0; l < k; l += packRows {
		h := min(packRows, k-l)
		for i := from; i < m; i += tileRows {
			strip := p.a[(i-from)*k+l*tileRows:][:h*tileRows]
			if ars == 1 && i+tileRows <= m {
				pack6(h, &strip[0], &a[i+l*acs], acs)
			} else {
				packAny(strip, tileRows, min(tileRows, m-i), a[i*ars+l*acs:], acs, ars)
			}
		}
	}
}

// packB copies a block of B so that each panel of 16 columns lies row by row,
// the last one filled up with zeros.
func (p *packing) packB(n, k int, b []float32, brs, bcs int) {
	for l := 0; l < k; l += packRows {
		h := min(packRows, k-l)
		for j := 0; j < n; j += tileCols {
			panel := p.b[j*k+l*tileCols:][:h*tileCols]
			if bcs == 1 && j+tileCols <= n {
				pack16(h, &panel[0], &b[j+l*brs], brs)
			} else {
				packAny(panel, tileCols, min(tileCols, n-j), b[j*bcs+l*brs:], brs, bcs)
			}
		}
	}
}

// pack6 computes
//
//	for i := range rows {
//		copy(dst[i*6:], src[i*stride:][:6])
//	}
//
// rows must be positive.
//
//go:noescape
func pack6(rows int, dst, src *float32, stride int)

// pack16 is pack6 for 16 elements.
//
//go:noescape
func pack16(rows int, dst, src *float32, stride int)

// packAny copies n elements of each row, cs apart, and fills the row up with
// zeros to the given width.
func packAny(dst []float32, width, n int, src []float32, rs, cs int) {
	rows := len(dst) / width
	for d := range width {
		if d >= n {
			for o := d; o < len(dst); o += width {
				dst[o] = 0
			}
			continue
		}
		col := src[d*cs:]
		if rs == 1 {
			for i, v := range col[:rows] {
				dst[i*width+d] = v
			}
			continue
		}
		for i := range rows {
			dst[i*width+d] = col[i*rs]
		}
	}
}
