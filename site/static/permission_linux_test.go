package static

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/internal/ostest"
	"abkd/internal/webtest"
)

// A file that is there and may not be read is not said to be missing, and whoever
// runs the server is told which it is.
func TestUnreadable(t *testing.T) {
	dir := webtest.Page(t)
	ostest.Open(t, dir)
	if err := os.Chmod(filepath.Join(dir, "app.js"), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	var told []string
	files, err := Open(dir, func(err error) { told = append(told, err.Error()) })
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	drop, restore := ostest.Rights(t)
	drop()
	defer restore()
	for path, want := range map[string]int{"/app.js": 403, "/closed/a.js": 403, "/none.js": 404, "/style.css": 200} {
		w := httptest.NewRecorder()
		told = nil
		files.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want || (want == 403) != (len(told) == 1 && strings.Contains(told[0], strings.TrimPrefix(path, "/")) && strings.Contains(told[0], "permission denied")) {
			t.Errorf("%s: status %d, told %q, want %d", path, w.Code, told, want)
		}
	}
}
