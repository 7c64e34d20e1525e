//go:build !js

package fetch

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/ogb"
	"abkd/gnn/synth"
)

// An item is an entry of a zip file to be made.
type item struct {
	name, text string
	mode       fs.FileMode
	change     func(h *zip.FileHeader) // of an entry whose header is to lie
}

// zipBytes returns a zip file.
func zipBytes(items ...item) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Store}
		h.SetMode(i.mode | 0o644)
		h.CompressedSize64, h.UncompressedSize64, h.CRC32 = uint64(len(i.text)), uint64(len(i.text)), crc32.ChecksumIEEE([]byte(i.text))
		if i.change != nil {
			i.change(h)
		}
		w, err := z.CreateRaw(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(i.text)); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// zipOf writes a zip file and returns its name.
func zipOf(t *testing.T, items ...item) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "data.zip")
	b, err := zipBytes(items...)
	if err == nil {
		err = os.WriteFile(name, b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// tinyItems are the files of a data set under the folder top.
func tinyItems(t *testing.T, top string) (items []item) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tiny")
	g := synth.MAG(synth.Config{Name: "tiny", Papers: 20, Features: 3, AuthorsPerPaper: 3, Citations: 3, Topics: 3, Seed: 1})
	if err := ogb.Write(dir, g); err != nil {
		t.Fatal(err)
	}
	items = append(items, item{name: top + "/", mode: fs.ModeDir})
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		items = append(items, item{name: top + "/" + name, text: string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return items // in the order of their names
}

var tinyRelease = Release{Name: "tiny", Folder: "ogbn_tiny", Top: "tiny"}

func TestInstall(t *testing.T) {
	root, items := t.TempDir(), tinyItems(t, "tiny")
	leftover := filepath.Join(root, ".ogbn_tiny.abkd-0123456789abcdef.tmp", "raw")
	if err := os.MkdirAll(leftover, 0o777); err != nil { // of an installation that was killed
		t.Fatal(err)
	}
	asked, last := int64(0), int64(0)
	sums, err := tinyRelease.Install(context.Background(), zipOf(t, items...), root, InstallOptions{
		Room:     func(n int64) error { asked = n; return nil },
		Progress: func(_ string, done, total int64) { last = done; asked = max(asked, total) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sums) != len(items)-1 || last != asked || last == 0 {
		t.Errorf("%d files, %d of %d bytes, want %d files and all bytes", len(sums), last, asked, len(items)-1)
	}
	dir := filepath.Join(root, "ogbn_tiny")
	if g, err := ogb.Read(dir, ogb.Options{}); err != nil || g.NumNodes() == 0 {
		t.Errorf("it reads as %v (%v)", g, err)
	}
	if there, err := os.ReadDir(root); err != nil || len(there) != 1 {
		t.Errorf("%v is in the root (%v), want the data set alone", there, err)
	}
	if n, err := tinyRelease.Installed(context.Background(), dir, nil); err != nil || n != len(sums) {
		t.Errorf("%d files are whole (%v), want %d", n, err, len(sums))
	}
	if _, err := tinyRelease.Install(context.Background(), zipOf(t, items...), root, InstallOptions{}); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second installation: %v", err)
	}
	published := tinyRelease
	published.Files = []FileSum{sums[0], {sums[1].Name, sums[1].Size + 1, sums[1].SHA256}, {"raw/" + sums[2].Name, 1, "x"}}
	if names := published.Differing(sums); len(names) != 2 || published.Unpacked() != sums[0].Size+sums[1].Size+2 {
		t.Errorf("%q differ, want the last two", names)
	}
}

// TestSplitUnderRaw checks that both places of the folder split count as one.
func TestSplitUnderRaw(t *testing.T) {
	r := Release{Files: []FileSum{{"raw/split/time/paper/test.csv.gz", 3, "x"}}}
	if names := r.Differing([]FileSum{{"split/time/paper/test.csv.gz", 3, "x"}}); len(names) != 0 {
		t.Errorf("%q differ, want none", names)
	}
}

// TestInstalledNotices damages an installed data set.
func TestInstalledNotices(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(dir string) error
		want   string
	}{
		"missing": {func(dir string) error { return os.Remove(filepath.Join(dir, "meta.csv")) }, "meta.csv: is missing"},
		"changed": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "meta.csv"), nil, 0o666) }, "meta.csv: SHA-256 is"},
		"list":    {func(dir string) error { return os.WriteFile(filepath.Join(dir, Sums), []byte("x"), 0o666) }, "line 1 is"},
		"escape": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, Sums), []byte(strings.Repeat("a", 64)+"  ../x\n"), 0o666)
		}, "line 1 is"},
		"empty":     {func(dir string) error { return os.WriteFile(filepath.Join(dir, Sums), nil, 0o666) }, "is empty"},
		"published": {func(dir string) error { return os.Remove(filepath.Join(dir, Sums)) }, "meta.csv: has"},
		"folder":    {os.RemoveAll, "is missing"},
	} {
		t.Run("damage="+name, func(t *testing.T) {
			root := t.TempDir()
			r := tinyRelease
			if _, err := r.Install(context.Background(), zipOf(t, tinyItems(t, "tiny")...), root, InstallOptions{}); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(root, r.Folder)
			if err := c.damage(dir); err != nil {
				t.Fatal(err)
			}
			r.Files = []FileSum{{"meta.csv", 1, ""}}
			if _, err := r.Installed(context.Background(), dir, nil); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestHostileZip checks that nothing of a zip that could harm is unpacked.
func TestHostileZip(t *testing.T) {
	whole := tinyItems(t, "tiny")
	long := strings.Repeat("x", 200)
	for name, c := range map[string]struct {
		extra []item
		want  string
	}{
		"parent":        {[]item{{name: "tiny/../../evil", text: "x"}}, "leads out of the folder"},
		"root":          {[]item{{name: "/evil", text: "x"}}, "leads out of the folder"},
		"backslash":     {[]item{{name: `tiny\..\..\evil`, text: "x"}}, "leads out of the folder"},
		"drive":         {[]item{{name: "tiny/C:evil", text: "x"}}, "leads out of the folder"},
		"empty-part":    {[]item{{name: "tiny//evil", text: "x"}}, "leads out of the folder"},
		"no-utf-8":      {[]item{{name: "tiny/\xff", text: "x"}}, "leads out of the folder"},
		"other-folder":  {[]item{{name: "other/evil", text: "x"}}, "is not in the folder tiny"},
		"top-is-file":   {[]item{{name: "tiny", text: "x"}}, "is not in the folder tiny"},
		"longer-top":    {[]item{{name: "tiny2/evil", text: "x"}}, "is not in the folder tiny"},
		"link":          {[]item{{name: "tiny/evil", text: "/etc/passwd", mode: fs.ModeSymlink}}, "has mode L"},
		"device":        {[]item{{name: "tiny/evil", mode: fs.ModeDevice}}, "has mode D"},
		"pipe":          {[]item{{name: "tiny/evil", mode: fs.ModeNamedPipe}}, "has mode p"},
		"folder-file":   {[]item{{name: "tiny/evil", mode: fs.ModeDir}}, "has mode d"},
		"twice":         {[]item{{name: "tiny/a", text: "x"}, {name: "tiny/a", text: "y"}}, "is there twice"},
		"case":          {[]item{{name: "tiny/a", text: "x"}, {name: "tiny/A", text: "y"}}, "is there twice"},
		"file-over":     {[]item{{name: "tiny/a", text: "x"}, {name: "tiny/a/b", text: "y"}}, "as a file and a folder"},
		"file-under":    {[]item{{name: "tiny/a/b", text: "x"}, {name: "tiny/a", text: "y"}}, "as a file and a folder"},
		"sums":          {[]item{{name: "tiny/" + Sums, text: "x"}}, "name that is for the list of sums"},
		"encrypted":     {[]item{{name: "tiny/a", text: "x", change: func(h *zip.FileHeader) { h.Flags |= 1 }}}, "is encrypted"},
		"method":        {[]item{{name: "tiny/a", text: "x", change: func(h *zip.FileHeader) { h.Method = 12 }}}, "compressed by method 12"},
		"bomb":          {[]item{{name: "tiny/a", text: "x", change: func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }}}, "this is no data set"},
		"bomb-of-many":  {[]item{{name: "tiny/a", text: "x", change: func(h *zip.FileHeader) { h.UncompressedSize64 = 1<<64 - 1 }}, {name: "tiny/b", text: "x"}}, "this is no data set"},
		"overlap":       {[]item{{name: "tiny/a", text: long, change: func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 20; h.UncompressedSize64 = 1 << 20 }}}, "this is no data set"},
		"header-less":   {[]item{{name: "tiny/a", text: long, change: func(h *zip.FileHeader) { h.UncompressedSize64 = 10 }}}, "tiny/a: "},
		"header-more":   {[]item{{name: "tiny/a", text: long, change: func(h *zip.FileHeader) { h.UncompressedSize64 = 1000 }}}, "tiny/a: "},
		"crc":           {[]item{{name: "tiny/a", text: long, change: func(h *zip.FileHeader) { h.CRC32++ }}}, "tiny/a: its checksum is wrong"},
		"not-deflate":   {[]item{{name: "tiny/a", text: long, change: func(h *zip.FileHeader) { h.Method = zip.Deflate }}}, "tiny/a: "},
		"many-files":    {slices.Repeat([]item{{name: "tiny/d/", mode: fs.ModeDir}}, maxZipFiles), "want at most 10000"},
		"long-name":     {[]item{{name: "tiny/" + strings.Repeat("n", 300), text: "x"}}, "name too long"},
		"lying-deflate": {[]item{{name: "tiny/a", text: "\x4b\x04\x00", change: func(h *zip.FileHeader) { h.Method, h.UncompressedSize64 = zip.Deflate, 5 }}}, "tiny/a: "},
	} {
		t.Run("zip="+name, func(t *testing.T) {
			outside := t.TempDir()
			root := filepath.Join(outside, "a", "b")
			if err := os.MkdirAll(root, 0o777); err != nil {
				t.Fatal(err)
			}
			_, err := tinyRelease.Install(context.Background(), zipOf(t, append(whole[:len(whole):len(whole)], c.extra...)...), root, InstallOptions{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
			var found []string
			fs.WalkDir(os.DirFS(outside), ".", func(p string, _ fs.DirEntry, err error) error {
				found = append(found, p)
				return err
			})
			if !slices.Equal(found, []string{".", "a", "a/b"}) {
				t.Errorf("%q is there, want nothing but the root", found)
			}
		})
	}
}

func TestInstallErrors(t *testing.T) {
	whole := tinyItems(t, "tiny")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("<html>"), 0o666); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	for name, c := range map[string]struct {
		ctx  context.Context
		zip  string
		room error
		want string
	}{
		"no-zip":    {context.Background(), text, nil, "cannot be read as a zip file"},
		"no-file":   {context.Background(), text + "2", nil, "no such file"},
		"no-data":   {context.Background(), zipOf(t, item{name: "tiny/a", text: "x"}), nil, "holds no data set"},
		"no-room":   {context.Background(), zipOf(t, whole...), full, "full"},
		"cancelled": {cancelled, zipOf(t, whole...), nil, "context canceled"},
	} {
		t.Run("case="+name, func(t *testing.T) {
			root := t.TempDir()
			_, err := tinyRelease.Install(c.ctx, c.zip, root, InstallOptions{Room: func(int64) error { return c.room }})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
			if there, err := os.ReadDir(root); err != nil || len(there) > 0 {
				t.Errorf("%v is left (%v), want nothing", there, err)
			}
		})
	}
	if _, err := tinyRelease.Install(context.Background(), text, filepath.Join(t.TempDir(), "no"), InstallOptions{}); err == nil {
		t.Error("a root that does not exist is accepted")
	}
}

// TestTruncatedZip cuts a zip at many places.
func TestTruncatedZip(t *testing.T) {
	file := zipOf(t, tinyItems(t, "tiny")...)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(b); n += 1 + len(b)/40 {
		cut := filepath.Join(t.TempDir(), "cut.zip")
		if err := os.WriteFile(cut, b[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := tinyRelease.Install(context.Background(), cut, t.TempDir(), InstallOptions{}); err == nil {
			t.Errorf("the first %d of %d bytes are taken for a zip", n, len(b))
		}
	}
}

func TestReleases(t *testing.T) {
	mag, err := FindRelease("ogbn-mag")
	if err != nil || len(mag.Files) != 20 || mag.Unpacked() != 422701608 || mag.Folder != "ogbn_mag" {
		t.Errorf("ogbn-mag has %d files of %d bytes (%v), want 20 of 422701608", len(mag.Files), mag.Unpacked(), err)
	}
	for _, r := range Releases() {
		if !strings.HasPrefix(r.URL, "https://") {
			t.Errorf("%s: address is %s, want https", r.Name, r.URL)
		}
		for _, f := range append(r.Files, FileSum{"zip", 1, r.SHA256}) {
			if f.Size <= 0 || len(f.SHA256) != 64 && (f.Name != "zip" || f.SHA256 != "") || !fs.ValidPath(f.Name) {
				t.Errorf("%s: %+v", r.Name, f)
			}
		}
	}
	if _, err := FindRelease("ogbn-products"); err == nil || !strings.Contains(err.Error(), `want one of ["ogbn-mag" "ogbn-arxiv"]`) {
		t.Errorf("another: %v", err)
	}
}
