package recommend

import (
	"cmp"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// A Placement is a place on the site's pages where links are shown. What a Query
// says counts before what its placement says; filters hold both.
type Placement struct {
	Count     int       // most links; 0 means DefaultLimit
	Languages Languages // of the links; empty means OwnLanguage
	Filter    Filter    // that links must pass, pins too
	Since     Since     // from when on they are published; beside Filter.Since
	Threshold *int      // least score of a link of the algorithm, 0–100; nil: as Options has it
	Fallback  Fallback  // what fills a short list; empty means NoFallback
}

func (p *Placement) validate() error {
	if p.Count < 0 {
		return &data.InvalidError{Field: "count", Reason: fmt.Sprintf("is %d; it must be above 0", p.Count)}
	}
	if _, err := ParseLanguages(string(cmp.Or(p.Languages, OwnLanguage))); err != nil {
		return err
	}
	if _, err := ParseFallback(string(cmp.Or(p.Fallback, NoFallback))); err != nil {
		return err
	}
	if p.Since != "" {
		if _, err := ParseSince(string(p.Since)); err != nil {
			return err
		}
	}
	if p.Threshold != nil {
		return checkThreshold(*p.Threshold)
	}
	return nil
}
