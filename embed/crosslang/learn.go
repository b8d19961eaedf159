package crosslang

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
	"gonum.org/v1/gonum/mat"
)

// ridge λ is what whitening adds to the squared singular values of a language, whose
// versions have length 1: directions that fewer than about λ versions share count less.
const ridge = 1

// A view is one language's side of the groups.
type view struct {
	lexicon *lexicon
	terms   []uint32      // ids of the terms known, in byte order
	weight  []float32     // of those terms
	groups  []int         // the groups with a version, ascending
	a       *embed.Sparse // terms × groups, columns of length 1 or zero
	u       embed.Dense   // left singular vectors of a
	sigma   []float32     // singular values of a
	fold    embed.Dense   // terms × k: U of the model
}

// learn makes the space of what was counted:
//
//	A_l ≈ U_l·Σ_l·V_lᵀ                  versions in language l, terms × groups
//	Z_l = Σ_l·(Σ_l² + λ)^-½·V_lᵀ        the same, whitened
//	Z   = [Z_1; Z_2; …] ≈ G·S·Hᵀ         one below the other; groups are columns
//	F_l = U_l·(Σ_l² + λ)^-½·G_l·S³      from the terms of l to the common space
//
// where a group without a version in l has a column of zeros in Z_l.
func learn(ctx context.Context, c *corpus, opts Options) (*Model, error) {
	views, groups := c.views()
	if groups < MinGroups {
		return nil, fmt.Errorf("%w: %d groups have texts in two languages, and %d are needed", ErrTooFew, groups, MinGroups)
	}
	if opts.Rank == 0 {
		opts.Rank = min(128, max(32, groups/3))
	}
	shared := c.shared()
	*c = corpus{} // its memory is free for what follows

	step := func(i int) { opts.Progress("decompose", int64(i), int64(len(views)+2)) }
	z := &embed.Sparse{Cols: groups}
	for i, v := range views {
		step(i)
		if err := v.decompose(ctx, opts); err != nil {
			return nil, err
		}
		z.Rows += v.u.Dim
	}
	stack(views, z)
	step(len(views))
	g, s, err := decompose(ctx, z, opts.Rank, opts)
	if err != nil {
		return nil, err
	}
	step(len(views) + 1)
	row := 0
	for _, v := range views {
		rows := v.u.Dim
		if err := v.join(ctx, g, s, row, opts.Workers); err != nil {
			return nil, err
		}
		row += rows
	}
	step(len(views) + 2)
	return newModel(opts.Rules, groups, views, shared), nil
}

// views is the side of each language that has a version with a known term, in the order
// of languages' names, and the number of groups, which are numbered anew from 0.
func (c *corpus) views() (views []*view, groups int) {
	byLang := make(map[*lexicon]*view)
	used := make(map[*lexicon][]bool) // by id: found in a version, and in two texts
	for _, v := range c.versions {
		if used[v.lexicon] == nil {
			used[v.lexicon] = make([]bool, len(v.lexicon.terms))
		}
		for _, id := range v.ids {
			used[v.lexicon][id] = used[v.lexicon][id] || v.lexicon.freq[id] >= 2
		}
	}
	rows := make(map[*lexicon][]uint32) // by id
	for l, used := range used {
		v := &view{lexicon: l, a: &embed.Sparse{Ptr: []int{0}}}
		for id, yes := range used {
			if yes {
				v.terms = append(v.terms, uint32(id))
			}
		}
		if len(v.terms) == 0 {
			continue
		}
		slices.SortFunc(v.terms, func(a, b uint32) int { return cmp.Compare(l.terms[a], l.terms[b]) })
		rows[l] = make([]uint32, len(l.terms))
		for row, id := range v.terms {
			rows[l][id] = uint32(row)
			v.weight = append(v.weight, float32(1+math.Log(float64(1+l.texts)/float64(1+l.freq[id]))))
		}
		v.a.Rows = len(v.terms)
		byLang[l] = v
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b *view) int { return cmp.Compare(a.lexicon.lang, b.lexicon.lang) })

	for group := range chunksBy(c.versions, func(v version) int { return v.group }) {
		group = slices.DeleteFunc(group, func(v version) bool { return byLang[v.lexicon] == nil })
		if len(group) == 0 || group[0].lexicon == group[len(group)-1].lexicon {
			continue
		}
		for versions := range chunksBy(group, func(v version) *lexicon { return v.lexicon }) {
			v := byLang[versions[0].lexicon]
			v.add(versions, used[v.lexicon], rows[v.lexicon], groups)
		}
		groups++
	}
	return views, groups
}

