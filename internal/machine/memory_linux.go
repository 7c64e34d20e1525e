package machine

import (
	"os"
	"strconv"
	"strings"
)

// PeakMemory returns the most memory that the process has had, in bytes, that
// of mapped files included.
func PeakMemory() (bytes int64, ok bool) { return kilobytes("/proc/self/status", "VmHWM:") }

// AvailableMemory returns how much memory this process may have: what it has
// and what the machine could give it, or its control group if that is less.
func AvailableMemory() (bytes int64, ok bool) {
	free, ok := kilobytes("/proc/meminfo", "MemAvailable:")
	if !ok {
		return 0, false
	}
	own, _ := kilobytes("/proc/self/status", "RssAnon:")
	bytes = free + own
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 { // else it is "max"
			bytes = min(bytes, n)
		}
	}
	return bytes, true
}

// AllMemory returns all memory of the machine with its swap, or least if
// that is more.
func AllMemory(least int64) int64 {
	all, _ := kilobytes("/proc/meminfo", "MemTotal:")
	swap, _ := kilobytes("/proc/meminfo", "SwapTotal:")
	return max(all+swap, least)
}

// kilobytes returns the bytes in the line of that key.
func kilobytes(file, key string) (bytes int64, ok bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	_, after, found := strings.Cut("\n"+string(text), "\n"+key)
	line, _, _ := strings.Cut(after, "\n")
	n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(line, "kB")), 10, 64)
	return n << 10, found && err == nil
}
