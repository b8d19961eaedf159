-- +goose Up

-- Entries that were made at once, such as by an import, have the number of the first of
-- them; 0: the entry stands alone.
ALTER TABLE history ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
CREATE INDEX history_batch ON history (batch, id) WHERE batch <> 0;
