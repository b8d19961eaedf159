package assets

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
)

func TestServe(t *testing.T) {
	for _, name := range []string{"magazine.css", "icon.svg"} {
		path, err := Path(name)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^/assets/[a-z]+\.[0-9a-f]{12}\.(css|svg)$`).MatchString(path) {
			t.Errorf("%s stands at %s", name, path)
		}
		w := httptest.NewRecorder()
		if !Serve(w, httptest.NewRequest(http.MethodGet, path, nil)) || w.Body.Len() == 0 {
			t.Errorf("%s is not served", path)
		}
		if Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, Prefix+name, nil)) {
			t.Errorf("%s is served without its hash", name)
		}
	}
	if _, err := Path("none.css"); err == nil {
		t.Error("an asset that is none has a path")
	}
}
