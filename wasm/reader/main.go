//go:build js

// Command reader is the program of the page that makes a pack of the files of
// a graph, see sim/opening, and a lesson of the files of one. It answers one
// question of these:
//
//	page --> open: files [{name, bytes}], format, label, …
//	page <-- opened: bytes, text, an opening.Opened in JSON
//	     <-- refused: text, an opening.Refusal in JSON
//
//	page --> lesson: files [{name, bytes}], of which the first is read and the others may be translated by it
//	page <-- lesson: text, a course.Lesson in JSON
//	     <-- wanted: text, the name of a file that it translates
//	     <-- mistakes: text, markdown.Mistakes in JSON
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"abkd/gnn/graph/table"
	"abkd/sim/course/markdown"
	"abkd/sim/opening"
	"abkd/wasm/port"
)

func main() {
	page := port.Self()
	page.Send("ready")
	<-page.Arrived()
	m, _ := page.Next()
	if m.Type() == "lesson" {
		answer, said := lesson(files(m))
		page.Send(answer, "text", said)
	} else if opened, pack, err := open(m); err != nil {
		page.Send("refused", "text", text(opening.NewRefusal(err)))
	} else {
		page.SendBytes("opened", pack, "text", text(opened))
	}
	select {} // an end of the program is an error to the page
}

func files(m port.Message) (all []table.File) {
	for _, f := range m.List("files") {
		all = append(all, table.File{Name: f.Text("name"), Data: f.Bytes(nil, "bytes")})
	}
	return all
}

// lesson reads the first of files, and returns the answer and its text.
func lesson(files []table.File) (answer, said string) {
	wanted := ""
	l, err := markdown.Read(files[0].Name, files[0].Data, func(name string) ([]byte, error) {
		for _, f := range files[1:] {
			if f.Name == name {
				return f.Data, nil
			}
		}
		wanted = name
		return nil, fs.ErrNotExist
	})
	if wanted != "" {
		return "wanted", wanted
	}
	if err != nil {
		return "mistakes", text(err)
	}
	return "lesson", text(l)
}

// open does what m asks for. A bug is an error that names the files.
func open(m port.Message) (o opening.Opened, pack []byte, err error) {
	files := files(m)
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("%s cannot be read (%v): please report this", files[0].Name, bug)
		}
	}()
	return opening.Files(files, opening.Reading{
		Format: m.Text("format"), Label: m.Text("label"), Features: m.Text("features"), Split: m.Text("split"), Release: m.Text("release"),
		Directed: m.Bool("directed"), Seed: uint32(m.Number("seed")),
	})
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers of a graph are finite
	}
	return string(b)
}
