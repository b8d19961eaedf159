package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/alsolike/alsolike/data"
)

const (
	cardColumns    = `id, title, url, section, lang, image_src, image_alt, published_at, translation_of, state, no_link_to, no_links, tags, type, series, part, canonical_url, evergreen, authors`
	articleColumns = cardColumns + `, updated_at, summary, body, lang_confidence`

	putArticle = `INSERT INTO article (revision, hash, url_key, ` + articleColumns + `)
		VALUES (?,?,?, ?,?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, hash = excluded.hash,
			url_key = excluded.url_key, title = excluded.title, url = excluded.url, section = excluded.section, lang = excluded.lang,
			image_src = excluded.image_src, image_alt = excluded.image_alt, published_at = excluded.published_at,
			translation_of = excluded.translation_of, state = excluded.state, no_link_to = excluded.no_link_to,
			no_links = excluded.no_links, updated_at = excluded.updated_at, type = excluded.type,
			series = excluded.series, part = excluded.part, canonical_url = excluded.canonical_url,
			evergreen = excluded.evergreen, tags = excluded.tags, authors = excluded.authors,
			summary = excluded.summary, body = excluded.body, lang_confidence = excluded.lang_confidence`
)

// PutArticles stores articles, in this order, in one transaction: all of them
// or, on an error, none. One whose id is known replaces the older in every
// field; one with the same content (data.Article.Hash) changes nothing.
// Every article must be valid (data.Article.Validate).
func (s *Store) PutArticles(ctx context.Context, articles []data.Article) (data.Changes, error) {
	for i := range articles {
		if err := articles[i].Validate(); err != nil {
			return data.Changes{}, fmt.Errorf("sqlite: store article %q: %w", articles[i].ID, err)
		}
	}
	var changes data.Changes
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		p, err := newPutter(ctx, tx)
		if err != nil {
			return err
		}
		for i := range articles {
			if err := p.put(ctx, &articles[i]); err != nil {
				return fmt.Errorf("article %q: %w", articles[i].ID, err)
			}
		}
		changes = p.changes
		return p.finish(ctx, tx)
	})
	if err != nil {
		return data.Changes{}, fmt.Errorf("sqlite: store %d articles: %w", len(articles), err)
	}
	return changes, nil
}

// A putter stores the articles of one transaction.
type putter struct {
	hash     *sql.Stmt
	insert   *sql.Stmt
	revision int64 // that the transaction gets if it changes anything
	digest   data.Digest
	changes  data.Changes
}

func newPutter(ctx context.Context, tx *sql.Tx) (*putter, error) {
	var p putter
	var err error
	var digest []byte
	if err = tx.QueryRowContext(ctx, `SELECT articles + 1, digest FROM revision`).Scan(&p.revision, &digest); err != nil {
		return nil, err
	}
	p.digest = data.Digest(digest)
	if p.hash, err = tx.PrepareContext(ctx, `SELECT hash FROM article WHERE id = ?`); err != nil {
		return nil, err
	}
	if p.insert, err = tx.PrepareContext(ctx, putArticle); err != nil {
		return nil, err
	}
	return &p, nil
}

func (p *putter) put(ctx context.Context, a *data.Article) error {
	hash := a.Hash()
	var stored []byte
	switch err := p.hash.QueryRowContext(ctx, string(a.ID)).Scan(&stored); {
	case errors.Is(err, sql.ErrNoRows):
		p.changes.Added++
	case err != nil:
		return err
	case bytes.Equal(stored, hash[:]):
		p.changes.Unchanged++
		return nil
	default:
		p.changes.Updated++
		p.digest.Toggle([len(hash)]byte(stored))
	}
	p.digest.Toggle(hash)
	state := a.State
	if state == "" {
		state = data.Published
	}
	_, err := p.insert.ExecContext(ctx, p.revision, hash[:], data.CanonicalURL(a.URL),
		string(a.ID), a.Title, a.URL, a.Section, string(a.Lang), a.Image.Src, a.Image.Alt, formatTime(a.PublishedAt),
		string(a.TranslationOf), string(state), a.NoLinkTo, a.NoLinks, formatList(a.Tags),
		a.Type, a.Series, a.Part, a.CanonicalURL, a.Evergreen, formatList(a.Authors),
		formatTime(a.UpdatedAt), a.Summary, a.Body, a.LangConfidence)
	return err
}

