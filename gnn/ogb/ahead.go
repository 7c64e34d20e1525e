//go:build !js

package ogb

import "io"

// A readAhead unpacks a file while what it gave before is parsed: two buffers
// go round between a goroutine and the reader.
type readAhead struct {
	full  chan chunk
	empty chan []byte
	quit  chan struct{}
	cur   chunk
	taken int // of cur
}

type chunk struct {
	data []byte
	err  error // what follows the data
}

func ahead(src io.Reader, buffer int) *readAhead {
	r := &readAhead{full: make(chan chunk, 2), empty: make(chan []byte, 2), quit: make(chan struct{})}
	r.empty <- make([]byte, buffer)
	r.empty <- make([]byte, buffer)
	go r.fetch(src)
	return r
}

func (r *readAhead) fetch(src io.Reader) {
	defer close(r.full)
	for {
		select {
		case b := <-r.empty:
			n := 0
			var err error
			for n < len(b) && err == nil {
				var k int
				k, err = src.Read(b[n:])
				n += k
			}
			r.full <- chunk{b[:n], err} // has room: there are two buffers
			if err != nil {
				return
			}
		case <-r.quit:
			return
		}
	}
}

// Read implements io.Reader.
func (r *readAhead) Read(p []byte) (int, error) {
	for r.taken == len(r.cur.data) {
		if r.cur.err != nil {
			return 0, r.cur.err
		}
		if r.cur.data != nil {
			r.empty <- r.cur.data[:cap(r.cur.data)]
		}
		r.cur, r.taken = <-r.full, 0
	}
	n := copy(p, r.cur.data[r.taken:])
	r.taken += n
	return n, nil
}

// stop ends the goroutine and waits for it.
func (r *readAhead) stop() {
	close(r.quit)
	for range r.full {
	}
}
