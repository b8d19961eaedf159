package main

import (
	"errors"
	"net/netip"
	"strconv"
	"time"

	"github.com/alsolike/alsolike/recommend/web"
)

// A service holds the settings of serve that are about requests.
type service struct {
	Origins []string
	Proxies []netip.Prefix
	Limits  web.Limits
	Access  web.AccessLog
	MaxAge  time.Duration
	Cache   int64 // see web.Config
}

// serviceKeys are the settings of a service.
var serviceKeys = []configKey{
	{"cors.origins", `sites whose pages may ask for links in the reader's browser, such as https://www.example.org; "*" for any (default none)`, func(c *config, v string) (err error) {
		c.Service.Origins, err = web.ParseOrigins(v)
		return err
	}},
	{"proxies.trusted", "proxies in front of serve, such as 127.0.0.1 or 10.0.0.0/8, whose X-Forwarded-For names the reader (default none)", func(c *config, v string) (err error) {
		c.Service.Proxies, err = web.ParseProxies(v)
		return err
	}},
	{"limits.per_address", "requests a second of one address, ten seconds' worth of them at once (default off)", func(c *config, v string) (err error) {
		c.Service.Limits.PerAddress, err = parseRate(v)
		return err
	}},
	{"limits.per_key", "the same of one key of a CMS (default off)", func(c *config, v string) (err error) {
		c.Service.Limits.PerKey, err = parseRate(v)
		return err
	}},
	{"log.access", "one line of log for every request (all), for those that went wrong (errors), or off (default off)", func(c *config, v string) (err error) {
		if isOff(v) {
			v = string(web.NoAccess)
		}
		c.Service.Access, err = web.ParseAccessLog(v)
		return err
	}},
	{"cache.lists", "lists that were made are kept for whoever asks for the same, in about so much memory, such as 64MB; or off (default 256MB, 100,000 lists of five)", func(c *config, v string) (err error) {
		if isOff(v) {
			c.Service.Cache = -1
			return nil
		}
		c.Service.Cache, err = parseBytes(v)
		return err
	}},
	{"snapshots.max_age", "a snapshot older than this, such as 24h, is stale once articles have changed; /v1/status, /metrics and status say so (default off)", func(c *config, v string) (err error) {
		c.Service.MaxAge, err = parseEveryOrOff(v)
		return err
	}},
}

// parseRate reads a number of requests a second; 0 is off.
func parseRate(v string) (float64, error) {
	if isOff(v) {
		return 0, nil
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || !(n >= 0.001 && n <= 1e6) {
		return 0, errors.New("must be off or requests a second, 0.001 to 1000000")
	}
	return n, nil
}