// finish counts the transaction's revision up if it changed anything.
func (p *putter) finish(ctx context.Context, tx *sql.Tx) error {
	if p.changes.Added+p.changes.Updated == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE revision SET articles = ?, digest = ?`, p.revision, p.digest[:])
	return err
}

// Article is the article of that id, or data.ErrNotFound.
func (s *Store) Article(ctx context.Context, id data.ArticleID) (data.Article, error) {
	a, err := scanArticle(s.read.QueryRowContext(ctx, `SELECT `+articleColumns+` FROM article WHERE id = ?`, string(id)))
	if err != nil {
		return data.Article{}, fmt.Errorf("sqlite: load article %q: %w", id, s.explain(ctx, err))
	}
	return a, nil
}

// ArticleByURL is the article with that URL, in any spelling
// (data.CanonicalURL), of several the one with the smallest id, or
// data.ErrNotFound.
func (s *Store) ArticleByURL(ctx context.Context, url string) (data.Article, error) {
	a, err := scanArticle(s.read.QueryRowContext(ctx,
		`SELECT `+articleColumns+` FROM article WHERE url_key = ? AND url_key <> '' ORDER BY id LIMIT 1`, data.CanonicalURL(url)))
	if err != nil {
		return data.Article{}, fmt.Errorf("sqlite: load article with URL %q: %w", url, s.explain(ctx, err))
	}
	return a, nil
}

// Articles yields every article, in every state, in id order (of bytes). An
// error is the last thing it yields.
func (s *Store) Articles(ctx context.Context) iter.Seq2[data.Article, error] {
	return s.articles(ctx, s.read)
}

// ReadArticles calls f with one unchanging view of the store: its revision and
// its articles as Articles yields them, which f may go through more than once.
// Nothing of it may be used after f has returned. It returns f's error.
func (s *Store) ReadArticles(ctx context.Context, f func(rev data.Revision, articles iter.Seq2[data.Article, error]) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("sqlite: load articles: %w", s.explain(ctx, err))
	}
	defer tx.Rollback()
	rev, err := s.revision(ctx, tx) // the first query fixes what the others see
	if err != nil {
		return err
	}
	return f(rev, s.articles(ctx, tx))
}

// ReadChanges calls f with one unchanging view of the store: its revision, the
// digest of all articles, and those that changed after revision since
// (data.Revision.Articles), in id order (of bytes), which f may go through more
// than once. Nothing of it may be used after f has returned. It returns f's error.
func (s *Store) ReadChanges(ctx context.Context, since int64, f func(rev data.Revision, all data.Digest, changed iter.Seq2[data.Article, error]) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("sqlite: load changes: %w", s.explain(ctx, err))
	}
	defer tx.Rollback()
	var rev data.Revision
	var digest []byte
	if err := tx.QueryRowContext(ctx, `SELECT articles, overrides, digest FROM revision`).Scan(&rev.Articles, &rev.Overrides, &digest); err != nil {
		return fmt.Errorf("sqlite: load changes: %w", s.explain(ctx, err))
	}
	return f(rev, data.Digest(digest), s.collectArticles(ctx, "load changes", tx,
		`SELECT `+articleColumns+` FROM article WHERE revision > ? ORDER BY +id`, since))
}

// TextSize measures the articles on the site. It reads no text.
func (s *Store) TextSize(ctx context.Context) (data.TextSize, error) {
	var size data.TextSize
	err := s.read.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(translation_of <> ''), 0),
		coalesce(sum(octet_length(title) + octet_length(summary) + octet_length(body)), 0)
		FROM article WHERE state <> ?`, string(data.Unpublished)).Scan(&size.Articles, &size.Translations, &size.Bytes)
	if err != nil {
		return data.TextSize{}, fmt.Errorf("sqlite: measure the texts: %w", s.explain(ctx, err))
	}
	return size, nil
}

// A querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Store) articles(ctx context.Context, q querier) iter.Seq2[data.Article, error] {
	return s.collectArticles(ctx, "load articles", q, `SELECT `+articleColumns+` FROM article ORDER BY id`)
}

// CardsSince yields the cards of the articles that changed after revision rev
// (data.Revision.Articles), oldest change first, then in id order. An error is
// the last thing it yields.
func (s *Store) CardsSince(ctx context.Context, rev int64) iter.Seq2[data.Card, error] {
	return collect(ctx, s, "load cards", scanCard, s.read,
		`SELECT `+cardColumns+` FROM article WHERE revision > ? ORDER BY revision, id`, rev)
}

