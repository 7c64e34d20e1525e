package show

import "fmt"

// Bytes writes n with three digits and a unit, such as 8.52 GiB.
func Bytes(n int64) string {
	for i, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if size := float64(int64(1) << (40 - 10*i)); float64(n) >= size {
			return fmt.Sprintf("%.3g %s", float64(n)/size, unit)
		}
	}
	return fmt.Sprintf("%d B", n)
}
