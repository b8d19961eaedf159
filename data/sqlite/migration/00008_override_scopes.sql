-- +goose Up

-- What data.Override has beside a pin or a hide for all lists.
ALTER TABLE override ADD COLUMN strength REAL NOT NULL DEFAULT 0;
ALTER TABLE override ADD COLUMN lang TEXT NOT NULL DEFAULT '';
ALTER TABLE override ADD COLUMN placement TEXT NOT NULL DEFAULT '';
ALTER TABLE override ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
