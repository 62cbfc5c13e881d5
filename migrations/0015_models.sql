-- Encoders can be changed while the servers run: what is wanted, what each server runs, and the passages' vectors by model, so that
-- those of the next model are made beside those in use and those of the former one are still there for going back.

-- What was activated, the latest last; none: the `model` of each server's configuration. The installation's, not a tenant's.
CREATE TABLE paigong.model_activation (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model      text NOT NULL CHECK (length(model) BETWEEN 1 AND 200),      -- the folder below models_dir
    model_hash text NOT NULL CHECK (model_hash ~ '^[0-9a-f]{64}$'),        -- the model's identity: a folder of this name with another is refused
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    live_at    timestamptz                                                 -- when the first server answered with it: servers start with the last such one
);

-- What the servers say of themselves; one that has not been seen for a minute is gone.
CREATE TABLE paigong.model_server (
    server     uuid PRIMARY KEY,
    host       text NOT NULL CHECK (length(host) <= 200),
    model      text NOT NULL,
    model_hash text NOT NULL,
    activation bigint NOT NULL,                           -- the last one that was dealt with; 0: none yet
    progress   text CHECK (length(progress) <= 200),      -- while another one is being prepared
    problem    text CHECK (length(problem) <= 4000),      -- why the last one was refused
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Both are read and written by the login role only.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['model_activation', 'model_server'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY directory ON paigong.%I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;

CREATE TABLE paigong.passage_vector (
    tenant_id  uuid NOT NULL,
    passage_id uuid NOT NULL,
    model_hash text NOT NULL,
    vectors    bytea NOT NULL,                            -- one or more vectors of 32-bit floats, little-endian
    PRIMARY KEY (tenant_id, passage_id, model_hash),
    FOREIGN KEY (tenant_id, passage_id) REFERENCES paigong.knowledge_passage (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE paigong.passage_vector ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON paigong.passage_vector USING (tenant_id = (SELECT paigong.current_tenant()))
    WITH CHECK (tenant_id = (SELECT paigong.current_tenant()));
GRANT SELECT, INSERT, DELETE ON paigong.passage_vector TO paigong_app;

-- Vectors are made anew in the background; until then passages are found by their words.
-- No longer written; the next release drops them.
ALTER TABLE paigong.knowledge_passage ALTER COLUMN embedding SET DEFAULT '';
ALTER TABLE paigong.knowledge_document ALTER COLUMN model SET DEFAULT '', ALTER COLUMN model_hash SET DEFAULT '';

-- Which tenants have passages without vectors of this model; as `tenants_to_project`, it looks at each as that tenant.
CREATE FUNCTION paigong.tenants_to_embed(hash text)
RETURNS SETOF uuid LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE tenant uuid;
BEGIN
    FOR tenant IN SELECT t.id FROM paigong.tenant t LOOP
        PERFORM set_config('app.tenant', tenant::text, true);
        IF EXISTS (SELECT FROM paigong.knowledge_passage p WHERE p.tenant_id = tenant AND NOT EXISTS
                   (SELECT FROM paigong.passage_vector v WHERE v.tenant_id = tenant AND v.passage_id = p.id AND v.model_hash = hash)) THEN
            RETURN NEXT tenant;
        END IF;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- Forgets the vectors of all models but these. How many there were.
CREATE FUNCTION paigong.forget_vectors(keep text[])
RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE tenant uuid; rows bigint; total bigint := 0;
BEGIN
    FOR tenant IN SELECT t.id FROM paigong.tenant t LOOP
        PERFORM set_config('app.tenant', tenant::text, true);
        DELETE FROM paigong.passage_vector v WHERE v.tenant_id = tenant AND v.model_hash <> ALL (keep);
        GET DIAGNOSTICS rows = ROW_COUNT;
        total := total + rows;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
    RETURN total;
END $$;
REVOKE ALL ON FUNCTION paigong.tenants_to_embed(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION paigong.forget_vectors(text[]) FROM PUBLIC;
