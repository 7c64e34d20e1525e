package main

import (
	"os"
	"path/filepath"

	"abkd/assets/messages"
	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// posters are the forms of the first picture, by the rest of their names: as large as it
// is at 1280 x 800 and on a phone.
var posters = map[string]scene.View{
	"light":        {W: 728, H: 360},
	"dark":         {W: 728, H: 360, Theme: scene.Dark},
	"light-narrow": {W: 366, H: 274},
	"dark-narrow":  {W: 366, H: 274, Theme: scene.Dark},
}

// writePosters draws what the stage would show of snap in the first scene, in
// each language.
func writePosters(public string, snap *wire.Snapshot, languages []*messages.Catalogue) error {
	for _, c := range languages {
		words, err := wordsOf(c)
		if err != nil {
			return err
		}
		for name, v := range posters {
			v.Scene, v.Still, v.Words = lesson.Scenes()[0].ID, true, words
			if err := os.WriteFile(filepath.Join(public, "poster-"+c.Tag+"-"+name+".svg"), scene.Build(snap, v).SVG(), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// wordsOf are what the drawing says in a language.
func wordsOf(c *messages.Catalogue) (*scene.Words, error) {
	texts, err := c.Patterns("canvas.")
	if err != nil {
		return nil, err
	}
	decimal, group := c.Marks()
	return &scene.Words{Texts: texts, Decimal: decimal, Group: group}, nil
}
