package machine

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Processor says which processor the machine has and how many of them this process
// may use. Where the system does not name it, it is the architecture.
func Processor() string {
	name := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			name = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d × %s", runtime.NumCPU(), name)
}
