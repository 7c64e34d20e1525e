package scene

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abkd/assets/messages"
	"abkd/sim/lesson"
)

// languages are the words of each language by its tag, those of tests included.
var languages, english, chinese = readLanguages()

func readLanguages() (all map[string]*Words, en, zh *Words) {
	catalogues, err := messages.Read(messages.Files)
	if err != nil {
		panic(err)
	}
	all = map[string]*Words{}
	for _, c := range append(catalogues, messages.Pseudo(catalogues[0], false)) {
		w := &Words{}
		if w.Texts, err = c.Patterns("canvas."); err != nil {
			panic(err)
		}
		w.Decimal, w.Group = c.Marks()
		all[c.Tag] = w
	}
	return all, all["en"], all["zh-Hans"]
}

// phrases are the keys of all phrases in words.go.
func phrases(t *testing.T) (all []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "words.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if of, ok := v.Type.(*ast.Ident); ok && of.Name == "phrase" {
				key, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				all = append(all, key)
			}
		}
		return true
	})
	if len(all) < 40 {
		t.Fatalf("phrases are %q, want all in words.go", all)
	}
	return all
}

// TestWordsWhole has each phrase in each language, and no message that nothing
// says.
func TestWordsWhole(t *testing.T) {
	said := phrases(t)
	for tag, w := range languages {
		for _, key := range said {
			if w.Texts[key] == "" {
				t.Errorf("%s: canvas.%s is not there", tag, key)
			}
		}
		for key := range w.Texts {
			if !slices.Contains(said, key) && !strings.HasPrefix(key, names) {
				t.Errorf("%s: nothing says canvas.%s", tag, key)
			}
		}
	}
}

// TestSay puts in arguments, as they are.
func TestSay(t *testing.T) {
	w := &Words{Texts: map[string]string{"says": "{class}: {model} says {class}{mark}"}}
	if got := w.say(wordSays, "model", "{class}", "class", "ML"); got != "ML: {class} says ML" {
		t.Errorf("%q", got)
	}
	if got := noWords.say(wordSays); got != "says" {
		t.Errorf("without words it is %q, want its key", got)
	}
}

func TestNumbersOfLanguage(t *testing.T) {
	german := &Words{Decimal: ",", Group: "."}
	for n, want := range map[int64][2]string{0: {"0", "0"}, 999: {"999", "999"}, 1000: {"1.000", "1,000"}, 1234567: {"1.234.567", "1,234,567"}} {
		if got := [2]string{german.count(n), english.count(n)}; got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for x, want := range map[float32]string{0.25: "0,25", -3: "−3,00", 12.34: "12,3", 123.4: "123", 1.5e6: "2e+06"} {
		if got := string(german.appendNumber(nil, x, 2)); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, c := range []struct {
		words      *Words
		name, want string
	}{
		{english, "paper", "paper"}, {chinese, "paper", "论文"}, {english, "field_of_study", "field"},
		{chinese, "owned_by", "owned by"}, {english, "gene", "gene"}, {english, "", ""}, {english, "rev_cites", "cites, reversed"},
	} {
		b := builder{List: &List{words: c.words}}
		if got := b.named(c.name); got != c.want {
			t.Errorf("%q is %q, want %q", c.name, got, c.want)
		}
	}
}

// plain is what of a text is no message: words of letters between no brackets.
func plain(said string) []string {
	for {
		from := strings.LastIndex(said, "⟦")
		if from < 0 {
			break
		}
		to := strings.Index(said[from:], "⟧")
		if to < 0 {
			break // shortened
		}
		said = said[:from] + said[from+to+len("⟧"):]
	}
	said, _, _ = strings.Cut(said, "⟦")
	return strings.FieldsFunc(said, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' })
}

func scenes() (all []string) {
	for _, s := range lesson.Scenes() {
		all = append(all, s.ID)
	}
	return all
}

// TestNothingUnsaid draws every scene in a language that nobody speaks and finds
// no word in it but names of the data and of mathematics.
func TestNothingUnsaid(t *testing.T) {
	own := map[string]bool{"Infinity": true, "NaN": true, "Inf": true, "relu": true, "elu": true}
	unsaid := unsaidIn(own)
	for _, run := range []string{"mag", "karate", "none"} {
		named := *snapshot(t, run)
		s := &named
		s.Graph.Nodes = slices.Clone(s.Graph.Nodes)
		for i := range s.Graph.Nodes {
			s.Graph.Nodes[i].Name = "No. 7" // names have words of any language
		}
		for _, class := range s.Graph.Classes {
			own[class] = true
		}
		for _, id := range append(scenes(), "") {
			v := View{W: 1280, H: 800, Words: languages["en-XA"], Scene: id}
			l := Build(s, v)
			for _, h := range slices.Clone(l.hits) {
				v.Hover = h.item
				l.Build(s, v)
				for _, text := range append(slices.Clone(l.Picture.Texts), l.Messages.Texts...) {
					if word := unsaid(text.Str); word != "" {
						t.Fatalf("%s, scene %q: %q is said of %q", run, id, word, text.Str)
					}
				}
				if word := unsaid(l.Tip); word != "" {
					t.Fatalf("%s: the tooltip says %q of %q", run, word, l.Tip)
				}
			}
		}
	}
}

// unsaidIn returns what finds the first word of a text that is neither said nor
// in own. Most texts stand in thousands of pictures: each is looked through once.
func unsaidIn(own map[string]bool) func(string) string {
	found := map[string]string{}
	return func(text string) string {
		word, known := found[text]
		if !known {
			for _, w := range plain(text) {
				if len(w) > 2 && !own[w] {
					word = w
					break
				}
			}
			found[text] = word
		}
		return word
	}
}
