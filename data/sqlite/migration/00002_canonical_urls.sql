-- +goose Up

-- canonical_url() is data.CanonicalURL, which the program lends to SQLite. The
-- column stands last, behind the body: only its index is ever read.
ALTER TABLE article ADD COLUMN url_key TEXT NOT NULL DEFAULT ''; -- CanonicalURL of url
UPDATE article SET url_key = canonical_url(url) WHERE url <> '';
DROP INDEX IF EXISTS article_url;
CREATE INDEX article_url_key ON article (url_key, id) WHERE url_key <> '';

-- What servers said of the pages that were taken, so that they need not be sent
-- again while they are the same.
CREATE TABLE validator (
	url           TEXT PRIMARY KEY,
	etag          TEXT NOT NULL,
	last_modified TEXT NOT NULL
) STRICT, WITHOUT ROWID;
