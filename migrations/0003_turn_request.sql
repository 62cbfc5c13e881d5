-- What a turn was asked with besides its text: `payload` (the button), `inputs` (the form), `context` (identity beyond the
-- user's name). Without it a conversation can't be replayed. NULL: nothing besides, or a turn from before this column.
ALTER TABLE paigong.turn ADD COLUMN request json;
