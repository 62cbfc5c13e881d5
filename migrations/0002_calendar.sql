-- How a tenant's dates are read: its working days, and what ambiguous dates mean. A tenant without a row has the calendar
-- of mainland China as it is shipped with the program; its own days lie over that.
CREATE TABLE paigong.calendar (
    tenant_id    uuid PRIMARY KEY REFERENCES paigong.tenant (id),
    base         text NOT NULL DEFAULT 'mainland_china' CHECK (base IN ('mainland_china', 'weekends_only')),
    weekend      smallint[] NOT NULL DEFAULT '{6,7}'                       -- ISO days of the week: 1 is Monday
                 CHECK (weekend <@ '{1,2,3,4,5,6,7}' AND cardinality(weekend) < 7),
    known_years  integer[] NOT NULL DEFAULT '{}',                          -- complete, besides those of the base
    same_weekday text NOT NULL DEFAULT 'today' CHECK (same_weekday IN ('today', 'week_away')),
    day_first    boolean NOT NULL DEFAULT false,                           -- 5/6 is the fifth of June
    updated_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE paigong.calendar_day (
    tenant_id uuid NOT NULL REFERENCES paigong.tenant (id),
    day       date NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('off', 'work', 'plain')),
    name      text NOT NULL DEFAULT '' CHECK (length(name) <= 60),
    PRIMARY KEY (tenant_id, day)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['calendar', 'calendar_day'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.calendar, paigong.calendar_day TO paigong_app;
