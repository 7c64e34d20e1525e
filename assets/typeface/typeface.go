// Package typeface holds the letters of a window, which has no browser to write
// for it: subsets of Noto Sans CJK SC under the SIL Open Font License
// (../font/OFL.txt) with all that the messages of every language say and the common characters of Chinese;
// ../font/cut.py says how they were cut.
package typeface

import _ "embed"

// Regular and Bold are the two weights.
var (
	//go:embed NotoSansCJKsc-Regular.otf
	Regular []byte
	//go:embed NotoSansCJKsc-Bold.otf
	Bold []byte
)
