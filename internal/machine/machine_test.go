package machine

import (
	"fmt"
	"runtime"
	"testing"
)

// TestMachine checks that what is known is likely.
func TestMachine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what other systems tell is not known in advance")
	}
	available, known := AvailableMemory()
	if !known || available < 1<<20 || available > AllMemory(0) && AllMemory(0) < 1<<20 {
		t.Errorf("%d bytes are available (%v) of %d", available, known, AllMemory(0))
	}
	if peak := PeakNow(); peak == nil || *peak < 1<<20 || *peak > 1<<40 {
		t.Errorf("the peak is %v", peak)
	}
	if free, known := FreeDisk(t.TempDir()); !known || free == 0 {
		t.Errorf("%d bytes of disk are free (%v)", free, known)
	}
	if _, known := FreeDisk("no/such/folder"); known {
		t.Error("the disk of no folder is known")
	}
	if got := AllMemory(1 << 62); got != 1<<62 {
		t.Errorf("all memory, at least 1<<62 bytes, is %d", got)
	}
}

// TestProcessor: there is one at least, and it has a name.
func TestProcessor(t *testing.T) {
	var n int
	var name string
	if _, err := fmt.Sscanf(Processor(), "%d × %s", &n, &name); err != nil || n < 1 || name == "" {
		t.Errorf("processor is %q (%v)", Processor(), err)
	}
}
