package summary

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"abkd/internal/show"
)

// How much of a Quality people read at once; the rest is in files.
const (
	fewClasses = 12 // up to which the confusion matrix is written as a table
	shortList  = 10
	nameWidth  = 32 // of a class, which is cut
)

// QualityText is what people read first: the parts, and of the last part that
// has nodes which classes are taken for which, and which are told badly.
func QualityText(all []Quality) string {
	var b strings.Builder
	b.WriteString(partsTable(all))
	q := lastKnown(all)
	if q == nil {
		return b.String()
	}
	b.WriteString("\n" + q.confusedText(shortList))
	if worst := q.worst(shortList); len(worst) > 0 {
		fmt.Fprintf(&b, "\n%s, classes with the lowest F1:\n%s", q.Part, classTable(worst))
	}
	return b.String()
}

// QualityReport is all of it but the whole confusion matrix of many classes.
func QualityReport(all []Quality) string {
	var b strings.Builder
	b.WriteString(partsTable(all))
	for i := range all {
		q := &all[i]
		if q.Nodes == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s, all classes:\n%s\n%s\n", q.Part, classTable(q.Classes), q.confusedText(mostConfused))
		if len(q.Classes) <= fewClasses {
			b.WriteString(q.matrix() + "\n")
		}
		fmt.Fprintf(&b, "%s, calibration (ECE %s):\n%s", q.Part, show.Percent(q.ECE), binTable(q.Bins))
	}
	return b.String()
}

// lastKnown returns the last part with nodes: test, if that has any.
func lastKnown(all []Quality) *Quality {
	for i := range slices.Backward(all) {
		if all[i].Nodes > 0 {
			return &all[i]
		}
	}
	return nil
}

func partsTable(all []Quality) string {
	rows := [][]string{{"part", "nodes", "accuracy", "balanced accuracy", "macro-F1", "mean confidence", "ECE"}}
	for _, q := range all {
		rows = append(rows, []string{q.Part, show.Grouped(int64(q.Nodes)), show.Percent(q.Accuracy), show.Percent(q.Balanced), show.Percent(q.MacroF1), show.Percent(q.Confidence), show.Percent(q.ECE)})
	}
	return show.Table(rows)
}

// worst returns the n classes of the lowest F1, of those that nodes have or are
// said to have.
func (q *Quality) worst(n int) []Accuracy {
	all := slices.DeleteFunc(slices.Clone(q.Classes), func(c Accuracy) bool { return c.F1 != c.F1 })
	slices.SortStableFunc(all, func(a, b Accuracy) int { return cmp.Or(cmp.Compare(a.F1, b.F1), cmp.Compare(b.Nodes, a.Nodes)) })
	return all[:min(len(all), n)]
}

func classTable(classes []Accuracy) string {
	rows := [][]string{{"  class", "nodes", "predicted", "right", "precision", "recall", "F1"}}
	for _, c := range classes {
		rows = append(rows, []string{"  " + shortName(c.Class, c.Name), show.Grouped(int64(c.Nodes)), show.Grouped(int64(c.Predicted)), show.Grouped(int64(c.Right)),
			show.Percent(c.Precision), show.Percent(c.Recall), show.Percent(c.F1)})
	}
	return show.Table(rows)
}

func (q *Quality) confusedText(most int) string {
	if len(q.Confused) == 0 {
		return q.Part + ": no class is taken for another\n"
	}
	rows := [][]string{{"  label", "taken for", "nodes", "of the label's"}}
	for _, c := range q.Confused[:min(len(q.Confused), most)] {
		rows = append(rows, []string{"  " + shortName(c.Label, c.LabelName), shortName(c.Prediction, c.PredictionName), show.Grouped(int64(c.Nodes)), show.Percent(c.Share)})
	}
	return q.Part + ", classes most often taken for others:\n" + show.Table(rows)
}

// matrix is the whole confusion matrix: a row for each label, a column for each
// prediction.
func (q *Quality) matrix() string {
	head := []string{"  label \\ prediction"}
	var rows [][]string
	for _, c := range q.Classes {
		head = append(head, strconv.Itoa(c.Class))
		row := make([]string, len(q.Classes)+1)
		row[0] = fmt.Sprintf("  %d", c.Class)
		if c.Name != "" {
			row[0] = fmt.Sprintf("  %d  %s", c.Class, shortName(c.Class, c.Name))
		}
		for i := range q.Classes {
			row[i+1] = "."
		}
		rows = append(rows, row)
	}
	for _, c := range q.Confusion {
		rows[c.Label][c.Prediction+1] = show.Grouped(int64(c.Nodes))
	}
	return q.Part + ", confusion matrix, nodes (. is none):\n" + show.Table(append([][]string{head}, rows...))
}

func binTable(bins []Bin) string {
	rows := [][]string{{"  confidence above", "up to", "nodes", "mean confidence", "accuracy"}}
	for _, b := range bins {
		rows = append(rows, []string{"  " + show.Percent(b.Low), show.Percent(b.High), show.Grouped(int64(b.Nodes)), show.Percent(b.Confidence), show.Percent(b.Accuracy)})
	}
	return show.Table(rows)
}

// shortName is the name of a class, its number if it has none. A long one is cut,
// and its number tells it from others that begin like it.
func shortName(class int, name string) string {
	number := strconv.Itoa(class)
	if name == "" {
		return number
	}
	if r := []rune(name); len(r) > nameWidth {
		return string(r[:nameWidth-2-len(number)]) + "… " + number
	}
	return name
}

// WriteClasses writes a line of comma-separated values for each part and class.
// What is not known is empty.
func WriteClasses(w io.Writer, all []Quality) error {
	return writeSheet(w, "part,class,class_name,nodes,predicted,right,precision,recall,f1", func(write func(...string)) {
		for _, q := range all {
			for _, c := range q.Classes {
				write(q.Part, strconv.Itoa(c.Class), c.Name, strconv.Itoa(c.Nodes), strconv.Itoa(c.Predicted), strconv.Itoa(c.Right), cell(c.Precision), cell(c.Recall), cell(c.F1))
			}
		}
	})
}

// WriteConfusion writes a line for each part and entry of its confusion matrix
// that is not 0.
func WriteConfusion(w io.Writer, all []Quality) error {
	return writeSheet(w, "part,label,label_name,prediction,prediction_name,nodes,share", func(write func(...string)) {
		for _, q := range all {
			for _, c := range q.Confusion {
				write(q.Part, strconv.Itoa(c.Label), c.LabelName, strconv.Itoa(c.Prediction), c.PredictionName, strconv.Itoa(c.Nodes), cell(c.Share))
			}
		}
	})
}

// WriteCalibration writes a line for each part and bin of its reliability
// diagram.
func WriteCalibration(w io.Writer, all []Quality) error {
	return writeSheet(w, "part,bin,low,high,nodes,confidence,accuracy", func(write func(...string)) {
		for _, q := range all {
			for i, b := range q.Bins {
				write(q.Part, strconv.Itoa(i+1), cell(b.Low), cell(b.High), strconv.Itoa(b.Nodes), cell(b.Confidence), cell(b.Accuracy))
			}
		}
	})
}

// writeSheet writes the header and the rows that f gives.
func writeSheet(w io.Writer, header string, f func(write func(...string))) error {
	s := show.NewSheet(w)
	s.Write(strings.Split(header, ",")) // an error stays until the end
	f(func(row ...string) { s.Write(row) })
	return s.Done()
}

// cell is a number, empty if it is not known.
func cell(x show.Number) string {
	if x != x {
		return ""
	}
	return strconv.FormatFloat(float64(x), 'g', 6, 32)
}
