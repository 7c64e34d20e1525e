package main

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// TestPack checks that a package has a manifest by which a system finds what to
// launch, and all files that the manifest names, as they are.
func TestPack(t *testing.T) {
	site := t.TempDir()
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(site, name), []byte("this is "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := pack(&b, site, "Depth & width", url.Values{"lesson": {"depth"}, "seed": {"3"}}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = string(text)
	}
	var m manifest
	if err := xml.Unmarshal([]byte(texts["imsmanifest.xml"]), &m); err != nil {
		t.Fatal(err)
	}
	item := m.Parts.Part.Item
	if item.Title != "Depth & width" || item.Resource != m.Resource.ID || m.Parts.Default != m.Parts.Part.ID || m.SchemaIs != "1.2" {
		t.Errorf("the manifest is %s", texts["imsmanifest.xml"])
	}
	if want := "?lesson=depth&page=file&seed=3"; m.Resource.Href+item.Parameters != "lms.html"+want {
		t.Errorf("it launches %s%s, want lms.html%s", m.Resource.Href, item.Parameters, want)
	}
	if len(m.Resource.Files) != len(texts)-1 {
		t.Errorf("the manifest names %d files of %d", len(m.Resource.Files), len(texts)-1)
	}
	for _, f := range m.Resource.Files {
		if texts[f.Href] != "this is "+f.Href {
			t.Errorf("%s is %q", f.Href, texts[f.Href])
		}
	}
	if err := pack(&b, t.TempDir(), "", url.Values{}); err == nil {
		t.Error("an empty folder was packed")
	}
}