// add makes a column of the versions of one group: the mean of their unit vectors.
func (v *view) add(versions []version, used []bool, rows []uint32, group int) {
	sum := make(map[uint32]float32)
	for _, version := range versions {
		var index []uint32
		var value []float32
		for e, id := range version.ids {
			if used[id] {
				index = append(index, rows[id])
				value = append(value, local(version.counts[e])*v.weight[rows[id]])
			}
		}
		vec.Normalise(value)
		for e, row := range index {
			sum[row] += value[e]
		}
	}
	lo := len(v.a.Index)
	for row := range sum {
		v.a.Index = append(v.a.Index, row)
	}
	slices.Sort(v.a.Index[lo:])
	for _, row := range v.a.Index[lo:] {
		v.a.Value = append(v.a.Value, sum[row])
	}
	vec.Normalise(v.a.Value[lo:])
	v.a.Ptr = append(v.a.Ptr, len(v.a.Index))
	v.a.Cols++
	v.groups = append(v.groups, group)
}

// local is the weight of a term that a text holds so many times.
func local(count float32) float32 { return float32(math.Log1p(float64(count))) }

// A sharedTerm is found in two languages or more.
type sharedTerm struct {
	term   string
	weight float32
}

// shared is the terms found in two languages, in byte order. A term found in all texts
// says nothing and is left out.
func (c *corpus) shared() (shared []sharedTerm) {
	type found struct {
		term string
		freq int
	}
	var all []found
	for _, l := range c.languages {
		for id, term := range l.terms {
			all = append(all, found{term, l.freq[id]})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.term, b.term) })
	for same := range chunksBy(all, func(f found) string { return f.term }) {
		freq := 0
		for _, f := range same {
			freq += f.freq
		}
		if len(same) > 1 && freq < c.texts {
			shared = append(shared, sharedTerm{same[0].term, float32(math.Log(float64(c.texts) / float64(freq)))})
		}
	}
	return shared
}

func (v *view) decompose(ctx context.Context, opts Options) (err error) {
	v.u, v.sigma, err = decompose(ctx, v.a, viewRank, opts)
	if err != nil {
		return fmt.Errorf("crosslang: decompose the texts in %q: %w", v.lexicon.lang, err)
	}
	return nil
}

// viewRank is the greatest number of dimensions kept of each language.
const viewRank = 128

// decompose returns the leading left singular vectors and singular values of a.
func decompose(ctx context.Context, a *embed.Sparse, rank int, opts Options) (embed.Dense, []float32, error) {
	if err := ctx.Err(); err != nil {
		return embed.Dense{}, nil, err
	}
	svd := &lsa.TruncatedSVD{K: rank, Seed: opts.Seed, Workers: opts.Workers}
	svd.Fit(a)
	if len(svd.Sigma) == 0 {
		_, err := svd.Transform(mat.NewDense(max(a.Rows, 1), 1, nil))
		return embed.Dense{}, nil, err
	}
	return svd.U, svd.Sigma, nil
}

// stack sets the columns of z to the whitened columns of all views.
func stack(views []*view, z *embed.Sparse) {
	z.Ptr = make([]int, 1, z.Cols+1)
	next := make([]int, len(views)) // column of each view
	for group := range z.Cols {
		first := 0
		for i, v := range views {
			if j := next[i]; j < len(v.groups) && v.groups[j] == group {
				next[i]++
				column := make([]float32, v.u.Dim)
				index, value := v.a.Col(j)
				vec.Combine(column, v.u.Data, index, value)
				for d, x := range column {
					z.Index = append(z.Index, uint32(first+d))
					z.Value = append(z.Value, x/whiten(v.sigma[d]))
				}
			}
			first += v.u.Dim
		}
		z.Ptr = append(z.Ptr, len(z.Index))
	}
}

// whiten is √(σ² + λ).
func whiten(sigma float32) float32 {
	return float32(math.Sqrt(float64(sigma)*float64(sigma) + ridge))
}

// join sets v.fold from the rows of g that are v's, which begin at row first, and lets
// go of v.a and v.u.
func (v *view) join(ctx context.Context, g embed.Dense, s []float32, first, workers int) error {
	turn := embed.NewDense(v.u.Dim, g.Dim)
	for i := range turn.Rows {
		for j, x := range g.Row(first + i) {
			turn.Row(i)[j] = x * s[j] * s[j] * s[j] / whiten(v.sigma[i])
		}
	}
	all := make([]uint32, turn.Rows)
	for i := range all {
		all[i] = uint32(i)
	}
	v.fold = embed.NewDense(v.u.Rows, g.Dim)
	err := inChunks(ctx, workers, v.u.Rows, 64, func(i int) {
		vec.Combine(v.fold.Row(i), turn.Data, all, v.u.Row(i))
	})
	v.a, v.u = nil, embed.Dense{}
	return err
}

// inChunks calls f with each i below n, until ctx ends, each worker taking size of them
// at a time.
func inChunks(ctx context.Context, workers, n, size int, f func(i int)) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				lo := int(next.Add(int64(size))) - size
				if lo >= n {
					return
				}
				for i := lo; i < min(lo+size, n); i++ {
					f(i)
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
