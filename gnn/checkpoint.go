package gnn

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/safetensors"
	"abkd/internal/order"
)

// A checkpoint is a safetensors file with a tensor for each parameter, of the
// parameter's name; a bias is stored as a vector, as PyTorch has it. Its
// metadata says what model that is and for which schema. Lists are separated
// by commas, in the order of the graph.
const (
	keyVersion   = "abkd.version" // of this layout
	keyKind      = "abkd.kind"
	keyLayers    = "abkd.layers"
	keyHidden    = "abkd.hidden"
	keyInput     = "abkd.input"
	keyInputs    = "abkd.inputs"
	keyDropout   = "abkd.dropout"
	keyNormalise = "abkd.row_normalise" // absent for false
	keyReuse     = "abkd.label_reuse"   // absent for false
	keyClasses   = "abkd.classes"
	keyTarget    = "abkd.target"
	keyTypes     = "abkd.types"
	keyRelations = "abkd.relations"

	// KeySum is the sum of the weights, see sumOf. Older checkpoints have none.
	KeySum = "abkd.crc32c"

	// Of the kinds that have them.
	keyInputDropout = "abkd.input_dropout"
	keyHeads        = "abkd.heads"
	keyAlpha        = "abkd.alpha"
	keyLambda       = "abkd.lambda"
	keySplit        = "abkd.split"
	keyRounds       = "abkd.rounds"
	keyShare        = "abkd.neighbour_share"
	keyThrough      = "abkd.through"
)

// checkpointKeys is in the order in which a mismatch is reported.
var checkpointKeys = []string{
	keyVersion, keyKind, keyTypes, keyRelations, keyTarget, keyClasses, keyLayers, keyHidden, keyInput, keyInputs, keyDropout,
	keyNormalise, keyReuse, keyInputDropout, keyHeads, keyAlpha, keyLambda, keySplit, keyRounds, keyShare, keyThrough,
}

const checkpointVersion = "1"

// metadata describes a model made from c for g.
func metadata(c Config, g *graph.Graph) map[string]string {
	var types, relations []string
	for _, t := range g.Types {
		types = append(types, t.Name)
	}
	for _, r := range g.Relations {
		relations = append(relations, r.EdgeType.String())
	}
	meta := map[string]string{}
	for _, f := range [...][2]string{
		{keyVersion, checkpointVersion}, {keyTypes, strings.Join(types, ",")}, {keyRelations, strings.Join(relations, ",")},
		{keyTarget, g.Types[g.Target].Name}, {keyClasses, strconv.Itoa(g.Classes)},
	} {
		meta[f[0]] = f[1]
	}
	for _, f := range c.fields() {
		if text := f.text(); text != "" || f.always {
			meta[f.key] = text
		}
	}
	return meta
}

// A configField is a field of a Config as the metadata have it.
type configField struct {
	key    string
	at     any  // *string, *bool, *int or *float32
	always bool // it is there for every kind, and not only if it is not zero
}

// fields are in the order in which a mistake is reported.
func (c *Config) fields() []configField {
	return []configField{
		{keyKind, &c.Kind, true}, {keyInputs, &c.Inputs, true},
		{keyLayers, &c.Layers, true}, {keyHidden, &c.Hidden, true}, {keyInput, &c.Input, true}, {keyDropout, &c.Dropout, true},
		{keyNormalise, &c.RowNormalise, false}, {keyReuse, &c.LabelReuse, false},
		{keyHeads, &c.Heads, false}, {keyRounds, &c.Rounds, false}, {keySplit, &c.Split, false}, {keyThrough, &c.Through, false},
		{keyInputDropout, &c.InputDropout, false}, {keyAlpha, &c.Alpha, false}, {keyLambda, &c.Lambda, false}, {keyShare, &c.NeighbourShare, false},
	}
}

// text returns the field as the metadata have it, "" where they leave it out.
func (f configField) text() string {
	switch at := f.at.(type) {
	case *string:
		return *at
	case *bool:
		if *at {
			return "true"
		}
	case *int:
		if *at != 0 || f.always {
			return strconv.Itoa(*at)
		}
	case *float32:
		if *at != 0 || f.always {
			return strconv.FormatFloat(float64(*at), 'g', -1, 32)
		}
	}
	return ""
}

