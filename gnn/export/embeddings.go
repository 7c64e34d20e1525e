package export

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	gonum "gonum.org/v1/gonum/mat"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/principal"
	"abkd/gnn/quality"
	"abkd/gnn/safetensors"
	"abkd/internal/show"
)

// Embeddings say how the outputs of a model's layers are written.
type Embeddings struct {
	Split, Own graph.Split       // as in Predictions
	NPY        bool              // arrays of NumPy in place of CSV
	Axes       *safetensors.File // that an export before has written, nil to find them
}

// A Layer is what was written of one.
type Layer struct {
	Width int
	// Explained are the shares of the variance of its outputs that lie along the
	// two axes; NaN without variance.
	Explained [2]float64
}

// The files of an export of embeddings, beside one for each layer.
const (
	NodesFile = "nodes.csv"
	AxesFile  = "axes.safetensors"
)

// maxFitted is the largest number of nodes that axes are fitted to.
const maxFitted = 10000

// Write writes to the folder dir, for the target nodes of g, of which each is
// the row of its number:
//
//	layer1.npy ...     the outputs of each layer [n × width], as Trace.Layers has them; or layer1.csv ...
//	nodes.csv          what Predictions say first, confidence, and each layer's outputs along its two axes: layer1_x, layer1_y ...
//	axes.safetensors   layer1.centre [width], layer1.axes [2 × width] ...
//
// The axes are the principal ones of the nodes, of 10,000 evenly spread where
// there are more; the largest component of each is positive. With Axes they are
// those, so that exports of the same model at other epochs can be compared. It
// is an error if ctx is done before the end.
func (o Embeddings) Write(ctx context.Context, dir string, m gnn.Model, g *graph.Graph) ([]Layer, error) {
	axes, err := o.axes(m, len(g.Labels))
	if err != nil {
		return nil, err
	}
	w := layerWriter{dir: dir, form: o, n: len(g.Labels), at: -1, axes: axes, names: g.Types[g.Target].Labels}
	gnn.NewEvaluator(m, nil).EachLayer(w.add)
	if err := cmp.Or(ctx.Err(), w.close(), o.writeNodes(dir, m, g, w.layers)); err != nil {
		return nil, err
	}
	f, err := encodeAxes(axes)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, AxesFile), f, 0o666); err != nil {
		return nil, err
	}
	var all []Layer
	for _, l := range w.layers {
		all = append(all, Layer{len(l.axes.Centre), l.explained()})
	}
	return all, nil
}

// CheckAxes says what is wrong with Axes for m.
func (o Embeddings) CheckAxes(m gnn.Model) error {
	_, err := decodeAxes(o.Axes, m.Widths())
	return err
}

// axes returns those of every layer: that are given, or of m as it is.
func (o Embeddings) axes(m gnn.Model, n int) ([]principal.Axes, error) {
	widths := m.Widths()
	if o.Axes != nil {
		return decodeAxes(o.Axes, widths)
	}
	nodes := principal.Evenly(n, maxFitted)
	rows := make([]mat.Matrix, len(widths))
	gnn.NewEvaluator(m, nodes).EachLayer(func(layer, first int, h mat.Matrix) {
		r := &rows[layer]
		r.Rows, r.Cols, r.Data = first+h.Rows, h.Cols, append(r.Data, h.Data...)
	})
	all := make([]principal.Axes, len(widths))
	for l, h := range rows {
		all[l] = fitAxes(h)
	}
	return all, nil
}

// fitAxes returns the principal axes of rows [n × d], the eigenvectors of the
// two largest eigenvalues of XᵀX, with X the rows less their mean. They are
// rounded to what a file of them holds.
func fitAxes(rows mat.Matrix) (x principal.Axes) {
	d := rows.Cols
	x.Centre = principal.Means(rows)
	x.Along = [2][]float64{make([]float64, d), make([]float64, d)}
	if rows.Rows == 0 || d == 0 {
		return x
	}
	centred := gonum.NewDense(rows.Rows, d, nil)
	for i := range rows.Rows {
		for k, f := range rows.Row(i) {
			centred.Set(i, k, float64(f)-x.Centre[k])
		}
	}
	var s gonum.SymDense
	s.SymOuterK(1, centred.T())
	var e gonum.EigenSym
	if e.Factorize(&s, true) {
		var vectors gonum.Dense // by ascending eigenvalue
		e.VectorsTo(&vectors)
		for a := range min(2, d) {
			if e.Values(nil)[d-1-a] > 0 {
				gonum.Col(x.Along[a], d-1-a, &vectors)
			}
		}
	}
	x.Orient()
	for _, part := range [][]float64{x.Centre, x.Along[0], x.Along[1]} {
		for k, f := range part {
			part[k] = float64(float32(f))
		}
	}
	return x
}

func encodeAxes(all []principal.Axes) ([]byte, error) {
	f := &safetensors.File{}
	for l, x := range all {
		var along []float32
		for _, axis := range x.Along {
			along = append(along, float32s(axis)...)
		}
		d := len(x.Centre)
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: layerName(l) + ".centre", Shape: []int{d}, Data: float32s(x.Centre)},
			safetensors.Tensor{Name: layerName(l) + ".axes", Shape: []int{2, d}, Data: along})
	}
	return safetensors.Encode(f)
}

func float32s(x []float64) (y []float32) {
	for _, f := range x {
		y = append(y, float32(f))
	}
	return y
}

