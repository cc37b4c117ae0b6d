package chat

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// Everything that the page refers to exists, and is local.
func TestPageIsComplete(t *testing.T) {
	r, page := get(t, "/")
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Fatal(r.Status, r.Header)
	}
	if policy := r.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
	files := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	found := 0
	for _, f := range files {
		if strings.HasPrefix(f[1], "data:") {
			continue
		}
		if r, _ := get(t, "/"+f[1]); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", f[1], r.Status)
		}
		found++
	}
	if found != 4 {
		t.Errorf("%d files, want 4: %q", found, files)
	}
	if r, _ := get(t, "/nothing"); r.StatusCode != http.StatusNotFound {
		t.Error(r.Status)
	}
}

// The page has exactly the ids that the README lists for tests.
func TestIDs(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page := get(t, "/")
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("`#([a-z-]+)`").FindAllStringSubmatch(string(readme), -1) {
		listed[m[1]] = true
	}
	if len(listed) < 20 {
		t.Fatal("README.md lists ", listed)
	}
	for id := range listed {
		if !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("README.md lists %s, and the page does not have it", id)
		}
	}
	for _, m := range regexp.MustCompile(`<(?:input|button|select|textarea)[^>]* id="([a-z-]+)"`).FindAllStringSubmatch(page, -1) {
		if !listed[m[1]] {
			t.Errorf("the page has %s, and README.md does not list it", m[1])
		}
	}
}

// Text from peers is never used as HTML.
func TestNoHTMLFromPeers(t *testing.T) {
	for _, file := range []string{"/chat.js", "/frames.js"} {
		_, script := get(t, file)
		if found := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(`).FindString(script); found != "" || script == "" {
			t.Errorf("%s: %q", file, found)
		}
	}
}
