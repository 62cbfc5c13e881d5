-- What the small model may learn from what a reasoner had to be asked: sayings to be looked at by a person. Also answers
-- from documents as a kind of run.

ALTER TABLE paigong.run
    DROP CONSTRAINT run_kind_check,
    ADD CONSTRAINT run_kind_check CHECK (kind IN ('sql', 'remote', 'http', 'handoff', 'steps', 'knowledge'));

CREATE TABLE paigong.suggestion (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    app_id          uuid NOT NULL,
    conversation_id uuid NOT NULL,                -- of the first time
    skill           text NOT NULL,
    utterance       text NOT NULL CHECK (length(utterance) BETWEEN 1 AND 500),
    example         text NOT NULL CHECK (length(example) BETWEEN 1 AND 1000),        -- with its slots marked
    slots           jsonb NOT NULL,
    language        text NOT NULL CHECK (language IN ('zh', 'en')),
    times           integer NOT NULL DEFAULT 1,   -- how often a reasoner was asked for it
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'rejected')),
    decided_by      text,
    decided_at      timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, app_id, skill, utterance),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE,
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX suggestion_open ON paigong.suggestion (tenant_id, app_id, state, id);
ALTER TABLE paigong.suggestion ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON paigong.suggestion USING (tenant_id = (SELECT paigong.current_tenant()))
    WITH CHECK (tenant_id = (SELECT paigong.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON paigong.suggestion TO paigong_app;
