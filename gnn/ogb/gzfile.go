//go:build !js

package ogb

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// blockRows is how many short rows make a block.
const blockRows = 1 << 15

// rows writes a file of n rows, each of which row appends to b.
func (w *writer) rows(file string, n int, row func(i int, b []byte) []byte) {
	w.blocks(file, n, blockRows, func(lo, hi int, b []byte) []byte {
		for i := lo; i < hi; i++ {
			b = append(row(i, b), '\n')
		}
		return b
	})
}

// blocks writes a gzipped file of n rows. text appends the rows lo to hi-1 of
// a block to b. Blocks are made and packed by several goroutines at a time and
// written in order, each a member of its own, which is what gzip files may
// consist of; a file of no rows is one empty member.
func (w *writer) blocks(file string, n, size int, text func(lo, hi int, b []byte) []byte) {
	if w.err != nil {
		return
	}
	path := filepath.Join(w.dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.err = fileError(file, err)
		return
	}
	f, err := os.Create(path)
	if err != nil {
		w.err = fileError(file, err)
		return
	}
	wave := make([]packer, min(4*runtime.GOMAXPROCS(0), n/size+1))
	for lo := 0; err == nil && (lo < n || lo == 0); lo += len(wave) * size {
		var wg sync.WaitGroup
		for i := range wave {
			from := lo + i*size
			wave[i].out.Reset()
			if from >= n && from > 0 {
				continue
			}
			wg.Go(func() { wave[i].pack(from, min(from+size, n), text) })
		}
		wg.Wait()
		for i := range wave {
			if err == nil {
				_, err = f.Write(wave[i].out.Bytes())
			}
		}
		if w.progress != nil {
			w.progress(file, int64(min(lo+len(wave)*size, n)), int64(n))
		}
	}
	if err := cmp.Or(err, f.Close()); err != nil {
		w.err = fileError(file, err)
	}
}

// A packer turns blocks of rows into members of a gzip file.
type packer struct {
	text []byte
	out  bytes.Buffer
	z    *gzip.Writer
}

func (p *packer) pack(lo, hi int, text func(lo, hi int, b []byte) []byte) {
	if p.z == nil {
		p.z, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	}
	p.z.Reset(&p.out)
	p.text = text(lo, hi, p.text[:0])
	p.z.Write(p.text) // to memory: nothing to go wrong
	p.z.Close()
}