// decodeAxes reads what encodeAxes has written, of layers of those widths.
func decodeAxes(f *safetensors.File, widths []int) (all []principal.Axes, err error) {
	if want := 2 * len(widths); len(f.Tensors) != want {
		return nil, fmt.Errorf("it has %d tensors, want the %d of a model of %d layers", len(f.Tensors), want, len(widths))
	}
	for l, d := range widths {
		var parts [2][]float64
		for i, name := range []string{layerName(l) + ".centre", layerName(l) + ".axes"} {
			for _, t := range f.Tensors {
				if t.Name == name && len(t.Data) == (i+1)*d {
					for _, x := range t.Data {
						parts[i] = append(parts[i], float64(x))
					}
				}
			}
			if len(parts[i]) != (i+1)*d {
				return nil, fmt.Errorf("there is no tensor %s of %d numbers: want axes of a model of the same shape", name, (i+1)*d)
			}
		}
		all = append(all, principal.Axes{Centre: parts[0], Along: [2][]float64{parts[1][:d], parts[1][d:]}})
	}
	return all, nil
}

func layerName(l int) string { return "layer" + strconv.Itoa(l+1) }

// A layerWriter writes the file of one layer after the other. After an error it
// does nothing.
type layerWriter struct {
	dir   string
	form  Embeddings
	n     int      // nodes
	names []string // of the nodes, nil if not known
	axes  []principal.Axes

	layers []*layerSeen
	at     int // layer of the open file, -1 for none
	file   *os.File
	w      *bufio.Writer
	sheet  show.Sheet
	err    error
}

// A layerSeen is what stays of a layer: each node along its axes.
type layerSeen struct {
	axes       principal.Axes
	x          [2][]float32
	sum, twice []float64 // of the outputs less the centre and of their squares, per column
}

func (w *layerWriter) add(layer, first int, h mat.Matrix) {
	if w.err == nil && layer != w.at {
		w.next(layer, h.Cols)
	}
	if w.err != nil {
		return
	}
	w.layers[layer].add(h)
	if w.form.NPY {
		w.err = writeFloats(w.w, h.Data)
		return
	}
	row := make([]string, 0, 2+h.Cols)
	for i := range h.Rows {
		name := ""
		if w.names != nil {
			name = w.names[first+i]
		}
		row = append(row[:0], strconv.Itoa(first+i), name)
		for _, f := range h.Row(i) {
			row = append(row, float(f))
		}
		w.sheet.Write(row) // the error stays until the end
	}
}

// next begins the file of a layer.
func (w *layerWriter) next(layer, width int) {
	if w.err = w.close(); w.err != nil {
		return
	}
	ending := ".csv"
	if w.form.NPY {
		ending = ".npy"
	}
	if w.file, w.err = os.Create(filepath.Join(w.dir, layerName(layer)+ending)); w.err != nil {
		return
	}
	w.at, w.w = layer, bufio.NewWriterSize(w.file, 1<<16)
	w.layers = append(w.layers, &layerSeen{axes: w.axes[layer], sum: make([]float64, width), twice: make([]float64, width)})
	if w.form.NPY {
		_, w.err = w.w.Write(npyHeader(w.n, width))
		return
	}
	w.sheet = show.NewSheet(w.w)
	head := []string{"node", "name"}
	for k := range width {
		head = append(head, strconv.Itoa(k+1))
	}
	w.err = w.sheet.Write(head)
}

// close completes the file that is open.
func (w *layerWriter) close() error {
	if w.file == nil {
		return w.err
	}
	f := w.file
	w.file = nil
	defer f.Close()
	if w.err != nil {
		return w.err
	}
	if !w.form.NPY {
		if err := w.sheet.Done(); err != nil {
			return err
		}
	}
	return cmp.Or(w.w.Flush(), f.Close())
}

func (l *layerSeen) add(h mat.Matrix) {
	for a := range l.x {
		l.x[a] = append(l.x[a], l.axes.Project(h, a)...)
	}
	for i := range h.Rows {
		for k, f := range h.Row(i) {
			d := float64(f) - l.axes.Centre[k]
			l.sum[k] += d
			l.twice[k] += d * d
		}
	}
}

// explained returns the shares of the variance along the axes.
func (l *layerSeen) explained() (share [2]float64) {
	n, total := float64(len(l.x[0])), 0.0
	for k, s := range l.sum {
		total += l.twice[k] - s*s/n
	}
	for a, x := range l.x {
		share[a] = principal.Spread(x) / total
	}
	return share
}

// writeNodes writes what is known of each node, and where it is along the axes.
func (o Embeddings) writeNodes(dir string, m gnn.Model, g *graph.Graph, layers []*layerSeen) error {
	f, err := os.Create(filepath.Join(dir, NodesFile))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := o.nodesTo(f, m, g, layers); err != nil {
		return err
	}
	return f.Close()
}

func (o Embeddings) nodesTo(to io.Writer, m gnn.Model, g *graph.Graph, layers []*layerSeen) error {
	n, p, w := newNodes(g, o.Split, o.Own), quality.Predict(m), show.NewSheet(to)
	head := append(n.head(), "confidence")
	for l := range layers {
		head = append(head, layerName(l)+"_x", layerName(l)+"_y")
	}
	w.Write(head) // an error stays until the end
	for v, class := range p.Class {
		row := append(n.cells(nil, v, int(class)), probability(p.Confidence[v]))
		for _, l := range layers {
			row = append(row, float(l.x[0][v]), float(l.x[1][v]))
		}
		w.Write(row)
	}
	return w.Done()
}

func float(x float32) string { return strconv.FormatFloat(float64(x), 'g', -1, 32) }