// CountArticles counts the articles by state.
func (s *Store) CountArticles(ctx context.Context) (map[data.State]int, error) {
	counts := map[data.State]int{}
	rows, err := s.read.QueryContext(ctx, `SELECT state, count(*) FROM article GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("sqlite: count articles: %w", s.explain(ctx, err))
	}
	defer rows.Close()
	for rows.Next() {
		var state data.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("sqlite: count articles: %w", err)
		}
		counts[state] = n
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: count articles: %w", s.explain(ctx, err))
	}
	return counts, nil
}

// CountLanguages counts the articles by language, in whatever state.
func (s *Store) CountLanguages(ctx context.Context) (data.LangCounts, error) {
	counts := data.NewLangCounts()
	rows, err := s.read.QueryContext(ctx, `SELECT lang, lang_confidence, count(*) FROM article GROUP BY lang, lang_confidence`)
	if err != nil {
		return data.LangCounts{}, fmt.Errorf("sqlite: count languages: %w", s.explain(ctx, err))
	}
	defer rows.Close()
	for rows.Next() {
		var lang data.Lang
		var confidence float64
		var n int
		if err := rows.Scan(&lang, &confidence, &n); err != nil {
			return data.LangCounts{}, fmt.Errorf("sqlite: count languages: %w", err)
		}
		counts.Add(lang, confidence, n)
	}
	if err := rows.Err(); err != nil {
		return data.LangCounts{}, fmt.Errorf("sqlite: count languages: %w", s.explain(ctx, err))
	}
	return counts, nil
}

// Revision is the store's present revision: one row, cheap enough to be asked
// many times a second. It is an error if the store's file was deleted or
// replaced, so that whoever watches the store hears of it.
func (s *Store) Revision(ctx context.Context) (data.Revision, error) {
	if err := s.checkFile(); err != nil {
		return data.Revision{}, fmt.Errorf("sqlite: load revision: %w", err)
	}
	return s.revision(ctx, s.read)
}

func (s *Store) revision(ctx context.Context, q querier) (data.Revision, error) {
	var rev data.Revision
	if err := q.QueryRowContext(ctx, `SELECT articles, overrides FROM revision`).Scan(&rev.Articles, &rev.Overrides); err != nil {
		return data.Revision{}, fmt.Errorf("sqlite: load revision: %w", s.explain(ctx, err))
	}
	return rev, nil
}

// collectArticles is collect for queries of the articleColumns.
func (s *Store) collectArticles(ctx context.Context, doing string, q querier, query string, args ...any) iter.Seq2[data.Article, error] {
	return func(yield func(data.Article, error) bool) {
		collect(ctx, s, doing, articleScan(), q, query, args...)(yield)
	}
}

// collect yields what scan makes of every row of a query; doing names it in errors.
func collect[T any](ctx context.Context, s *Store, doing string, scan func(scanner) (T, error), q querier, query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := q.QueryContext(ctx, query, args...)
		if err != nil {
			yield(zero, fmt.Errorf("sqlite: %s: %w", doing, s.explain(ctx, err)))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				yield(zero, fmt.Errorf("sqlite: %s: %w", doing, err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, fmt.Errorf("sqlite: %s: %w", doing, s.explain(ctx, err)))
		}
	}
}

// A scanner is a row.
type scanner interface{ Scan(dest ...any) error }

// cardRow is what the cardColumns of a row are scanned into: plain strings, for
// others take database/sql long.
type cardRow struct {
	data.Article
	published, tags, authors string
	part                     int64
}

func (r *cardRow) targets() []any {
	a := &r.Article
	return []any{
		(*string)(&a.ID), &a.Title, &a.URL, &a.Section, (*string)(&a.Lang), &a.Image.Src, &a.Image.Alt, &r.published,
		(*string)(&a.TranslationOf), (*string)(&a.State), &a.NoLinkTo, &a.NoLinks, &r.tags,
		&a.Type, &a.Series, &r.part, &a.CanonicalURL, &a.Evergreen, &r.authors,
	}
}

// parse sets those fields of the article that are stored as others.
func (r *cardRow) parse() (err error) {
	r.Part = int(r.part)
	if r.PublishedAt, err = parseTime(r.published); err != nil {
		return err
	}
	if r.Tags, err = parseList(r.tags); err != nil {
		return err
	}
	r.Authors, err = parseList(r.authors)
	return err
}

func scanCard(row scanner) (data.Card, error) {
	var r cardRow
	if err := row.Scan(r.targets()...); err != nil {
		return data.Card{}, err
	}
	if err := r.parse(); err != nil {
		return data.Card{}, err
	}
	return r.Card(), nil
}

func scanArticle(row scanner) (data.Article, error) { return articleScan()(row) }

// articleScan returns a scanArticle for one row after another, which go through the
// same variables.
func articleScan() func(scanner) (data.Article, error) {
	var r cardRow
	var updated string
	targets := append(r.targets(), &updated, &r.Summary, &r.Body, &r.LangConfidence)
	return func(row scanner) (data.Article, error) {
		err := row.Scan(targets...)
		if errors.Is(err, sql.ErrNoRows) {
			return data.Article{}, data.ErrNotFound
		}
		if err != nil {
			return data.Article{}, err
		}
		if err := r.parse(); err != nil {
			return data.Article{}, err
		}
		r.UpdatedAt, err = parseTime(updated)
		return r.Article, err
	}
}

// formatTime writes t in UTC; the zero time is empty.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}

func formatList(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // strings cannot fail
	return string(b)
}

func parseList(s string) ([]string, error) {
	if s == "[]" {
		return nil, nil
	}
	var list []string
	err := json.Unmarshal([]byte(s), &list)
	return list, err
}
