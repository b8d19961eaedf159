package eval

import (
	"github.com/alsolike/alsolike/eval/pack"
)

// likelyHours are the hours of the impressions. A pack may have lost the hour of
// some and say the first of their day; their hour is then the first of that day at
// which the same articles existed, and at which their variant showed their
// snapshot, as far as the other impressions tell.
func likelyHours(p *pack.Pack) []int32 {
	im := &p.Impressions
	if p.Checks[pack.Pooled] == 0 {
		return im.Hour
	}
	type serving struct {
		variant  uint8
		snapshot int16
	}
	type hours struct{ first, last int32 }
	widen := func(h hours, known bool, hour int32) hours {
		if !known {
			return hours{hour, hour}
		}
		return hours{min(h.first, hour), max(h.last, hour)}
	}
	moments, servings := map[int32]hours{}, map[serving]hours{}
	for t, hour := range im.Hour {
		if hour%hoursOfDay == 0 {
			continue // may be any hour of the day
		}
		m, known := moments[im.Moment[t]]
		moments[im.Moment[t]] = widen(m, known, hour)
		key := serving{im.Variant[t], im.Snapshot[t]}
		s, known := servings[key]
		servings[key] = widen(s, known, hour)
	}
	likely := make([]int32, len(im.Hour))
	for t, hour := range im.Hour {
		likely[t] = hour
		if hour%hoursOfDay != 0 {
			continue
		}
		last := hour + hoursOfDay - 1 // of the day
		if m, ok := moments[im.Moment[t]]; ok && m.first <= last {
			likely[t] = max(hour, m.first)
		}
		if s, ok := servings[serving{im.Variant[t], im.Snapshot[t]}]; ok && s.first <= last && s.last >= hour {
			likely[t] = min(max(likely[t], s.first), s.last)
		}
	}
	return likely
}
