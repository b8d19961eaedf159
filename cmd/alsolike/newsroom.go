package main

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the zones, where the machine has no list of them, as in small containers

	"github.com/alsolike/alsolike/data/record"
)

var newsroomKeys = []configKey{
	{"newsroom.timezone", "in which the dates of rules are, such as Europe/Berlin (default UTC)", func(c *config, v string) error {
		zone, err := time.LoadLocation(v)
		if err != nil || v == "" || v == "Local" {
			return fmt.Errorf("must be the name of a time zone, such as Europe/Berlin, Asia/Taipei or UTC")
		}
		c.Zone = zone
		return nil
	}},
}

// zone is the newsroom's time zone.
func (e *env) zone() (*time.Location, error) {
	conf, err := e.loadConfig()
	if err != nil {
		return nil, err
	}
	if conf.Zone == nil {
		return time.UTC, nil
	}
	return conf.Zone, nil
}

// parseTimeIn reads what parseTime does; without a zone of its own it is in that one.
func parseTimeIn(zone *time.Location, flag, s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if _, ok := record.ParseTime(s); !ok {
			break
		}
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return parseTime(flag, s)
}
