-- What turns came to, made from them afterwards (never by the turn itself), for the review queue and for the numbers; and what
-- people say about turns.

CREATE TABLE paigong.turn_fact (
    tenant_id       uuid NOT NULL,
    turn_id         uuid NOT NULL,
    app_id          uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq             integer NOT NULL CHECK (seq > 0),
    at              timestamptz NOT NULL,         -- of the turn
    day             date NOT NULL,                -- of the tenant's
    language        text NOT NULL CHECK (language IN ('zh', 'en')),
    skill           text,
    version         integer,
    path            text NOT NULL CHECK (path IN ('model', 'rule', 'llm')),
    band            text,
    outcome         text NOT NULL CHECK (outcome IN ('asked', 'clarified', 'confirmed', 'done', 'failed', 'answered', 'refused',
                                                     'handed_off', 'cancelled', 'other')),
    signals         text[] NOT NULL DEFAULT '{}',
    p_best          real,
    p_second        real,
    uncertainty     real NOT NULL CHECK (uncertainty BETWEEN 0 AND 1),
    friction        real NOT NULL CHECK (friction BETWEEN 0 AND 1),
    latency_ms      integer,
    reasoned        boolean NOT NULL,
    llm_tokens      bigint NOT NULL DEFAULT 0,
    llm_cost_micros bigint NOT NULL DEFAULT 0,
    task_turns      integer,                      -- of the task that begins with this turn; NULL: none does
    completed       boolean,                      -- whether that task was done
    due_at          timestamptz,                  -- when time alone may change this row; NULL: never
    PRIMARY KEY (tenant_id, turn_id),
    FOREIGN KEY (tenant_id, turn_id) REFERENCES paigong.turn (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE,
    CHECK ((task_turns IS NULL) = (completed IS NULL))
);
CREATE INDEX turn_fact_day ON paigong.turn_fact (tenant_id, app_id, day);
CREATE INDEX turn_fact_worth ON paigong.turn_fact (tenant_id, app_id, (uncertainty + friction) DESC, turn_id DESC)
    WHERE uncertainty + friction > 0;
CREATE INDEX turn_fact_due ON paigong.turn_fact (tenant_id, due_at) WHERE due_at IS NOT NULL;

-- What a person says about a turn, and the example that came of it.
CREATE TABLE paigong.label (
    tenant_id  uuid NOT NULL,
    turn_id    uuid NOT NULL,
    id         uuid NOT NULL,
    app_id     uuid NOT NULL,
    action     text NOT NULL CHECK (action IN ('right', 'skill', 'out_of_scope', 'new_skill')),
    skill      text,                              -- what it asks for; NULL: nothing that the app does
    utterance  text NOT NULL CHECK (length(utterance) BETWEEN 1 AND 500),
    taught     text,                              -- the skill whose manifest got the example or counterexample; NULL: none did
    by         text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, turn_id),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, turn_id) REFERENCES paigong.turn (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX label_utterance ON paigong.label (tenant_id, app_id, md5(utterance));

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['turn_fact', 'label'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.turn_fact, paigong.label TO paigong_app;
