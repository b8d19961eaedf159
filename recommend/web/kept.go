package web

import (
	"sync"
	"sync/atomic"
)

// kept are answers of one version, by what was asked. When so many bytes are filled
// they begin anew, and what is not asked for until half of these are filled again is
// forgotten: so they take half as much again for a while.
type kept struct {
	most int64
	now  atomic.Pointer[keptVersion]
}

// A keptVersion is the answers of one version: those of late, and the ones before.
type keptVersion struct {
	version    uint64
	young, old *keptAnswers
}

type keptAnswers struct {
	bytes   atomic.Int64
	answers sync.Map // of *answer, by request
}

// mostKept is how many bytes lists may take that were made already, some 100,000 of
// five links. Those that were asked for compressed take a third more.
const mostKept = 256 << 20

// aboutAnswer is how many bytes an answer takes beside the request and the body.
const aboutAnswer = 600

func newKept(most int64) *kept {
	k := &kept{most: most}
	k.now.Store(&keptVersion{young: new(keptAnswers), old: new(keptAnswers)})
	return k
}

// get is the answer to a request in that version; nil if there is none.
func (k *kept) get(version uint64, request string) *answer {
	now := k.now.Load()
	if now.version != version {
		return nil
	}
	if a, ok := now.young.answers.Load(request); ok {
		return a.(*answer)
	}
	a, ok := now.old.answers.Load(request)
	if !ok {
		return nil
	}
	k.put(version, request, a.(*answer))
	return a.(*answer)
}

// put keeps the answer to a request. The version must have been asked for before the
// answer was made.
func (k *kept) put(version uint64, request string, a *answer) {
	now := k.now.Load()
	switch {
	case now.version < version:
		now = k.turn(now, &keptVersion{version, new(keptAnswers), new(keptAnswers)})
	case now.version == version && now.young.bytes.Load() > k.most/2 && now.young.bytes.Load()+now.old.bytes.Load() > k.most:
		now = k.turn(now, &keptVersion{version, new(keptAnswers), now.young})
	}
	if now.version != version { // a newer one, meanwhile
		return
	}
	if _, known := now.young.answers.LoadOrStore(request, a); !known {
		now.young.bytes.Add(int64(len(request)+len(a.plain.bytes)) + aboutAnswer)
	}
}

// turn puts next in the place of now, unless another was quicker, and returns what
// stands there then.
func (k *kept) turn(now, next *keptVersion) *keptVersion {
	if k.now.CompareAndSwap(now, next) {
		return next
	}
	return k.now.Load()
}
