package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
)

// WriteExcept makes a snapshot that is snapshot id but for these articles, whose
// lists are those that they have in snapshot from, and returns its id. Links to
// articles that id does not know are left out. It is as old as id, and shares all
// files but the links with it. As Write it does not publish, and may be called by one
// process at a time.
//
// The error names an article that is not in both; it is ErrNoList.
func (d *Dir) WriteExcept(ctx context.Context, id, from string, articles []data.ArticleID) (string, error) {
	m, err := d.writeExcept(ctx, id, from, articles)
	if err != nil {
		return "", fmt.Errorf("snapshot: write: %w", err)
	}
	return m.ID, nil
}

// PublishExcept publishes what WriteExcept makes of snapshot id and of what is in service,
// and returns its id. Where it does not come into service, as when somebody decides
// something meanwhile (a *data.ConflictError), nothing is left of it; what a crash leaves
// is an Info.Leftover, which Prune and the next PublishExcept remove.
func (d *Dir) PublishExcept(ctx context.Context, id string, articles []data.ArticleID) (made string, err error) {
	if d.expect == "" { // the lists that stay are to be those in service
		seen, err := d.Revision()
		if err != nil {
			return "", err
		}
		d = d.If(seen)
	}
	if err := d.asSeen(); err != nil { // before a snapshot is made in vain
		return "", fmt.Errorf("snapshot: publish: %w", err)
	}
	if _, err := d.manifest(id); err != nil {
		return "", fmt.Errorf("snapshot: publish: %w", err)
	}
	from, err := d.Published()
	if err != nil {
		return "", err
	}
	if from == "" {
		return "", fmt.Errorf("snapshot: publish: %w", ErrNothingInService)
	}
	if err := d.dropLeftovers(); err != nil {
		return "", err
	}
	if made, err = d.WriteExcept(ctx, id, from, articles); err != nil {
		return "", err
	}
	if err := d.Publish(made); err != nil {
		return "", errors.Join(err, d.discard(made))
	}
	return made, nil
}

// discard removes a snapshot about which nobody has decided anything.
func (d *Dir) discard(id string) error {
	p, err := d.readPointer()
	if err != nil {
		return err
	}
	if _, decided := p.Decisions[id]; decided || slices.Contains(p.Published, id) {
		return nil
	}
	return d.remove(&Manifest{ID: id}, new(Pruning))
}

// dropLeftovers removes what a PublishExcept has left that was cut short.
func (d *Dir) dropLeftovers() error {
	all, err := d.States()
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Leftover {
			if err := d.remove(&all[i].Manifest, new(Pruning)); err != nil {
				return fmt.Errorf("snapshot: remove %s: %w", all[i].ID, err)
			}
		}
	}
	return nil
}

func (d *Dir) writeExcept(ctx context.Context, id, from string, articles []data.ArticleID) (*Manifest, error) {
	next, err := d.Open(id)
	if err != nil {
		return nil, err
	}
	before, err := d.OpenLists(from)
	if err != nil {
		return nil, err
	}
	articles = slices.Compact(slices.Sorted(slices.Values(articles)))
	links, err := next.linksExcept(before, articles)
	if err != nil {
		return nil, err
	}
	m := *next.Manifest()
	m.MostLinks, m.Except = links.K, &Except{Snapshot: id, From: from, Articles: articles}
	fillings := []filling{{linksFile, func(w io.Writer) error { return writeLinks(w, links) }}}
	for _, name := range binaryFiles {
		if name != linksFile {
			fillings = append(fillings, filling{name, nil})
		}
	}
	return &m, d.make(ctx, &m, next, fillings, nil)
}

// linksExcept is all lists of s but for these articles, of which it is those of
// before.
func (s *Snapshot) linksExcept(before *Snapshot, articles []data.ArticleID) (rank.Lists, error) {
	defer runtime.KeepAlive(s)
	k := s.manifest.MostLinks
	for _, other := range []*Snapshot{s, before} {
		k = max(k, other.manifest.MostLinks)
		if !other.HasLinks() {
			k = max(k, other.candidates.k)
		}
	}
	lists := rank.Lists{K: k, Len: make([]int32, s.n), Data: make([]rank.Link, s.n*k)}
	put := func(row int, list []rank.Link) {
		lists.Len[row] = int32(len(list))
		clear(lists.Data[row*k : (row+1)*k])
		copy(lists.Data[row*k:], list)
	}
	for row := range s.n {
		put(row, s.Links(row))
	}
	for _, id := range articles {
		row, ok := s.Row(id)
		if !ok {
			return lists, fmt.Errorf("article %q is not in snapshot %s: it %w to be left out", id, s.ID(), ErrNoList)
		}
		old, ok := before.Row(id)
		if !ok {
			return lists, fmt.Errorf("article %q is not in snapshot %s: it %w to be kept", id, before.ID(), ErrNoList)
		}
		var kept []rank.Link
		for _, link := range before.Links(old) {
			if to, ok := s.Row(before.ArticleID(int(link.Row))); ok {
				link.Row = int32(to)
				kept = append(kept, link)
			}
		}
		put(row, kept)
	}
	return lists, nil
}
