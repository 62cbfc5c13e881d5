-- Knowledge: an app's sources of documents, the documents, their passages.
--
-- Passages are searched in memory (`knowledge::Index`): a process loads those of an app when `app.knowledge_revision` has
-- grown, which every change here raises together with `app.revision`, the number that every authenticated request brings.

ALTER TABLE paigong.app ADD COLUMN knowledge_revision bigint NOT NULL DEFAULT 0;

CREATE TABLE paigong.knowledge_source (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    app_id     uuid NOT NULL,
    name       text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,39}$'),
    requires   text CHECK (length(requires) <= 2000),     -- CEL on context; while false, the source does not exist for this user
    tags       text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, app_id, name),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE paigong.knowledge_document (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    source_id    uuid NOT NULL,
    path         text NOT NULL CHECK (length(path) BETWEEN 1 AND 1000),
    title        text NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) IN (0, 32)),   -- of what is searched; empty: nothing is, yet
    language     text NOT NULL CHECK (language IN ('zh', 'en')),
    bytes        bigint NOT NULL CHECK (bytes >= 0),
    model        text NOT NULL,                           -- what the passages were embedded with,
    model_hash   text NOT NULL,                           -- … and the SHA-256 of its file
    state        text NOT NULL CHECK (state IN ('ready', 'failed')),       -- failed: what was imported before is still searched
    error        text,
    imported_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, source_id, path),
    FOREIGN KEY (tenant_id, source_id) REFERENCES paigong.knowledge_source (tenant_id, id) ON DELETE CASCADE,
    CHECK ((error IS NULL) = (state = 'ready'))
);

CREATE TABLE paigong.knowledge_passage (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    document_id uuid NOT NULL,
    ordinal     integer NOT NULL CHECK (ordinal >= 0),
    heading     text NOT NULL,
    anchor      text NOT NULL,
    question    text,                                     -- that the text answers, in a file of questions
    text        text NOT NULL CHECK (text <> ''),
    language    text NOT NULL CHECK (language IN ('zh', 'en')),
    terms       text NOT NULL,                            -- segmented and stemmed, between spaces
    embedding   bytea NOT NULL,                           -- one or more vectors of 32-bit floats, little-endian
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, document_id, ordinal),
    FOREIGN KEY (tenant_id, document_id) REFERENCES paigong.knowledge_document (tenant_id, id) ON DELETE CASCADE
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['knowledge_source', 'knowledge_document', 'knowledge_passage'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.knowledge_source, paigong.knowledge_document, paigong.knowledge_passage TO paigong_app;
