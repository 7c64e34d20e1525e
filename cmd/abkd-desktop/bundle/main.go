// Command bundle puts the window's program into the form that each system has for
// programs with a window: an entry of the menu and an icon beside it on Linux, the
// icon and what Windows asks of a program inside it, a folder called .app on macOS.
//
//	bundle -in DIR -out DIR -icon icon.png
//
// In DIR it finds abkd-desktop-linux-amd64, abkd-desktop-linux-arm64,
// abkd-desktop-windows-amd64.exe and abkd-desktop-darwin-arm64.
package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"github.com/tc-hib/winres"

	"abkd/gnn/file"
	"abkd/internal/show"
)

func main() {
	in := flag.String("in", "build/desktop", "`folder` of the programs")
	out := flag.String("out", "build/desktop", "`folder` for what is made of them")
	icon := flag.String("icon", "cmd/abkd-desktop/icon.png", "`file` of the icon, 512 x 512")
	flag.Parse()
	b := bundler{in: *in, out: *out}
	if err := b.run(*icon); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// A bundler makes a folder for each system.
type bundler struct {
	in, out string
	png     []byte // the icon
	icon    image.Image
}

func (b *bundler) run(icon string) (err error) {
	if b.png, err = file.Read(icon); err != nil {
		return err
	}
	if b.icon, err = png.Decode(bytes.NewReader(b.png)); err != nil {
		return fmt.Errorf("%s: %w", icon, err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		if err := b.linux(arch); err != nil {
			return err
		}
	}
	if err := b.windows(); err != nil {
		return err
	}
	return b.mac()
}

// entry is what a Linux desktop reads of a program. Whoever installs it puts it into
// share/applications, the icon into share/icons and the program on the PATH.
const entry = `[Desktop Entry]
Type=Application
Name=ABKD Lab
Comment=See how a big graph neural network teaches a small one
Comment[zh_CN]=观看大的图神经网络如何教小的网络
Exec=abkd-desktop %f
Icon=abkd-desktop
Categories=Education;Science;
Terminal=false
`

func (b *bundler) linux(arch string) error {
	name := "abkd-desktop-linux-" + arch
	dir := filepath.Join(b.out, "ABKD-Lab-linux-"+arch)
	if err := b.copy(name, filepath.Join(dir, "abkd-desktop")); err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "abkd-desktop.desktop"), []byte(entry), 0o644); err != nil {
		return err
	}
	return write(filepath.Join(dir, "abkd-desktop.png"), b.png, 0o644)
}

// windows puts icon and manifest into the program: without the latter Windows
// enlarges a window as if it knew nothing of fine screens.
func (b *bundler) windows() error {
	icon, err := winres.NewIconFromResizedImage(b.icon, []int{256, 64, 48, 32, 16})
	if err != nil {
		return err
	}
	var r winres.ResourceSet
	if err := r.SetIcon(winres.Name("APPICON"), icon); err != nil {
		return err
	}
	r.SetManifest(winres.AppManifest{
		Description: "ABKD Lab", ExecutionLevel: winres.AsInvoker, DPIAwareness: winres.DPIPerMonitorV2, LongPathAware: true,
	})
	exe, err := file.Open(filepath.Join(b.in, "abkd-desktop-windows-amd64.exe"))
	if err != nil {
		return err
	}
	defer exe.Close()
	var out bytes.Buffer
	if err := r.WriteToEXE(&out, exe); err != nil {
		return err
	}
	return write(filepath.Join(b.out, "ABKD-Lab-windows-amd64", "abkd-desktop.exe"), out.Bytes(), 0o755)
}

// plist is what macOS reads of a program.
const plist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleName</key><string>ABKD Lab</string>
<key>CFBundleIdentifier</key><string>abkd.lab</string>
<key>CFBundleExecutable</key><string>abkd-desktop</string>
<key>CFBundleIconFile</key><string>icon</string>
<key>CFBundlePackageType</key><string>APPL</string>
<key>LSMinimumSystemVersion</key><string>12.0</string>
<key>NSHighResolutionCapable</key><true/>
</dict></plist>
`

func (b *bundler) mac() error {
	contents := filepath.Join(b.out, "ABKD-Lab-macos-arm64", "ABKD Lab.app", "Contents")
	if err := b.copy("abkd-desktop-darwin-arm64", filepath.Join(contents, "MacOS", "abkd-desktop")); err != nil {
		return err
	}
	if err := write(filepath.Join(contents, "Info.plist"), []byte(plist), 0o644); err != nil {
		return err
	}
	return write(filepath.Join(contents, "Resources", "icon.icns"), icns(b.png), 0o644)
}

// icns is an icon as macOS has it: of 512 x 512 pixels, as PNG.
func icns(png []byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte("icns"), uint32(16+len(png)))
	out = binary.BigEndian.AppendUint32(append(out, "ic09"...), uint32(8+len(png)))
	return append(out, png...)
}

// copy copies a program.
func (b *bundler) copy(name, to string) error {
	content, err := file.Read(filepath.Join(b.in, name))
	if err != nil {
		return err
	}
	return write(to, content, 0o755)
}

// write writes a file, and says how large it is.
func write(name string, content []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if err := file.Write(name, func(w io.Writer) error { _, err := w.Write(content); return err }); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Printf("%-70s %s\n", name, show.Bytes(int64(len(content))))
	return os.Chmod(name, mode)
}
