package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/alsolike/alsolike/data/fetch"
)

func ExampleFetcher_Get() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /drafts/")
		case "/rents":
			w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
			fmt.Fprint(w, "<p>Die Mieten in K\xf6ln")
		}
	}))
	defer site.Close()

	f := fetch.New(fetch.Options{AllowPrivate: true, Delay: -1})
	defer f.Close()
	page, err := f.Get(context.Background(), site.URL+"/rents")
	fmt.Println(page.ContentType, string(page.Body), err)

	_, err = f.Get(context.Background(), site.URL+"/drafts/1")
	fmt.Println(errors.Is(err, fetch.ErrRobots))

	public := fetch.New(fetch.Options{Delay: -1})
	defer public.Close()
	_, err = public.Get(context.Background(), site.URL+"/rents")
	fmt.Println(errors.Is(err, fetch.ErrPrivate), strings.Contains(err.Error(), "unless allowed"))
	// Output:
	// text/html <p>Die Mieten in Köln <nil>
	// true
	// true true
}
