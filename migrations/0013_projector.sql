-- Which tenants have turns whose facts are to be made: one question for all of them, which looks at each as that tenant, so that it
-- opens nothing to anybody. `since`: the smallest id of the turns that are looked at; `moment`: what is due by then, is due.
CREATE FUNCTION paigong.tenants_to_project(since uuid, moment timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE tenant uuid;
BEGIN
    FOR tenant IN SELECT t.id FROM paigong.tenant t LOOP
        PERFORM set_config('app.tenant', tenant::text, true);
        IF EXISTS (SELECT FROM paigong.turn_fact f WHERE f.tenant_id = tenant AND f.due_at <= moment)
           OR EXISTS (SELECT FROM paigong.turn t WHERE t.tenant_id = tenant AND t.id >= since
                      AND NOT EXISTS (SELECT FROM paigong.turn_fact f WHERE f.tenant_id = tenant AND f.turn_id = t.id)) THEN
            RETURN NEXT tenant;
        END IF;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
REVOKE ALL ON FUNCTION paigong.tenants_to_project(uuid, timestamptz) FROM PUBLIC;
