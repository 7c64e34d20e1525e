package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/tc-hib/winres"
)

// TestICNS has the whole icon, with the sizes that macOS reads.
func TestICNS(t *testing.T) {
	content, err := os.ReadFile("../icon.png")
	if err != nil {
		t.Fatal(err)
	}
	b := icns(content)
	if n := int(b[4])<<24 | int(b[5])<<16 | int(b[6])<<8 | int(b[7]); n != len(b) || string(b[8:12]) != "ic09" {
		t.Errorf("its size is %d and it holds %q, want %d and ic09", n, b[8:12], len(b))
	}
	if m, err := png.Decode(bytes.NewReader(b[16:])); err != nil || m.Bounds().Dx() != 512 {
		t.Errorf("the icon in it: %v", err)
	}
}

// TestBuilt looks into what "make desktop-all" has made, if it has.
func TestBuilt(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "build", "desktop")
	exe, err := os.Open(filepath.Join(dir, "ABKD-Lab-windows-amd64", "abkd-desktop.exe"))
	if os.IsNotExist(err) {
		t.Skip("nothing is built: make desktop-all")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	r, err := winres.LoadFromEXE(exe)
	if err != nil {
		t.Fatal(err)
	}
	if icon, err := r.GetIcon(winres.Name("APPICON")); err != nil || icon == nil {
		t.Errorf("the program for Windows has no icon: %v", err)
	}
	if manifest := r.Get(winres.RT_MANIFEST, winres.ID(1), 0x409); !bytes.Contains(bytes.ToLower(manifest), []byte("permonitorv2")) {
		t.Errorf("its manifest is %s", manifest)
	}
	for name, start := range map[string]string{
		"ABKD-Lab-linux-amd64/abkd-desktop": "\x7fELF", "ABKD-Lab-linux-arm64/abkd-desktop": "\x7fELF",
		"ABKD-Lab-macos-arm64/ABKD Lab.app/Contents/MacOS/abkd-desktop": "\xcf\xfa\xed\xfe", "ABKD-Lab-macos-arm64/ABKD Lab.app/Contents/Resources/icon.icns": "icns",
		"ABKD-Lab-linux-amd64/abkd-desktop.desktop": "[Desktop Entry]",
	} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.HasPrefix(b, []byte(start)) {
			t.Errorf("%s: %v, want it to begin with %q", name, err, start)
		}
	}
}
