-- +goose Up

-- Which sources list which articles: what tells a mirroring import that an
-- article is gone.
CREATE TABLE listing_source (
	row INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE listing (
	source  INTEGER NOT NULL REFERENCES listing_source,
	article TEXT NOT NULL,
	PRIMARY KEY (source, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_article ON listing (article);
