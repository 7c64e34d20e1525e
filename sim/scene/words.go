package scene

import (
	"math"
	"strconv"
	"strings"

	"abkd/sim/wire"
)

// Words are what a picture says by itself in one language.
type Words struct {
	// Texts are the messages of assets/messages whose keys begin with "canvas.", by
	// the rest of these. Their arguments stand in braces; plurals they have none.
	Texts map[string]string

	Decimal, Group string // what stands in numbers before the tenths, and between the thousands
}

// A phrase is a text of Words, by its key.
type phrase string

const (
	wordTeacher   phrase = "teacher"
	wordStudent   phrase = "student"
	wordTaught    phrase = "taught"
	wordAlone     phrase = "alone"
	wordTaughtOne phrase = "taught.short"
	wordAloneOne  phrase = "alone.short"

	wordLayer     phrase = "layer"
	wordLayerOf   phrase = "layer.of"
	wordLength    phrase = "length"
	wordShape     phrase = "shape"
	wordLogits    phrase = "logits"
	wordWidth     phrase = "width"
	wordNode      phrase = "node"
	wordNamedNode phrase = "node.named"
	wordReversed  phrase = "reversed"
	wordLabel     phrase = "label"
	wordSays      phrase = "says"
	wordRight     phrase = "right"
	wordWrong     phrase = "wrong"

	wordAttention phrase = "attention"
	wordDistance  phrase = "distance"
	wordProduct   phrase = "product"
	wordDeciding  phrase = "deciding"
	wordEpoch     phrase = "epoch"

	wordWaiting   phrase = "waiting"
	wordNoMessage phrase = "none.messages"
	wordNoAlign   phrase = "none.alignment"
	wordFromLabel phrase = "none.alignment.labels"
	wordFromKD    phrase = "none.alignment.kd"
	wordFromOther phrase = "none.alignment.other"
	wordTeaching  phrase = "none.alignment.teaching"
	wordNoTests   phrase = "none.tests"
	wordNoAnswers phrase = "none.answers"

	wordForward  phrase = "beat.forward"
	wordLoss     phrase = "beat.loss"
	wordBackward phrase = "beat.backward"
	wordUpdate   phrase = "beat.update"

	wordOwn  phrase = "sum.own"
	wordBias phrase = "sum.bias"
	wordSum  phrase = "sum"

	wordTemperature phrase = "temperature"
	wordCosine      phrase = "cosine"
	wordWeights     phrase = "weights"
	wordSmaller     phrase = "smaller"
	wordSoft        phrase = "teaches.soft"
	wordLayersOf    phrase = "teaches.layers"
	wordTests       phrase = "tests"
	wordOnlyTaught  phrase = "only.taught"
	wordOnlyAlone   phrase = "only.alone"

	wordNoRuns       phrase = "study.none"
	wordStored       phrase = "study.stored"
	wordRaceAxis     phrase = "race"
	wordAloneLine    phrase = "race.alone"
	wordBand         phrase = "race.band"
	wordLevelHas     phrase = "race.level"
	wordPropagation  phrase = "race.lp"
	wordMajority     phrase = "race.majority"
	wordSeedHas      phrase = "study.seed"
	wordEpochOf      phrase = "study.epoch"
	wordFrontierAxis phrase = "frontier"
	wordNoCost       phrase = "frontier.unmeasured"
	wordCostParams   phrase = "frontier.params"
	wordCostBytes    phrase = "frontier.bytes"
	wordCostTime     phrase = "frontier.time"
	wordSameAlone    phrase = "frontier.alone"
	wordBestLine     phrase = "frontier.best"
	wordSized        phrase = "frontier.model"
	wordPaper        phrase = "frontier.paper"
	wordPaperOwn     phrase = "frontier.paper.where"
	wordCompression  phrase = "frontier.compression"

	wordUnitsAxis    phrase = "units"
	wordBothEnds     phrase = "units.ends"
	wordNoUnits      phrase = "units.none"
	wordUnknownUnits phrase = "units.unknown"
	wordDead         phrase = "units.dead"
	wordAtWork       phrase = "units.work"
	wordMeanD        phrase = "units.distance"
	wordDeadUnit     phrase = "units.dead.unit"
)

