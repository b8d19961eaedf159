package ingest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/langdetect"
)

const (
	// mainShare of the articles whose language is known are in the main one.
	mainShare = 0.9
	// mainArticles is how many there must be of these.
	mainArticles = 20
)

// mainLanguage is the language that nearly all articles are in whose language is
// known, in the region that most of these name; "": there is none. The two
// scripts of Chinese count as two languages here.
func mainLanguage(counts data.LangCounts) data.Lang {
	known, of := 0, map[data.Lang]int{}
	tags := slices.SortedFunc(maps.Keys(counts.All), func(a, b data.Lang) int {
		return cmp.Or(counts.All[b]-counts.All[a], cmp.Compare(a, b))
	})
	for _, tag := range tags {
		if tag.Base() == data.Undetermined {
			continue
		}
		n := counts.All[tag] - counts.Assumed[tag]
		known += n
		of[written(tag)] += n
	}
	if known < mainArticles {
		return ""
	}
	for _, tag := range tags {
		if float64(of[written(tag)]) >= mainShare*float64(known) {
			return tag
		}
	}
	return ""
}

// written is lang without its region, but for Chinese with its script.
func written(lang data.Lang) data.Lang {
	if lang.Base() == "zh" {
		return lang
	}
	return lang.Base()
}

// undetermined reports whether a is in no known language, and might take the main one.
func (l *Languages) undetermined(a *data.Article) bool {
	l = l.orAll()
	return a.Lang == data.Undetermined && l.detector != nil && l.standard == ""
}

// lettersOf are what a is written in.
func lettersOf(a *data.Article) langdetect.Letters {
	return langdetect.LettersOf(a.Title, a.Summary, a.Body)
}

// setMain gives a, which is in no known language, the main one ("": none) if its
// letters allow that.
func setMain(a *data.Article, main data.Lang) {
	a.Lang, a.LangConfidence = data.Undetermined, 0
	if main != "" && lettersOf(a).Fit(main) {
		a.Lang, a.LangConfidence = main, data.AssumedConfidence
	}
}

// A LanguageCounter counts the articles of a site by their language.
type LanguageCounter interface {
	CountLanguages(ctx context.Context) (data.LangCounts, error)
}

// Assume gives those of articles that are in no known language the main one of
// the site, as the store's counts tell it at present; see Decisions.
func (l *Languages) Assume(ctx context.Context, store LanguageCounter, articles []data.Article) error {
	unknown := func(a data.Article) bool { return l.undetermined(&a) }
	if !slices.ContainsFunc(articles, unknown) {
		return nil
	}
	counts, err := store.CountLanguages(ctx)
	if err != nil {
		return err
	}
	main := mainLanguage(counts)
	for i := range articles {
		if unknown(articles[i]) {
			setMain(&articles[i], main)
		}
	}
	return nil
}

// An unknown is what an import keeps of an article in no known language until it
// knows the main one.
type unknown struct {
	letters langdetect.Letters
	before  data.Lang // that it is stored with until then
	same    bool      // as it was in the store already
}

// note notes a if it is in no known language and might take the main one.
func (im *importer) note(a *data.Article, l *Languages) {
	delete(im.unknown, a.ID)
	if l.undetermined(a) {
		im.unknown[a.ID] = unknown{letters: lettersOf(a), before: data.Undetermined}
	}
}

// hold leaves the articles in no known language what they have in the store,
// where that was assumed, until the import knows better: those that did not
// change are not stored twice.
func (im *importer) hold(ctx context.Context, articles []data.Article) error {
	for i := range articles {
		a := &articles[i]
		u, ok := im.unknown[a.ID]
		if !ok || im.store == nil {
			continue
		}
		old, err := im.store.Article(ctx, a.ID)
		if errors.Is(err, data.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if old.LangConfidence == data.AssumedConfidence {
			a.Lang, a.LangConfidence, u.before = old.Lang, old.LangConfidence, old.Lang
		}
		u.same = old.Hash() == a.Hash()
		im.unknown[a.ID] = u
	}
	return nil
}

// countLanguage counts n articles like a. What is held is in no known language yet.
func (im *importer) countLanguage(a *data.Article, n int) {
	lang, confidence := a.Lang, a.LangConfidence
	if _, ok := im.unknown[a.ID]; ok {
		lang, confidence = data.Undetermined, 0
	}
	im.summary.Languages.Add(lang, confidence, n)
}

// siteLanguages counts the articles of the store as they are by now or, in a dry
// run, would be.
func (im *importer) siteLanguages(ctx context.Context) (data.LangCounts, error) {
	counts := data.NewLangCounts()
	if im.store != nil {
		var err error
		if counts, err = im.store.CountLanguages(ctx); err != nil || !im.opts.DryRun {
			return counts, err
		}
	}
	for lang, n := range im.summary.Languages.All {
		counts.All[lang] += n
	}
	for lang, n := range im.replaced.All {
		counts.All[lang] -= n
	}
	for lang, n := range im.replaced.Assumed {
		counts.Assumed[lang] -= n
	}
	return counts, nil
}

// assume gives the articles in no known language the main one of the site.
func (im *importer) assume(ctx context.Context) error {
	if len(im.unknown) == 0 {
		return nil
	}
	counts, err := im.siteLanguages(ctx)
	if err != nil {
		return err
	}
	main := mainLanguage(counts)
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(im.unknown)), batchArticles) {
		if err := im.assumeBatch(ctx, ids, main); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) assumeBatch(ctx context.Context, ids []data.ArticleID, main data.Lang) error {
	var changed []data.ArticleID
	var updated int
	summary := &im.summary
	for _, id := range ids {
		u, lang := im.unknown[id], data.Undetermined
		delete(im.unknown, id)
		if main != "" && u.letters.Fit(main) {
			lang = main
			summary.Languages.Add(data.Undetermined, 0, -1)
			summary.Languages.Add(main, data.AssumedConfidence, 1)
		}
		if lang != u.before {
			changed = append(changed, id)
			if u.same {
				updated++
			}
		}
	}
	summary.Unchanged -= updated
	summary.Updated += updated
	if im.opts.DryRun || len(changed) == 0 {
		return ctx.Err()
	}
	_, err := im.store.ChangeArticles(context.WithoutCancel(ctx), changed, func(a *data.Article) {
		if a.Lang == data.Undetermined || a.LangConfidence == data.AssumedConfidence { // else somebody has changed it since
			setMain(a, main)
		}
	})
	return cmp.Or(err, ctx.Err())
}
