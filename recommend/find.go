package recommend

import (
	"runtime/debug"

	"github.com/alsolike/alsolike/data"
)

// Find is the id of the article that has the id name, or else the URL name, in any
// spelling. It is not ok if there is none, or no snapshot in service.
func (e *Engine) Find(name string) (id data.ArticleID, ok bool) {
	v := e.view.Load()
	if v.snapshot == nil {
		return "", false
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if faultError(recover(), v.snapshot, nil) != nil {
			id, ok = "", false
		}
	}()
	card, _, ok := v.find(data.ArticleID(name))
	if !ok {
		card, _, ok = v.findURL(name)
	}
	return card.ID, ok
}
