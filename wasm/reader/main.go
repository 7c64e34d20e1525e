//go:build js

// Command reader is the program of the page that makes a pack of the files of
// a graph, see sim/opening. It answers one question:
//
//	page --> open: files [{name, bytes}], format, label, …
//	page <-- opened: bytes, text, an opening.Opened in JSON
//	     <-- refused: text, an opening.Refusal in JSON
package main

import (
	"encoding/json"
	"fmt"

	"abkd/gnn/graph/table"
	"abkd/sim/opening"
	"abkd/wasm/port"
)

func main() {
	page := port.Self()
	page.Send("ready")
	<-page.Arrived()
	m, _ := page.Next()
	opened, pack, err := open(m)
	if err != nil {
		page.Send("refused", "text", text(opening.NewRefusal(err)))
	} else {
		page.SendBytes("opened", pack, "text", text(opened))
	}
	select {} // an end of the program is an error to the page
}

// open does what m asks for. A bug is an error that names the files.
func open(m port.Message) (o opening.Opened, pack []byte, err error) {
	var files []table.File
	for _, f := range m.List("files") {
		files = append(files, table.File{Name: f.Text("name"), Data: f.Bytes(nil, "bytes")})
	}
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
