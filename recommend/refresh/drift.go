package refresh

import (
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// The bounds past which a full refresh is due; see the package comment.
const (
	mostFolded    = 0.25 // share of the articles that came after the fit
	mostUnknown   = 0.10 // more of their terms unknown than at the fit
	leastEnergy   = 0.70 // of the energy at the fit
	leastToJudge  = 50   // articles folded in before their terms and energy mean something
	sampleTexts   = 512
	longestSample = 64 << 10 // bytes of a text in the sample
)

// A sample is of the texts that a model is fitted to: those with the smallest
// hashes. The zero value is empty.
type sample struct{ texts sampleHeap }

type sampled struct {
	key  uint64
	text embed.Text
}

// offer takes the text of an article with that hash if it is of the sample.
func (s *sample) offer(hash [sha256.Size]byte, text embed.Text) {
	key := binary.LittleEndian.Uint64(hash[:])
	if len(s.texts) == sampleTexts && key >= s.texts[0].key || textBytes(text) > longestSample {
		return
	}
	text.Fields = append([]embed.Field(nil), text.Fields...)
	for i := range text.Fields { // they may alias the whole article
		text.Fields[i].Text = strings.Clone(text.Fields[i].Text)
	}
	heap.Push(&s.texts, sampled{key, text})
	if len(s.texts) > sampleTexts {
		heap.Pop(&s.texts)
	}
}

func textBytes(text embed.Text) (n int) {
	for _, f := range text.Fields {
		n += len(f.Text)
	}
	return n
}

// baseline is how well a model knows the sample of what it was fitted to.
func (s *sample) baseline(model *lsa.Model) snapshot.Drift {
	var known knowledge
	for _, one := range s.texts {
		_, folded := model.Fold(one.text)
		known.add(snapshot.Folded(folded))
	}
	unknown, energy := known.means()
	return snapshot.Drift{UnknownAtFit: unknown, EnergyAtFit: energy}
}

// sampleHeap has the greatest key at its root.
type sampleHeap []sampled

func (h sampleHeap) Len() int           { return len(h) }
func (h sampleHeap) Less(i, j int) bool { return h[i].key > h[j].key }
func (h sampleHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sampleHeap) Push(x any)        { *h = append(*h, x.(sampled)) }
func (h *sampleHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// knowledge sums up how well a model knows some texts.
type knowledge struct {
	texts          int
	terms, unknown float64
	energy         float64
}

func (k *knowledge) add(f snapshot.Folded) {
	k.texts++
	k.terms += float64(f.Terms)
	k.unknown += float64(f.Unknown)
	k.energy += float64(f.Energy)
}

// means are the share of all their terms that is unknown, and the mean of their
// energies; 0 of nothing.
func (k *knowledge) means() (unknown, energy float64) {
	if k.terms > 0 {
		unknown = k.unknown / k.terms
	}
	if k.texts > 0 {
		energy = k.energy / float64(k.texts)
	}
	return unknown, energy
}

// drift compares the articles folded in with what the model knew at the fit, of
// which atFit tells.
func (c *corpus) drift(atFit snapshot.Drift) snapshot.Drift {
	d := snapshot.Drift{UnknownAtFit: atFit.UnknownAtFit, EnergyAtFit: atFit.EnergyAtFit}
	var known knowledge
	for row := range c.origins {
		if f := c.origins[row].Folded; f.Terms > 0 {
			known.add(f)
		}
	}
	d.Folded = known.texts
	if n := c.countOnSite(); n > 0 {
		d.Share = float64(known.texts) / float64(n)
	}
	d.Unknown, d.Energy = known.means()
	d.Due = due(d)
	return d
}

// due says in words why a full refresh is due; "" if none is.
func due(d snapshot.Drift) string {
	switch {
	case d.Share > mostFolded:
		return fmt.Sprintf("%.0f %% of the articles came or changed since the model was fitted, more than %.0f %%", 100*d.Share, 100*mostFolded)
	case d.Folded < leastToJudge:
		return ""
	case d.Unknown > d.UnknownAtFit+mostUnknown:
		return fmt.Sprintf("the model does not know %.0f %% of the terms of articles that came since it was fitted; then it was %.0f %%", 100*d.Unknown, 100*d.UnknownAtFit)
	case d.Energy < leastEnergy*d.EnergyAtFit:
		return fmt.Sprintf("the model captures %.0f %% of the energy of articles that came since it was fitted; then it was %.0f %%", 100*d.Energy, 100*d.EnergyAtFit)
	}
	return ""
}