// set reads what text wrote.
func (f configField) set(text string) (err error) {
	switch at := f.at.(type) {
	case *string:
		*at = text
	case *bool:
		*at = text == "true"
	case *int:
		if *at, err = strconv.Atoi(text); err != nil || *at < 1 {
			return fmt.Errorf("metadata %s is %q, want a number from 1", f.key, text)
		}
	case *float32:
		v, err := strconv.ParseFloat(text, 32)
		if err != nil || v == 0 {
			return fmt.Errorf("metadata %s is %q, want a number other than 0", f.key, text)
		}
		*at = float32(v)
	}
	return nil
}

// checkpoint returns m as a file. Keys of meta that begin with "abkd." are
// the checkpoint's own and not taken. The file shares the storage of m.
func checkpoint(m Model, meta map[string]string) *safetensors.File {
	f := &safetensors.File{Metadata: metadata(m.Config(), m.Graph())}
	for k, v := range meta {
		if !strings.HasPrefix(k, "abkd.") {
			f.Metadata[k] = v
		}
	}
	for _, p := range m.Params() {
		shape := []int{p.W.Rows, p.W.Cols}
		if p.Bias {
			shape = shape[1:]
		}
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: p.Name, Shape: shape, Data: p.W.Data})
	}
	f.Metadata[KeySum] = sumOf(f.Tensors)
	return f
}

// Encode returns m as the bytes of a checkpoint, with meta added to its
// metadata.
func Encode(m Model, meta map[string]string) []byte {
	b, err := safetensors.Encode(checkpoint(m, meta))
	if err != nil { // the names and shapes are New's
		panic(err)
	}
	return b
}

// Read returns the model in the bytes of a checkpoint, which must have been
// made for a graph with the node types, relations and classes of g.
func Read(b []byte, g *graph.Graph) (Model, error) {
	m, _, err := ReadAll(b, g, nil)
	return m, err
}

// ReadAll is Read with the metadata of the checkpoint, which must not be
// changed. Weights that do not fit g have theirs beside the error. Fits, if it
// is not nil, may refuse a model before anything as large as g is made for it.
func ReadAll(b []byte, g *graph.Graph, fits func(Config) error) (Model, map[string]string, error) {
	f, err := safetensors.Decode(b)
	if err != nil {
		return nil, nil, err
	}
	m, err := fromFile(f, g, fits)
	if err != nil {
		return nil, f.Metadata, fmt.Errorf("gnn: checkpoint: %w", err)
	}
	return m, f.Metadata, nil
}

// Restore sets the weights of m to those of the checkpoint b, which must be of
// such a model; its dropout may differ. After an error m is unchanged.
func Restore(m Model, b []byte) error {
	f, err := safetensors.Decode(b)
	if err != nil {
		return err
	}
	if err := restore(m, f); err != nil {
		return fmt.Errorf("gnn: checkpoint: %w", err)
	}
	return nil
}

func restore(m Model, f *safetensors.File) error {
	if err := checkMetadata(f.Metadata, checkpoint(m, nil).Metadata, keyDropout, keyInputDropout); err != nil {
		return err
	}
	shapes := make([]ParamShape, len(m.Params()))
	for i, p := range m.Params() {
		shapes[i] = p.Shape()
	}
	if err := checkTensors(f, shapes); err != nil {
		return err
	}
	setTensors(m, f)
	return nil
}

// fromFile makes the model of f. Nothing of a size that f only claims is
// allocated: its tensors are compared with the shapes first.
func fromFile(f *safetensors.File, g *graph.Graph, fits func(Config) error) (Model, error) {
	c, err := parseConfig(f.Metadata)
	if err != nil {
		return nil, err
	}
	shapes, err := ParamShapes(c, g)
	if err != nil {
		return nil, err
	}
	full, _ := c.Defaults(g) // ParamShapes has reported the error
	if err := checkMetadata(f.Metadata, metadata(full, g)); err != nil {
		return nil, err
	}
	if err := checkTensors(f, shapes); err != nil {
		return nil, err
	}
	if fits != nil {
		if err := fits(full); err != nil {
			return nil, err
		}
	}
	m, err := New(c, g, nil)
	if err != nil {
		return nil, err
	}
	setTensors(m, f)
	return m, nil
}

