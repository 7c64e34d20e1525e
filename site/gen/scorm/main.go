// Command scorm packs a lesson, or a step of the story, for learning management
// systems that read SCORM 1.2: the page as one file, and beside it the page that
// shows it in a frame and tells the system what becomes of it.
//
//	scorm -site site/web/dist -show lesson=depth -title "Depth" -out depth.zip
package main

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"path/filepath"

	"abkd/gnn/file"
)

// files are what a package has of the site.
var files = []string{"abkd-lab.html", "lms.html", "lms.js", "lms.css"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("scorm: ")
	site := flag.String("site", "site/web/dist", "`folder` of the built site")
	show := flag.String("show", "", "what it opens with: `lesson=ID`, or any part of a link behind its #")
	title := flag.String("title", "ABKD Lab", "what the system calls it")
	out := flag.String("out", "build/abkd-scorm.zip", "`file` to write")
	flag.Parse()
	settings, err := url.ParseQuery(*show)
	if err == nil {
		err = write(*out, *site, *title, settings)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func write(out, site, title string, settings url.Values) error {
	var b bytes.Buffer
	if err := pack(&b, site, title, settings); err != nil {
		return err
	}
	return file.Replace(out, file.Bytes(b.Bytes()))
}

// pack writes the package of a site that opens with settings.
func pack(w io.Writer, site, title string, settings url.Values) error {
	z := zip.NewWriter(w)
	settings.Set("page", "file")
	manifest, err := manifestOf(title, "?"+settings.Encode())
	if err != nil {
		return err
	}
	if err := add(z, "imsmanifest.xml", manifest); err != nil {
		return err
	}
	for _, name := range files {
		text, err := file.Read(filepath.Join(site, name))
		if err != nil {
			return fmt.Errorf("%w: build the site first", err)
		}
		if err := add(z, name, text); err != nil {
			return err
		}
	}
	return z.Close()
}

func add(z *zip.Writer, name string, text []byte) error {
	f, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return err
}

// A manifest is what SCORM 1.2 wants to know of a package: one organization of
// one item, whose resource is launched with parameters.
type manifest struct {
	XMLName   xml.Name `xml:"http://www.imsproject.org/xsd/imscp_rootv1p1p2 manifest"`
	ID        string   `xml:"identifier,attr"`
	Version   string   `xml:"version,attr"`
	Namespace string   `xml:"xmlns:adlcp,attr"`
	Schema    string   `xml:"metadata>schema"`
	SchemaIs  string   `xml:"metadata>schemaversion"`
	Parts     struct {
		Default string `xml:"default,attr"`
		Part    struct {
			ID    string `xml:"identifier,attr"`
			Title string `xml:"title"`
			Item  struct {
				ID         string `xml:"identifier,attr"`
				Resource   string `xml:"identifierref,attr"`
				Parameters string `xml:"parameters,attr"`
				Title      string `xml:"title"`
			} `xml:"item"`
		} `xml:"organization"`
	} `xml:"organizations"`
	Resource struct {
		ID    string  `xml:"identifier,attr"`
		Type  string  `xml:"type,attr"`
		Scorm string  `xml:"adlcp:scormtype,attr"`
		Href  string  `xml:"href,attr"`
		Files []entry `xml:"file"`
	} `xml:"resources>resource"`
}

type entry struct {
	Href string `xml:"href,attr"`
}

func manifestOf(title, parameters string) ([]byte, error) {
	m := manifest{ID: "abkd-lab", Version: "1.0", Namespace: "http://www.adlnet.org/xsd/adlcp_rootv1p2", Schema: "ADL SCORM", SchemaIs: "1.2"}
	m.Parts.Default = "abkd"
	m.Parts.Part.ID, m.Parts.Part.Title = "abkd", title
	item, resource := &m.Parts.Part.Item, &m.Resource
	item.ID, item.Resource, item.Parameters, item.Title = "item", "page", parameters, title
	resource.ID, resource.Type, resource.Scorm, resource.Href = "page", "webcontent", "sco", "lms.html"
	for _, name := range files {
		resource.Files = append(resource.Files, entry{name})
	}
	text, err := xml.MarshalIndent(m, "", "  ")
	return append([]byte(xml.Header), text...), err
}
