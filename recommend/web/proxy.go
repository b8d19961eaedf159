package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
)

// ParseProxies reads a list of addresses and networks, such as
// "127.0.0.1, 10.0.0.0/8, fd00::/8".
func ParseProxies(list string) ([]netip.Prefix, error) {
	var proxies []netip.Prefix
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		p, err := netip.ParsePrefix(part)
		if a, single := netip.ParseAddr(part); single == nil && a.Zone() == "" {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8; %s is none", data.Quote(part))
		}
		proxies = append(proxies, p.Masked())
	}
	return proxies, nil
}

// clientAddress tells who sent a request: whoever the connection is with, and
// behind the given proxies whom the nearest of them names in X-Forwarded-For.
func clientAddress(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect() // no header of a stranger's decides who he is
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// addressOf is the client of c in few words: an IPv6 address as its network of
// 64 bits, within which whoever has one address has all.
func addressOf(c echo.Context) string {
	a, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return "" // no address at all, such as that of a socket in the file system
	}
	if a = a.Unmap(); a.Is6() {
		if network, err := a.WithZone("").Prefix(64); err == nil {
			a = network.Addr()
		}
	}
	return a.String()
}

// encrypted tells whether the connection of the one who sent a request is encrypted:
// it is with us, or a proxy of the given ones, through which it came, says so.
func encrypted(proxies []netip.Prefix) func(*http.Request) bool {
	return func(r *http.Request) bool {
		if r.TLS != nil {
			return true
		}
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		return err == nil && r.Header.Get(echo.HeaderXForwardedProto) == "https" &&
			slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(from.Addr().Unmap()) })
	}
}