// setTensors copies the tensors of f, which have been checked, to m.
func setTensors(m Model, f *safetensors.File) {
	index := tensorIndex(f)
	for _, p := range m.Params() {
		copy(p.W.Data, f.Tensors[index[p.Name]].Data)
	}
}

func tensorIndex(f *safetensors.File) map[string]int {
	index := make(map[string]int, len(f.Tensors))
	for i, t := range f.Tensors {
		index[t.Name] = i
	}
	return index
}

func parseConfig(meta map[string]string) (c Config, err error) {
	v, has := meta[keyVersion]
	if !has {
		return c, fmt.Errorf("there is no metadata %s: the tensors are of another program, want weights that abkd wrote", keyVersion)
	}
	if v != checkpointVersion {
		return c, fmt.Errorf("metadata %s is %q, want %q", keyVersion, v, checkpointVersion)
	}
	if kind := meta[keyKind]; kind != "" && kindOf(kind) == nil {
		return c, fmt.Errorf("metadata %s is %q, want one of %q; weights of a model of one's own are for Restore", keyKind, kind, slices.Concat(Kinds(), Baselines()))
	}
	for _, f := range c.fields() {
		text, has := meta[f.key]
		if !has && !f.always {
			continue // it takes its default, and then shows as a mismatch
		}
		if err := f.set(text); err != nil {
			return c, err
		}
	}
	return c, nil
}

// checkMetadata compares the metadata, in the order of checkpointKeys.
func checkMetadata(got, want map[string]string, except ...string) error {
	for _, k := range checkpointKeys {
		if got[k] != want[k] && !slices.Contains(except, k) {
			return fmt.Errorf("metadata %s is %q, want %q", k, got[k], want[k])
		}
	}
	return nil
}

// checkTensors reports a tensor of shapes that f lacks or has in another
// shape or with numbers that are not finite, or one that f has beyond them.
func checkTensors(f *safetensors.File, shapes []ParamShape) error {
	index := tensorIndex(f)
	for _, s := range shapes {
		i, ok := index[s.Name]
		if !ok {
			return fmt.Errorf("tensor %s is missing, want %d×%d", s.Name, s.Rows, s.Cols)
		}
		t := f.Tensors[i]
		want := []int{s.Rows, s.Cols}
		if s.Bias {
			want = want[1:]
		}
		if !slices.Equal(t.Shape, want) {
			return fmt.Errorf("tensor %s has shape %v, want %v", s.Name, t.Shape, want)
		}
		if err := finite(s.Name, t.Data); err != nil {
			return err
		}
		index[s.Name] = -1 // it is known
	}
	for _, t := range f.Tensors {
		if index[t.Name] >= 0 {
			return fmt.Errorf("tensor %.80q has shape %v, want none of that name", t.Name, t.Shape)
		}
	}
	return CheckSum(f)
}

// CheckSum reports weights that are not those that were saved. Those that
// another program has rounded to another type are not compared.
func CheckSum(f *safetensors.File) error {
	want, said := f.Metadata[KeySum]
	for _, t := range f.Tensors {
		said = said && t.IsFloat32()
	}
	if !said {
		return nil
	}
	if got := sumOf(f.Tensors); got != want {
		return fmt.Errorf("the sum of the weights is %s, want %.20q: the file is damaged; or another program has changed the weights, and has to leave out the metadata %s", got, want, KeySum)
	}
	return nil
}

// sumOf returns the CRC-32C of the tensors' bytes in the order of their names,
// in which any program may write them, in hexadecimal.
func sumOf(tensors []safetensors.Tensor) string {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := uint32(0)
	var piece [4096]byte
	for _, i := range order.Of(len(tensors), func(a, b int) bool { return tensors[a].Name < tensors[b].Name }) {
		for rest := tensors[i].Data; len(rest) > 0; {
			n := min(len(rest), len(piece)/4)
			for k, v := range rest[:n] {
				binary.LittleEndian.PutUint32(piece[4*k:], math.Float32bits(v))
			}
			sum, rest = crc32.Update(sum, table, piece[:4*n]), rest[n:]
		}
	}
	return fmt.Sprintf("%08x", sum)
}

// finite reports the first element that is infinite or not a number.
func finite(name string, data []float32) error {
	for i, v := range data {
		if v-v != 0 { // NaN for both
			return fmt.Errorf("tensor %s: element %d is %g, want a finite number", name, i, v)
		}
	}
	return nil
}
