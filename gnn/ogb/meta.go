//go:build !js

package ogb

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"abkd/gnn/file"
	"abkd/internal/show"
)

// A meta holds what meta.csv says, in so far as it matters here.
type meta struct {
	name, split string
	origin      string // of a graph that this package wrote
	classes     int    // 0 if not said
	hetero      *bool  // nil if not said, as the two below
	directed    *bool  // add_inverse_edge is False
	hasFeatures *bool  // of a homogeneous graph
}

const (
	metaFile = "meta.csv"
	maxMeta  = 1 << 20 // bytes
)

// meta reads meta.csv: a key and a value in each row.
func (r *reader) meta() (m meta, err error) {
	info, err := os.Stat(r.path(metaFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return m, r.otherForm(metaFile)
	case err == nil && !info.Mode().IsRegular():
		err = errors.New("is not a regular file")
	case err == nil && info.Size() > maxMeta:
		err = fmt.Errorf("%d bytes, want at most %d", info.Size(), maxMeta)
	}
	if err != nil {
		return m, fileError(metaFile, err)
	}
	text, err := file.Read(r.path(metaFile))
	if err != nil {
		return m, fileError(metaFile, err)
	}
	if what, advice := foreign(text); what != "" {
		return m, fmt.Errorf("ogb: %s: is %s, want CSV%s", metaFile, what, advice)
	}
	var unknown []string
	said := map[string]string{}
	for i, row := range bytes.Split(bytes.TrimPrefix(text, byteOrderMark), []byte{'\n'}) {
		key, value, _ := strings.Cut(string(row), ",")
		if key = metaKey(trimText(key)); key == "" {
			value = strings.TrimSuffix(value, "\r") // a name is as it is
		} else {
			value = trimText(value)
		}
		known, err := r.metaRow(&m, key, value)
		if err != nil {
			return m, fmt.Errorf("ogb: %s: line %d: %s %w", metaFile, i+1, key, err)
		}
		if before, again := said[key]; known && key != "" && again && before != value {
			return m, fmt.Errorf("ogb: %s: line %d: %s is %s, and %s above, want one of them", metaFile, i+1, key, show.Quote(value), show.Quote(before))
		}
		said[key] = value
		if !known {
			unknown = append(unknown, show.Quote(key))
		}
	}
	if len(unknown) > 0 {
		r.note(noteFiles, "%s: nothing is known of %s", metaFile, fewOf(unknown))
	}
	return m, nil
}

// metaKey returns the key as the benchmark writes it: tools differ in the case
// and in what stands between the words.
func metaKey(key string) string {
	key = strings.ToLower(key)
	switch spaced := strings.NewReplacer("_", " ", "-", " ").Replace(key); spaced {
	case "add inverse edge", "has node attr", "has edge attr", "download name":
		return strings.ReplaceAll(spaced, " ", "_")
	default:
		return spaced
	}
}

// metaRow takes what a row says, and reports whether its key is one of the
// benchmark's.
func (r *reader) metaRow(m *meta, key, value string) (known bool, err error) {
	switch key {
	case "":
		m.name = cmp.Or(m.name, value)
	case "split":
		m.split = value
	case "origin":
		m.origin = value
	case "num classes":
		n, ok := looseInt([]byte(value))
		if !ok || n < 1 || n > maxNodes {
			return true, fmt.Errorf("is %s, want 1..%d", show.Quote(value), maxNodes)
		}
		m.classes = int(n)
	case "is hetero":
		m.hetero, err = optionalFlag(value, false)
	case "add_inverse_edge":
		m.directed, err = optionalFlag(value, true)
	case "has_node_attr":
		m.hasFeatures, err = optionalFlag(value, false)
	case "has_edge_attr":
		var has *bool
		if has, err = optionalFlag(value, false); has != nil && *has {
			r.note(noteEdgeFeatures, "edge features are not used")
		}
	case "num tasks", "task type", "eval metric":
		err = r.taskRow(key, value)
	case "download_name", "version", "url", "additional node files", "additional edge files", "binary":
	default:
		return false, nil
	}
	return true, err
}

// optionalFlag parses True or False, the other way round if asked, and nothing
// as not said.
func optionalFlag(value string, not bool) (*bool, error) {
	if value == "" {
		return nil, nil
	}
	b, err := boolean(value)
	b = b != not
	return &b, err
}

// taskRow checks that what is to be learned is one class for each node.
func (r *reader) taskRow(key, value string) error {
	const supported = "only one class for each node, measured by accuracy, is"
	word := strings.ToLower(value)
	switch {
	case value == "":
	case key == "num tasks":
		n, ok := looseInt([]byte(value))
		switch {
		case !ok || n < 1:
			return fmt.Errorf("is %s, want 1", show.Quote(value))
		case n > 1:
			return fmt.Errorf("is %d: several labels for each node (multi-label, as in ogbn-proteins, measured by ROC-AUC) are not supported, %s", n, supported)
		}
	case key == "eval metric":
		if word != "acc" && word != "accuracy" {
			r.note(noteTask, "eval metric is %s: accuracy is shown instead", value)
		}
	case strings.Contains(word, "regression"), strings.Contains(word, "link"), strings.Contains(word, "graph"), strings.Contains(word, "multilabel"), strings.Contains(word, "multi-label"):
		return fmt.Errorf("is %s, which is not supported: %s", show.Quote(value), supported)
	case word != "multiclass classification":
		r.note(noteTask, "task type is %s: learned as classification, one class for each node", value)
	}
	return nil
}
