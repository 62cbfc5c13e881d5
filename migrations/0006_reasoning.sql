-- What asking a language model costs, and what may be spent on it.
--
-- A call reserves what it may cost at most before it is made, and settles what it did cost after: budgets hold with many
-- calls at once. A day is the tenant's own day, which the program passes in.

-- How many tokens, in and out together, may be spent in a day. Both the tenant's and the app's hold.
CREATE TABLE paigong.llm_budget (
    tenant_id    uuid NOT NULL REFERENCES paigong.tenant (id),
    app_id       uuid,                            -- NULL: the whole tenant
    scope        uuid GENERATED ALWAYS AS (coalesce(app_id, '00000000-0000-0000-0000-000000000000')) STORED,
    daily_tokens bigint NOT NULL CHECK (daily_tokens >= 0),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, scope),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);

-- What was spent. `calls` counts those that cost something.
CREATE TABLE paigong.llm_spend (
    tenant_id   uuid NOT NULL REFERENCES paigong.tenant (id),
    app_id      uuid NOT NULL,
    day         date NOT NULL,
    calls       bigint NOT NULL DEFAULT 0,
    tokens_in   bigint NOT NULL DEFAULT 0,
    tokens_out  bigint NOT NULL DEFAULT 0,
    cost_micros bigint NOT NULL DEFAULT 0,        -- millionths of the operator's currency
    PRIMARY KEY (tenant_id, app_id, day)
);

-- What calls under way may cost. One whose process died stops counting when it expires.
CREATE TABLE paigong.llm_reservation (
    tenant_id  uuid NOT NULL REFERENCES paigong.tenant (id),
    id         uuid NOT NULL,
    app_id     uuid NOT NULL,
    day        date NOT NULL,
    tokens     bigint NOT NULL CHECK (tokens >= 0),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);

-- Every call, written once when it has ended. Neither what was asked nor what was answered.
CREATE TABLE paigong.llm_call (
    tenant_id       uuid NOT NULL REFERENCES paigong.tenant (id),
    id              uuid NOT NULL,
    app_id          uuid NOT NULL,
    conversation_id uuid,                         -- without a key: its rows may be committed later, or go earlier
    turn_id         uuid,
    day             date NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    purpose         text NOT NULL CHECK (purpose IN ('fallback', 'value', 'plan', 'answer')),
    provider        text NOT NULL CHECK (length(provider) <= 64),
    model           text NOT NULL CHECK (length(model) <= 256),
    prompt_version  text NOT NULL CHECK (length(prompt_version) <= 64),
    outcome         text NOT NULL CHECK (outcome IN ('answered', 'invalid', 'unsent', 'refused', 'failed', 'lost', 'broken', 'dropped')),
    reason          text CHECK (length(reason) <= 200),
    tokens_in       bigint NOT NULL CHECK (tokens_in >= 0),
    tokens_out      bigint NOT NULL CHECK (tokens_out >= 0),
    cost_micros     bigint NOT NULL CHECK (cost_micros >= 0),
    milliseconds    bigint NOT NULL CHECK (milliseconds >= 0),
    skill           text,                         -- the one that was proposed
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX llm_call_day ON paigong.llm_call (tenant_id, day, app_id, purpose);
CREATE INDEX llm_call_turn ON paigong.llm_call (tenant_id, turn_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['llm_budget', 'llm_spend', 'llm_reservation', 'llm_call'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.llm_budget TO paigong_app;
GRANT SELECT, INSERT, UPDATE ON paigong.llm_spend TO paigong_app;
GRANT SELECT, INSERT, DELETE ON paigong.llm_reservation TO paigong_app;
GRANT SELECT, INSERT ON paigong.llm_call TO paigong_app;   -- never changed
