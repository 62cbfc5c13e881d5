-- Everything of the product lives in the schema `paigong`. `tenant_id` leads every key (so that the tables can be
-- distributed by it) and every table that has it is under forced row-level security: without `app.tenant` no row exists.

CREATE SCHEMA paigong;

-- Roles belong to the cluster, not to the database: several databases may create the same one at the same time, and
-- advisory locks do not reach across databases. So: try, and look again when somebody else was faster.
-- The role that migrates becomes a member, for SET ROLE only. PostgreSQL 16 and later give whoever creates a role its
-- administration, but not the right to SET it, which is granted here; they also know the options INHERIT and SET.
CREATE FUNCTION paigong.ensure_role(role_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    modern  CONSTANT boolean := current_setting('server_version_num')::int >= 160000;
    may_set boolean;
BEGIN
    IF role_name !~ '^paigong_(app|pack_[a-z][a-z0-9_]{0,39})$' THEN
        RAISE EXCEPTION 'not a role of Paigong: %', role_name USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR attempt IN 1..20 LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            END IF;
            EXECUTE format('SELECT pg_has_role(%L, %L)', role_name, CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END) INTO may_set;
            IF NOT may_set THEN
                EXECUTE format('GRANT %I TO CURRENT_USER', role_name) || CASE WHEN modern THEN ' WITH SET TRUE, INHERIT FALSE' ELSE '' END;
            END IF;
            RETURN;
        EXCEPTION
            -- Another database created the role or granted it meanwhile; "tuple concurrently updated" is an internal_error.
            WHEN duplicate_object OR unique_violation OR internal_error THEN
                PERFORM pg_sleep(0.005 * attempt);
        END;
    END LOOP;
    RAISE EXCEPTION 'the role % could not be created or granted', role_name;
END $$;
REVOKE ALL ON FUNCTION paigong.ensure_role(text) FROM PUBLIC;

SELECT paigong.ensure_role('paigong_app');
GRANT USAGE ON SCHEMA paigong TO paigong_app;

-- The tenant of the transaction; NULL where none is set. After a first `SET LOCAL app.tenant` a session keeps the setting
-- as an empty text, hence NULLIF. Policies read it in a sub-select, which is evaluated once a statement, not once a row.
CREATE FUNCTION paigong.current_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN NULLIF(current_setting('app.tenant', true), '')::uuid;

-- Who and what ------------------------------------------------------------------------------------------------------

CREATE TABLE paigong.tenant (
    id         uuid PRIMARY KEY,
    name       text NOT NULL UNIQUE CHECK (name <> '' AND length(name) <= 200),
    time_zone  text NOT NULL DEFAULT 'Asia/Shanghai',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE paigong.app (
    tenant_id  uuid NOT NULL REFERENCES paigong.tenant (id),
    id         uuid NOT NULL,
    name       text NOT NULL CHECK (name <> '' AND length(name) <= 200),
    language   text NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
    revision   bigint NOT NULL DEFAULT 0,        -- grows with every change of what is live; replicas compare it
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE paigong.app_key (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    app_id       uuid NOT NULL,
    prefix       text NOT NULL,                  -- the part that may be shown
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    label        text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz,                    -- to the minute
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);
-- The one index that the tenant does not lead: a key is looked up before its tenant is known.
CREATE UNIQUE INDEX app_key_hash ON paigong.app_key (hash);
CREATE INDEX app_key_app ON paigong.app_key (tenant_id, app_id);

-- Skills --------------------------------------------------------------------------------------------------------------
-- `json`, not `jsonb`, wherever the order of keys is part of what was written: jsonb sorts them.
-- sqlx sends JSON as jsonb, so statements bind such a value as text and cast it: $1::text::json.

CREATE TABLE paigong.skill_version (
    tenant_id    uuid NOT NULL,
    app_id       uuid NOT NULL,
    skill        text NOT NULL,
    version      integer NOT NULL CHECK (version > 0),
    pack         text NOT NULL,
    manifest     json NOT NULL,
    digest       bytea NOT NULL CHECK (octet_length(digest) = 32),
    author       text NOT NULL DEFAULT '',
    note         text NOT NULL DEFAULT '',
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, app_id, skill, version),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);

-- A row means: live, in this version.
CREATE TABLE paigong.app_skill (
    tenant_id    uuid NOT NULL,
    app_id       uuid NOT NULL,
    skill        text NOT NULL,
    live_version integer NOT NULL,
    PRIMARY KEY (tenant_id, app_id, skill),
    FOREIGN KEY (tenant_id, app_id, skill, live_version)
        REFERENCES paigong.skill_version (tenant_id, app_id, skill, version) ON DELETE CASCADE
);

CREATE TABLE paigong.pack_install (
    tenant_id    uuid NOT NULL REFERENCES paigong.tenant (id),
    pack         text NOT NULL,
    seed_digest  bytea NOT NULL CHECK (octet_length(seed_digest) = 32),
    installed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, pack)
);

-- Conversations -------------------------------------------------------------------------------------------------------

CREATE TABLE paigong.conversation (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    app_id     uuid NOT NULL,
    end_user   text NOT NULL CHECK (length(end_user) <= 256),
    state      json NOT NULL,
    version    bigint NOT NULL DEFAULT 1,        -- compare-and-swap: two turns can't both follow the same state
    language   text NOT NULL CHECK (language IN ('zh', 'en')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX conversation_user ON paigong.conversation (tenant_id, app_id, end_user, id DESC);

-- The foreign keys of turns and runs are checked at COMMIT: a skill runs before the text of its turn is known.
CREATE TABLE paigong.turn (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq             integer NOT NULL CHECK (seq > 0),
    query           text NOT NULL,
    answer          text NOT NULL,
    response        json NOT NULL,               -- the whole public answer
    decision        jsonb NOT NULL,              -- what was understood and decided, and why
    trace           jsonb NOT NULL,              -- timings
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, conversation_id, seq),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES paigong.conversation (tenant_id, id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE paigong.run (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id         uuid NOT NULL,
    skill           text NOT NULL,
    skill_version   integer NOT NULL CHECK (skill_version > 0),
    effect          text NOT NULL CHECK (effect IN ('read', 'write', 'money')),
    slots           jsonb NOT NULL,
    run_key         text NOT NULL,
    state           text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'unknown', 'cancelled', 'dead')),
    attempt         integer NOT NULL DEFAULT 1 CHECK (attempt >= 0),
    result          json,
    error           jsonb,
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT run_once UNIQUE (tenant_id, run_key),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES paigong.conversation (tenant_id, id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (tenant_id, turn_id) REFERENCES paigong.turn (tenant_id, id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT run_is_finished_once CHECK ((finished_at IS NULL) = (state IN ('queued', 'running'))),
    CONSTRAINT run_failure_has_error CHECK (state NOT IN ('failed', 'dead') OR error IS NOT NULL),
    CONSTRAINT run_success_has_result CHECK (state <> 'succeeded' OR (result IS NOT NULL AND error IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX run_conversation ON paigong.run (tenant_id, conversation_id, id);
CREATE INDEX run_turn ON paigong.run (tenant_id, turn_id);

-- The answers to requests with an `Idempotency-Key`; no response while the first request is still in its transaction.
CREATE TABLE paigong.idempotency (
    tenant_id    uuid NOT NULL,
    app_id       uuid NOT NULL,
    key          text NOT NULL CHECK (key <> '' AND length(key) <= 256),
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    response     json,
    status       integer CHECK (status BETWEEN 100 AND 599),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (tenant_id, app_id, key),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE,
    CHECK ((response IS NULL) = (status IS NULL))
);
CREATE INDEX idempotency_expiry ON paigong.idempotency (tenant_id, expires_at);

-- Row-level security and grants ----------------------------------------------------------------------------------------

-- Puts every table of `schema_name` under the tenant's policy. Names what can't be: a table without tenant_id, and whatever
-- would look past row-level security. Can be called again; used for the product's schema and for every pack's.
CREATE FUNCTION paigong.protect_schema(schema_name text, tenant_column text DEFAULT 'tenant_id') RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    item   record;
    tables integer := 0;
BEGIN
    FOR item IN
        SELECT c.oid, c.relname, c.relkind, c.reloptions, c.relrowsecurity AND c.relforcerowsecurity AS forced, a.attnum IS NOT NULL AS has_tenant,
               EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant') AS has_policy
        FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = tenant_column AND a.atttypid = 'uuid'::regtype
                                AND a.attnotnull AND NOT a.attisdropped
        WHERE c.relnamespace = to_regnamespace(quote_ident(schema_name)) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        ORDER BY c.relname
    LOOP
        IF item.relkind IN ('m', 'f') THEN
            RAISE EXCEPTION '%.% is a materialized view or a foreign table; those know no row-level security', schema_name, item.relname
                USING ERRCODE = 'invalid_schema_definition';
        ELSIF item.relkind = 'v' THEN
            IF NOT coalesce(item.reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false) THEN
                RAISE EXCEPTION 'the view %.% reads with its owner''s rights; write CREATE VIEW … WITH (security_invoker = true)', schema_name, item.relname
                    USING ERRCODE = 'invalid_schema_definition';
            END IF;
            CONTINUE;
        ELSIF NOT item.has_tenant THEN
            RAISE EXCEPTION 'the table %.% has no column "% uuid NOT NULL"', schema_name, item.relname, tenant_column
                USING ERRCODE = 'invalid_schema_definition';
        END IF;
        IF NOT item.forced THEN
            EXECUTE format('ALTER TABLE %1$I.%2$I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', schema_name, item.relname);
        END IF;
        IF NOT item.has_policy THEN
            EXECUTE format('CREATE POLICY tenant ON %I.%I USING (%I = (SELECT paigong.current_tenant())) WITH CHECK (%3$I = (SELECT paigong.current_tenant()))',
                           schema_name, item.relname, tenant_column);
        END IF;
        tables := tables + 1;
    END LOOP;
    RETURN tables;
END $$;
REVOKE ALL ON FUNCTION paigong.protect_schema(text, text) FROM PUBLIC;

-- The directory of tenants is the migrating role's: a tenant is found by name before it is known.
ALTER TABLE paigong.tenant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON paigong.tenant FOR SELECT USING (id = (SELECT paigong.current_tenant()));
CREATE POLICY directory ON paigong.tenant TO CURRENT_USER USING (true) WITH CHECK (true);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['app', 'app_key', 'skill_version', 'app_skill', 'pack_install', 'conversation', 'turn', 'run', 'idempotency'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
END $$;

GRANT SELECT ON paigong.tenant TO paigong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.app, paigong.app_key, paigong.app_skill, paigong.conversation,
    paigong.turn, paigong.run, paigong.idempotency TO paigong_app;
GRANT SELECT, INSERT ON paigong.skill_version, paigong.pack_install TO paigong_app;   -- a version is never changed

-- Whose key is this? The one question that is asked before the tenant is known. It runs with its owner's rights (row-level
-- security is forced on the owner too, so the two policies below open app_key and app to exactly this), takes the hash of a
-- 256-bit secret, answers for at most one key, and tells nothing but what a turn needs. last_used_at moves once a minute.
CREATE POLICY lookup ON paigong.app_key FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY touch ON paigong.app_key FOR UPDATE TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY lookup ON paigong.app FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION paigong.authenticate(key_hash bytea,
    OUT tenant_id uuid, OUT app_id uuid, OUT key_id uuid, OUT time_zone text, OUT language text, OUT revision bigint)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE stale boolean;
BEGIN
    SELECT k.tenant_id, k.app_id, k.id, t.time_zone, a.language, a.revision,
           coalesce(k.last_used_at < now() - interval '1 minute', true)
    INTO tenant_id, app_id, key_id, time_zone, language, revision, stale
    FROM paigong.app_key k
    JOIN paigong.app a ON a.tenant_id = k.tenant_id AND a.id = k.app_id
    JOIN paigong.tenant t ON t.id = k.tenant_id
    WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now());
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF stale THEN
        -- Whoever holds the row is writing the same minute.
        UPDATE paigong.app_key k SET last_used_at = now()
        WHERE (k.tenant_id, k.id) IN (SELECT l.tenant_id, l.id FROM paigong.app_key l
                                      WHERE l.tenant_id = authenticate.tenant_id AND l.id = authenticate.key_id FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION paigong.authenticate(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION paigong.authenticate(bytea) TO paigong_app;
