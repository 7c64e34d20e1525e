package scene

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
)

// TestSVG is one well-formed file that holds every shape and text once, with
// the texts as they are.
func TestSVG(t *testing.T) {
	l := Build(snapshot(t, "mag"), View{Words: english, W: 1280, H: 640, Hover: Item{Node, 0, 0}})
	l.Picture.text("a < b & c", 5, 5, 10, Start, false, l.Background)
	shapes, texts := 1, map[string]int{} // the background
	for _, y := range []*Layer{&l.Picture, &l.Messages, &l.Overlay} {
		shapes += len(y.Shapes)
		for _, x := range y.Texts {
			texts[x.Str]++
		}
	}
	d := xml.NewDecoder(bytes.NewReader(l.SVG()))
	inText := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch inText = x.Name.Local == "text"; x.Name.Local {
			case "circle", "rect", "path":
				shapes--
			}
		case xml.CharData:
			if inText {
				texts[string(x)]--
			}
		case xml.EndElement:
			inText = false
		}
	}
	if shapes != 0 {
		t.Errorf("%d shapes too few", shapes)
	}
	for s, n := range texts {
		if n != 0 {
			t.Errorf("%q is there %d times too few", s, n)
		}
	}
}
