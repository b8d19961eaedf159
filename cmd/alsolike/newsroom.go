package main

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zones, where the machine has no list of them, as in small containers

	"github.com/alsolike/alsolike/data/record"
)

var newsroomKeys = []configKey{
	{"newsroom.timezone", "in which dates and times of rules, overrides and the history are that say no other zone, such as Europe/Berlin (default UTC)", func(c *config, v string) error {
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
	if t, ok := record.ParseTimeIn(s, zone); ok {
		return t.In(zone), nil
	}
	return parseTime(flag, s)
}
