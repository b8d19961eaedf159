-- +goose Up

-- Marks the file as ours ("also"), so that a stranger's database is refused
-- and not filled with tables.
PRAGMA application_id = 1634497391;

-- What a card needs stands first and the body last: a row's long text lies on
-- overflow pages, which reading the columns before it never touches.
CREATE TABLE article (
	row            INTEGER PRIMARY KEY,
	id             TEXT NOT NULL UNIQUE,
	revision       INTEGER NOT NULL, -- of the store when this row last changed
	hash           BLOB NOT NULL,    -- data.Article.Hash
	title          TEXT NOT NULL,
	url            TEXT NOT NULL,
	section        TEXT NOT NULL,
	lang           TEXT NOT NULL,
	image_src      TEXT NOT NULL,
	image_alt      TEXT NOT NULL,
	published_at   TEXT NOT NULL,    -- RFC 3339 in UTC; empty: none
	translation_of TEXT NOT NULL,
	state          TEXT NOT NULL,
	no_link_to     INTEGER NOT NULL,
	no_links       INTEGER NOT NULL,
	updated_at     TEXT NOT NULL,
	type           TEXT NOT NULL,
	series         TEXT NOT NULL,
	part           INTEGER NOT NULL,
	canonical_url  TEXT NOT NULL,
	evergreen      INTEGER NOT NULL,
	tags           TEXT NOT NULL,    -- JSON array of strings
	authors        TEXT NOT NULL,    -- JSON array of strings
	summary        TEXT NOT NULL,
	body           TEXT NOT NULL
) STRICT;

CREATE INDEX article_revision ON article (revision, id);

-- An id is never given twice, so that removing by id cannot hit a newer one.
CREATE TABLE override (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	article  TEXT NOT NULL,
	target   TEXT NOT NULL,
	action   TEXT NOT NULL,
	position INTEGER NOT NULL,
	since    TEXT NOT NULL,
	until    TEXT NOT NULL,
	note     TEXT NOT NULL,
	author   TEXT NOT NULL,
	created  TEXT NOT NULL
) STRICT;

-- One row: how often each kind of record has changed.
CREATE TABLE revision (
	only      INTEGER PRIMARY KEY CHECK (only = 1),
	articles  INTEGER NOT NULL,
	overrides INTEGER NOT NULL
) STRICT;
INSERT INTO revision VALUES (1, 0, 0);

CREATE TABLE secret (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
