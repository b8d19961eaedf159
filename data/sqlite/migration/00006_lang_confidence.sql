-- +goose Up

-- How sure the detector is of an article's language; 0: the source says it.
ALTER TABLE article ADD COLUMN lang_confidence REAL NOT NULL DEFAULT 0;

-- Counting reads this alone, and not the bodies that lie before the new column.
CREATE INDEX article_lang ON article (lang, lang_confidence);
