-- +goose Up

-- data.Digest of all articles: what tells whether a store is still the one that
-- was read at some revision. article_digest() is what the program lends to SQLite.
ALTER TABLE revision ADD COLUMN digest BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
UPDATE revision SET digest = (SELECT article_digest(hash) FROM article);
