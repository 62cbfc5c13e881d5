-- What an app key may be used for, and the keys that stand in web pages.
ALTER TABLE paigong.app_key
    ADD COLUMN scopes  text[] NOT NULL DEFAULT '{chat,runs,knowledge,webhooks,learning}'
        CHECK (cardinality(scopes) > 0 AND scopes <@ '{chat,runs,knowledge,webhooks,learning,widget}'::text[]),
    ADD COLUMN origins text[] NOT NULL DEFAULT '{}' CHECK (cardinality(origins) <= 20),   -- pages a widget's key may stand in
    ADD COLUMN secrets bytea,                    -- sealed: what a site's backend signs its users' ids with
    -- Everybody can read a widget's key: it opens nothing else, and from the pages of its site only.
    ADD CHECK (CASE WHEN 'widget' = ANY (scopes) THEN cardinality(scopes) = 1 AND cardinality(origins) > 0
                    ELSE cardinality(origins) = 0 AND secrets IS NULL END);

-- As `authenticate`, and what the key may be used for.
CREATE FUNCTION paigong.identify(key_hash bytea,
    OUT tenant_id uuid, OUT app_id uuid, OUT key_id uuid, OUT time_zone text, OUT language text, OUT revision bigint,
    OUT scopes text[], OUT origins text[], OUT secrets bytea)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE stale boolean;
BEGIN
    SELECT k.tenant_id, k.app_id, k.id, t.time_zone, a.language, a.revision, k.scopes, k.origins, k.secrets,
           coalesce(k.last_used_at < now() - interval '1 minute', true)
    INTO tenant_id, app_id, key_id, time_zone, language, revision, scopes, origins, secrets, stale
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
                                      WHERE l.tenant_id = identify.tenant_id AND l.id = identify.key_id FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION paigong.identify(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION paigong.identify(bytea) TO paigong_app;

-- A program that knows no scopes would take a restricted key for one that may do everything, so it is not told of such keys.
CREATE OR REPLACE FUNCTION paigong.authenticate(key_hash bytea,
    OUT tenant_id uuid, OUT app_id uuid, OUT key_id uuid, OUT time_zone text, OUT language text, OUT revision bigint)
RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.tenant_id, i.app_id, i.key_id, i.time_zone, i.language, i.revision FROM paigong.identify(key_hash) i
    WHERE i.scopes @> '{chat,runs,knowledge,webhooks,learning}'::text[];
$$;
