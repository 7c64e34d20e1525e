package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abkd/assets/messages"
)

// catalogues returns the languages in dir, or the project's own, as far as the page
// speaks them, and with pseudo two that nobody speaks.
func catalogues(dir string, pseudo bool) ([]*messages.Catalogue, error) {
	from := os.DirFS(dir)
	if dir == "" {
		from = messages.Files
	}
	all, err := messages.Read(from)
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	for _, c := range all { // what the window says, no page does
		maps.DeleteFunc(c.Texts, func(key string, _ messages.Message) bool { return strings.HasPrefix(key, "desktop.") })
	}
	if pseudo {
		all = append(all, messages.Pseudo(all[0], false), messages.Pseudo(all[0], true))
	}
	return all, nil
}

// ofCore says whether a message is the core's, which a page looks for by what it says
// in English.
func ofCore(key string, _ messages.Message) bool { return strings.HasPrefix(key, "core.") }

// comesLater says whether the page can say a message in English until the core's
// messages have come: what opens when it is asked for.
func comesLater(key string) bool {
	return strings.HasPrefix(key, "how.") && key != "how.of" || strings.HasPrefix(key, "room.") && key != "room.open"
}

// writeMessages writes what is said: English into the page's program, other
// languages into files that it fetches when they are asked for, and beside them what
// the core says, which is English where the page is, with what comesLater.
func writeMessages(source, public string, languages []*messages.Catalogue) error {
	files := map[string]any{filepath.Join(source, "worded.json"): worded(languages)}
	for i, c := range languages {
		page, core := maps.Clone(c.Texts), maps.Clone(c.Texts)
		later := func(key string, m messages.Message) bool { return ofCore(key, m) || i > 0 && comesLater(key) }
		maps.DeleteFunc(page, later)
		maps.DeleteFunc(core, func(key string, m messages.Message) bool { return !later(key, m) })
		files[filepath.Join(public, "core-"+c.Tag+".json")] = core
		if i == 0 {
			files[filepath.Join(source, "en.json")] = page
		} else {
			files[filepath.Join(public, "messages-"+c.Tag+".json")] = page
		}
	}
	for path, value := range files {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(source, "messages.ts"), []byte(messagesScript(languages)), 0o644)
}

// messagesScript says which messages there are, what they want and in which
// languages they can be had.
func messagesScript(languages []*messages.Catalogue) string {
	s := newScript("assets/messages", "", nil)
	s.line("/** The arguments of each message. */\nexport interface Messages {")
	texts := languages[0].Texts
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		var args []string
		all := texts[key].Args()
		for _, name := range slices.Sorted(maps.Keys(all)) {
			kind := "string | number"
			if all[name] {
				kind = "number"
			}
			args = append(args, fmt.Sprintf("%s: %s", name, kind))
		}
		s.line("  %q: { %s };", key, strings.Join(args, "; "))
	}
	s.line("}\n\n/** The languages by their tags in BCP 47's form, each with its name in itself, and how it is written. */")
	s.line("export const languages: { tag: string; name: string; direction: 'ltr' | 'rtl' }[] = [")
	for _, c := range languages {
		s.line("  { tag: %q, name: %q, direction: %q },", c.Tag, c.Name, c.Direction())
	}
	s.line("];")
	return s.String()
}

// worded is every message in every language, said of some numbers.
func worded(languages []*messages.Catalogue) any {
	type example struct {
		Tag, Key string
		N        int
		Text     string
		Message  messages.Message
	}
	var all []example
	for _, c := range languages {
		for _, key := range slices.Sorted(maps.Keys(c.Texts)) {
			for _, n := range []int{0, 1, 2, 5, 21, 12345} {
				args := map[string]any{}
				for name, isNumber := range c.Texts[key].Args() {
					if args[name] = any(name); isNumber {
						args[name] = n
					}
				}
				all = append(all, example{c.Tag, key, n, c.Format(key, args), c.Texts[key]})
				if !slices.Contains(slices.Collect(maps.Values(c.Texts[key].Args())), true) {
					break
				}
			}
		}
	}
	return all
}
