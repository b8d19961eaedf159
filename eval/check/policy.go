package check

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/pack"
)

// policies keeps every policy once.
type policies struct {
	of    map[string]int32
	all   []pack.Policy // of codes of articles
	buf   []byte
	drawn bool // some list was drawn at random
}

func newPolicies() *policies { return &policies{of: map[string]int32{}} }

func (ps *policies) add(p *clicklog.Policy, code func(string) int32) int32 {
	b := append(ps.buf[:0], p.Kind...)
	b = binary.AppendVarint(append(b, 0), int64(p.Keep))
	for i, id := range p.Pool {
		b = binary.LittleEndian.AppendUint32(b, uint32(code(string(id))))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Logits[i]))
	}
	ps.buf = b
	if n, ok := ps.of[string(b)]; ok {
		return n
	}
	n := int32(len(ps.all))
	ps.of[string(b)] = n
	kept := pack.Policy{Kind: p.Kind, Keep: p.Keep}
	for i, id := range p.Pool {
		kept.Pool = append(kept.Pool, code(string(id)))
		kept.Logits = append(kept.Logits, p.Logits[i])
	}
	ps.all = append(ps.all, kept)
	return n
}

// rounding is by how much a chance of 1 may be missed by who adds up weights.
const rounding = 1e-9

func isRandom(kind string) bool { return kind != "" && kind != "fixed" }

// propensities looks at the chances that im tells, in r.sort, and reports whether
// they can be used.
func (r *rows) propensities(im *clicklog.Impression) bool {
	logged, outside, uncertain := 0, false, false
	for i := range r.sort {
		p := r.sort[i].P
		if p > 1 && p <= 1+rounding {
			p = 1
			r.sort[i].P = p
		}
		if !math.IsNaN(p) {
			logged++
			outside = outside || p <= 0 || p > 1
			uncertain = uncertain || p < 1
		}
	}
	missing := logged < len(r.sort) && (logged > 0 || isRandom(im.Policy.Kind))
	if outside {
		r.out.found(propensityOutside, im.ID)
	}
	if missing {
		r.out.found(propensityMissing, im.ID)
	}
	if outside || missing {
		return false
	}
	r.policies.drawn = r.policies.drawn || isRandom(im.Policy.Kind) || uncertain
	if im.Policy.Kind == "plackett-luce" && logged > 0 {
		if own, ok := r.listChance(&im.Policy); !ok || math.Abs(own) > maxPolicyGap {
			r.out.found(propensityDiffers, im.ID)
			return false
		}
	}
	return true
}

// maxPolicyGap is how far the logged chance of a list may be from that of its
// policy, as a share of it.
const maxPolicyGap = 1e-6

// listChance is the logarithm of the logged chance of the list in r.sort over that
// of its Plackett-Luce policy: the first Keep free slots hold the first items of
// the pool for certain, every further one draws item i with chance
// exp(logit_i) / Σ exp(logit_j) over what is left of the pool. Pinned and filled
// slots are no draws. It reports false if an item could not have been drawn.
func (r *rows) listChance(policy *clicklog.Policy) (gap float64, ok bool) {
	most := math.Inf(-1)
	for _, logit := range policy.Logits {
		most = max(most, logit)
	}
	weights := r.weights[:0] // of what can still be drawn; 0: drawn, or put in place by somebody else
	for _, logit := range policy.Logits {
		weights = append(weights, math.Exp(logit-most))
	}
	r.weights = weights
	for i := range r.sort {
		if flagsOf(r.sort[i].Slot) != 0 {
			if at := slices.Index(policy.Pool, r.sort[i].Item); at >= 0 {
				weights[at] = 0
			}
		}
	}
	free := 0
	for i := range r.sort {
		if flagsOf(r.sort[i].Slot) != 0 {
			continue
		}
		at := slices.Index(policy.Pool, r.sort[i].Item)
		if at < 0 || weights[at] == 0 {
			return 0, false
		}
		own := 1.0
		if free >= policy.Keep {
			sum := 0.0
			for _, w := range weights {
				sum += w
			}
			own = weights[at] / sum
		} else if first := slices.IndexFunc(weights, func(w float64) bool { return w > 0 }); first != at {
			return 0, false
		}
		gap += math.Log(r.sort[i].P / own)
		weights[at] = 0
		free++
	}
	return gap, true
}
