-- Why a document can't be imported, in Chinese as well: `error` has it in English.
ALTER TABLE paigong.knowledge_document
    ADD COLUMN error_zh text,
    ADD CHECK (error_zh IS NULL OR error IS NOT NULL);