// Names of node types and relations that have a translation begin with this;
// any other is shown as the data names it.
const names = "name."

// noWords says everything by its key.
var noWords = &Words{Decimal: ".", Group: ","}

// say returns a text with its arguments, each given by its name and its value.
func (w *Words) say(p phrase, args ...string) string {
	if len(args) > 0 {
		return string(w.appendText(nil, p, args...))
	}
	if text, ok := w.Texts[string(p)]; ok {
		return text
	}
	return string(p)
}

// appendText appends what say returns.
func (w *Words) appendText(b []byte, p phrase, args ...string) []byte {
	text, rest, found := strings.Cut(w.say(p), "{")
	b = append(b, text...)
	for found {
		var name string
		name, rest, _ = strings.Cut(rest, "}")
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				b = append(b, args[i+1]...)
			}
		}
		text, rest, found = strings.Cut(rest, "{")
		b = append(b, text...)
	}
	return b
}

// appendFloat appends x as strconv.AppendFloat does, with a minus sign in place
// of the hyphen and the language's mark; a dash if it is not known.
func (w *Words) appendFloat(b []byte, x float64, format byte, precision int) []byte {
	if x != x {
		return append(b, "–"...)
	}
	if x < 0 {
		b, x = append(b, "−"...), -x
	}
	from := len(b)
	b = strconv.AppendFloat(b, x, format, precision, 32)
	if whole, tenths, found := strings.Cut(string(b[from:]), "."); found && w.Decimal != "." {
		b = append(append(append(b[:from], whole...), w.Decimal...), tenths...)
	}
	return b
}

// appendNumber appends x with that many decimals, fewer if it is large.
func (w *Words) appendNumber(b []byte, x float32, decimals int) []byte {
	switch a := math.Abs(float64(x)); {
	case a >= 1e5:
		return w.appendFloat(b, float64(x), 'e', 0)
	case a >= 100:
		decimals = 0
	case a >= 10:
		decimals = min(decimals, 1)
	}
	return w.appendFloat(b, float64(x), 'f', decimals)
}

// count writes a number that is not negative, with the language's mark before
// every three digits.
func (w *Words) count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + w.Group + s[at:]
	}
	return s
}

// speak makes w what is said from now on; nothing that was said is kept.
func (l *List) speak(w *Words) {
	if w == nil {
		w = noWords
	}
	if w != l.words {
		clear(l.texts)
		l.words = w
	}
}

func (b *builder) say(p phrase, args ...string) string { return b.words.say(p, args...) }

func (b *builder) float(x float32, format byte, precision int) string {
	return string(b.words.appendFloat(nil, float64(x), format, precision))
}

// named returns what a node type or a relation is called.
func (b *builder) named(s string) string {
	if name, ok := b.words.Texts[names+s]; ok {
		return name
	}
	if base, reversed := strings.CutPrefix(s, "rev_"); reversed {
		return b.say(wordReversed, "relation", b.named(base))
	}
	return strings.ReplaceAll(s, "_", " ")
}

// nodeName is the type and number of a node, and its name if it has one.
func (b *builder) nodeName(v *wire.NodeView) string {
	kind, id := b.typeName(v.Type), strconv.Itoa(v.ID)
	if v.Name == "" {
		return b.say(wordNode, "type", kind, "id", id)
	}
	return b.say(wordNamedNode, "type", kind, "id", id, "name", v.Name)
}

// layerName names a layer, counted from 0, of a model.
func (b *builder) layerName(model phrase, layer int) string {
	return b.say(wordLayer, "model", b.say(model), "layer", strconv.Itoa(layer+1))
}

// says tells which class a model gives a node.
func (b *builder) says(model phrase, class string) string {
	return b.say(wordSays, "model", b.say(model), "class", class)
}
