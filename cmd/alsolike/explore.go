package main

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web"
)

// exploreKeys are the settings of lists drawn at random.
var exploreKeys = []configKey{
	{"explore.share", "serve draws this share of the lists at random, for an evaluation, such as 5% (default off)", func(c *config, v string) (err error) {
		if isOff(v) {
			c.Explore.Share = 0
			return nil
		}
		if c.Explore.Share, err = parseShare(v); err != nil {
			return errors.New("must be off or a share such as 0.05 or 5%")
		}
		return nil
	}},
	{"explore.pool", "from so many of the best links (default 12)", func(c *config, v string) (err error) {
		c.Explore.Pool, err = parseInt(v, 2, web.MaxLimit)
		return err
	}},
	{"explore.keep", "links at the top that stay as they are (default 0: one that never moves tells nothing of its place)", func(c *config, v string) (err error) {
		c.Explore.Keep, err = parseInt(v, 0, web.MaxLimit-2)
		return err
	}},
	{"explore.temperature", "the score that makes a link's chance e times larger; lower is nearer to the usual list (default: of the snapshot)", func(c *config, v string) (err error) {
		c.Explore.Temperature, err = strconv.ParseFloat(v, 64)
		if err != nil || !(c.Explore.Temperature > 0) || math.IsInf(c.Explore.Temperature, 1) {
			return errors.New("must be a number above 0, such as 0.1; leave it out for the default")
		}
		return nil
	}},
}

// checkExplore holds the settings of exploration to one another.
func (c *config) checkExplore() error {
	pool := cmp.Or(c.Explore.Pool, recommend.DefaultPool)
	if c.Explore.Keep > pool-2 {
		return usagef("explore.keep is %d, and lists are drawn from %d links (explore.pool); keep at most %d, so that there is something to draw", c.Explore.Keep, pool, pool-2)
	}
	return nil
}

// parseShare reads a share: 0.05 or 5%.
func parseShare(s string) (float64, error) {
	number, percent := strings.CutSuffix(s, "%")
	share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, errors.New("must be a share such as 0.05 or 5%")
	}
	return share, nil
}
