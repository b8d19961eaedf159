package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

func TestParseProxies(t *testing.T) {
	proxies, err := ParseProxies("127.0.0.1, 10.1.2.3/8,::1, fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range proxies {
		got = append(got, p.String())
	}
	if want := []string{"127.0.0.1/32", "10.0.0.0/8", "::1/128", "fd00::/8"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, list := range []string{"", "localhost", "10.0.0.0/33", "10.0.0/8", "10.0.0.1-9", "fe80::1%eth0", "127.0.0.1,", "*", "1.2.3.4:80", "private"} {
		if got, err := ParseProxies(list); err == nil {
			t.Errorf("%q: got %v, want an error", list, got)
		}
	}
}

func TestClientAddress(t *testing.T) {
	proxies, err := ParseProxies("10.0.0.0/8,fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	behind, direct := New(Config{Recommender: newShelf(), Proxies: proxies}), newServer(newShelf())
	for _, tc := range []struct {
		name, peer string
		forwarded  []string
		s          *Server
		want       string
	}{
		{"nobody is trusted", "10.0.0.1:5", []string{"203.0.113.9"}, direct, "10.0.0.1"},
		{"by a proxy", "10.0.0.1:5", []string{"203.0.113.9"}, behind, "203.0.113.9"},
		{"by a stranger", "203.0.113.7:5", []string{"203.0.113.9"}, behind, "203.0.113.7"},
		{"by two proxies", "10.0.0.1:5", []string{"203.0.113.9, 10.0.0.2"}, behind, "203.0.113.9"},
		{"what the client wrote himself", "10.0.0.1:5", []string{"198.51.100.1, 203.0.113.9"}, behind, "203.0.113.9"},
		{"in a line of its own", "10.0.0.1:5", []string{"198.51.100.1", "203.0.113.9"}, behind, "203.0.113.9"},
		{"without the header", "10.0.0.1:5", nil, behind, "10.0.0.1"},
		{"nonsense", "10.0.0.1:5", []string{"unknown"}, behind, "10.0.0.1"},
		{"loopback is not trusted by itself", "127.0.0.1:5", []string{"203.0.113.9"}, behind, "127.0.0.1"},
		{"IPv6", "[fd00::1]:5", []string{"2001:db8:1:2:3:4:5:6"}, behind, "2001:db8:1:2::"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:5", []string{"::ffff:203.0.113.9"}, behind, "203.0.113.9"},
		{"no address", "@", nil, behind, ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tc.peer
		r.Header["X-Forwarded-For"] = tc.forwarded
		if got := addressOf(tc.s.echo.NewContext(r, nil)); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
