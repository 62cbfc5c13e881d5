-- Conversation tests of an app's skills, as people write them: one text in the form of *.test.yaml for each skill. And what labels
-- have changed in skills.

CREATE TABLE paigong.skill_test (
    tenant_id  uuid NOT NULL,
    app_id     uuid NOT NULL,
    skill      text NOT NULL CHECK (skill <> '' AND length(skill) <= 100),
    text       text NOT NULL CHECK (octet_length(text) <= 262144),
    tests      integer NOT NULL CHECK (tests >= 0),                                     -- how many are in it
    revision   bigint NOT NULL DEFAULT 1 CHECK (revision > 0),                          -- compare-and-swap: two editors
    author     text NOT NULL CHECK (length(author) <= 256),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, app_id, skill),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);

ALTER TABLE paigong.skill_test ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON paigong.skill_test USING (tenant_id = (SELECT paigong.current_tenant()))
    WITH CHECK (tenant_id = (SELECT paigong.current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.skill_test TO paigong_app;

-- What the label has taught which skill, so that all of it can be taken back; '[]' in labels from before.
ALTER TABLE paigong.label ADD COLUMN lessons jsonb NOT NULL DEFAULT '[]';
