// Command abkd-desktop is ABKD Lab in a window of its own: it trains in this process,
// at the speed of the machine, and shows what the page shows.
//
//	abkd-desktop             what it showed last, or a choice of graphs
//	abkd-desktop GRAPH       the folder of a data set, a pack, a file, or karate,
//	                         mag-mini, debian-mini
//	abkd-desktop -attach http://127.0.0.1:8081/#token=…
//	                         the run of "abkd train --listen", watched or steered
//
// What it shows is kept in the user's folder of settings, the run as well; -folder
// names another one.
package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/cmd/internal/keep"
	"abkd/cmd/internal/window"
	"abkd/gnn/file"
	"abkd/sim/memory"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

// run returns the exit status: 0, or 1 after one sentence on stderr.
func run(args []string, stderr io.Writer) int {
	if err := open(args, stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stderr, "abkd-desktop: %v\n", err)
		return 1
	}
	return 0
}

func open(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("abkd-desktop", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "Usage: abkd-desktop [-folder DIR] [-studies DIR] [-max-memory BYTES] [-attach ADDRESS | GRAPH]\n\nGRAPH is the folder of a data set, a pack, another file of a graph, or karate, mag-mini or debian-mini.\n\n")
		flags.PrintDefaults()
	}
	folder := flags.String("folder", "", "`folder` where the window keeps what it shows (default: abkd-desktop in the user's folder of settings)")
	attach := flags.String("attach", "", "`address` of a training, as \"abkd train --listen\" prints it: the window watches or steers that run")
	most := flags.Int64("max-memory", 0, "refuse graphs and runs that need more than so many `bytes` (default: all that the machine has)")
	studies := flags.String("studies", "", "`folder` of comparisons and searches, each in one of its own, of \"abkd compare\" or \"abkd tune\" too (default: the name of -folder with -studies behind it)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 1 {
		return fmt.Errorf("got %d graphs, want one at most", flags.NArg())
	}
	if *attach != "" && flags.NArg() > 0 {
		return fmt.Errorf("got -attach and the graph %s, want one of them: the graph of a training is its own", flags.Arg(0))
	}
	if *folder == "" {
		settings, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("where to keep what the window shows is not known (%w): say a folder with -folder", err)
		}
		*folder = filepath.Join(settings, "abkd-desktop")
	}
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display: the environment has no DISPLAY; on a machine without a screen use \"abkd train\", or \"abkd lab\" and a browser")
	}
	kept, state, err := keep.Open(*folder)
	if err != nil {
		return keepError(*folder, err)
	}
	may := memory.Allow(*most, "-max-memory")
	may.TellCollector()
	w, err := window.New(kept, state, window.Options{
		Name:    cmp.Or(*attach, window.Absolute(flags.Arg(0))),
		Studies: cmp.Or(*studies, filepath.Clean(*folder)+"-studies"),
		Memory:  may,
	})
	if err != nil {
		kept.Close()
		return err
	}
	if err := setIcon(); err != nil {
		return err
	}
	if err := window.Run(w, "ABKD Lab"); err != nil {
		return fmt.Errorf("the window could not be drawn (%w): it needs OpenGL 3.2, Direct3D or Metal; what it showed is kept", err)
	}
	return nil
}

// keepError says why a window cannot be opened on a folder.
func keepError(folder string, err error) error {
	if busy, ok := errors.AsType[*file.Busy](err); ok {
		return fmt.Errorf("%s: another window has it (%w): use that one, or open a second one with -folder and another folder", folder, busy)
	}
	return err
}

// icon is site/web/public/icon.svg in 512 pixels.
//
//go:embed icon.png
var icon []byte

// setIcon gives the window its icon, where the system takes it from there.
func setIcon() error {
	m, err := png.Decode(bytes.NewReader(icon))
	if err == nil {
		ebiten.SetWindowIcon([]image.Image{m})
	}
	return err
}
