package fetch

import "net/url"

// ToUTF8 is toUTF8, and RobotsAllow what a robots.txt says to a robot of a URL.
var ToUTF8 = toUTF8

func RobotsAllow(text, robot string, u *url.URL) bool {
	return parseRobots([]byte(text), robot).allow(u)
}
