package messages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/text/language"
)

// Word returns the text of an English message that has no arguments. It reads
// that one line of the file: to take all messages apart is work for whoever makes
// the page, not for a program that starts. It panics on a key that is none.
func Word(key string) string {
	written, ok := englishLines()[key]
	if !ok {
		panic("messages: no message is called " + key)
	}
	var pattern string
	err := json.Unmarshal(written, &pattern)
	m, wrong := Parse(pattern)
	if err = errors.Join(err, wrong); err != nil {
		panic(fmt.Sprintf("messages: %s: %v", key, err)) // a test reads all of them
	}
	c := Catalogue{Texts: map[string]Message{key: m}, language: language.English}
	return c.Format(key, nil)
}

// englishLines are the messages by their keys as the file has them, one on a line.
var englishLines = sync.OnceValue(func() map[string][]byte {
	file, err := Files.ReadFile(Source + ".arb")
	if err != nil {
		panic(err) // it is embedded
	}
	lines := map[string][]byte{}
	for line := range bytes.Lines(file) {
		key, text, _ := bytes.Cut(bytes.TrimRight(line, ",\n"), []byte(`": `))
		if key, ok := bytes.CutPrefix(key, []byte(`  "`)); ok {
			lines[string(key)] = text
		}
	}
	return lines
})
