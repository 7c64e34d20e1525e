//go:build js && wasm && !purego

package kernel

// machine returns the kernel module that the host has loaded, if any.
func machine() []Impl {
	names := [...]string{"", "simd128", "relaxed"} // the numbers are part of wasm/kernel/glue.js
	v := int(kernVariant())
	if v <= 0 || v >= len(names) {
		return nil
	}
	return []Impl{&module{name: names[v], scratch: make([]float32, kernScratch()/4)}}
}
