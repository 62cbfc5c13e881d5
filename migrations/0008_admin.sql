-- The people who administer, what they have at hand (drafts of skills), and an audit log that can be checked.

-- People -----------------------------------------------------------------------------------------------------------------
-- A person, a session and the brake on guessing belong to the installation, not to a tenant; a membership ties a person to a
-- tenant. Turns and tenants' own transactions (paigong_app) see of a person what a list of members shows, and never a hash.

CREATE TABLE paigong.person (
    id         uuid PRIMARY KEY,
    email      text NOT NULL UNIQUE CHECK (email <> '' AND length(email) <= 254 AND email = lower(email)),
    name       text NOT NULL CHECK (name <> '' AND length(name) <= 200),
    password   text NOT NULL,                    -- argon2id, in the PHC string format
    locale     text NOT NULL DEFAULT 'zh' CHECK (locale IN ('zh', 'en')),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE paigong.membership (
    tenant_id  uuid NOT NULL REFERENCES paigong.tenant (id),
    person_id  uuid NOT NULL REFERENCES paigong.person (id) ON DELETE CASCADE,
    role       text NOT NULL CHECK (role IN ('owner', 'editor', 'reviewer', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, person_id)
);
CREATE INDEX membership_person ON paigong.membership (person_id);

CREATE TABLE paigong.invitation (
    tenant_id  uuid NOT NULL REFERENCES paigong.tenant (id),
    id         uuid NOT NULL,
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),                          -- of the one-time token
    email      text CHECK (email <> '' AND length(email) <= 254 AND email = lower(email)),   -- NULL: for the first person
    role       text NOT NULL CHECK (role IN ('owner', 'editor', 'reviewer', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX invitation_hash ON paigong.invitation (hash);

CREATE TABLE paigong.session (
    hash         bytea PRIMARY KEY CHECK (octet_length(hash) = 32),                     -- of a 256-bit random token
    person_id    uuid NOT NULL REFERENCES paigong.person (id) ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),                                    -- to the minute
    expires_at   timestamptz NOT NULL
);
CREATE INDEX session_person ON paigong.session (person_id);

-- Attempts to log in that have not succeeded, by e-mail and by address, whether or not there is such a person.
CREATE TABLE paigong.login_attempt (
    subject       bytea PRIMARY KEY CHECK (octet_length(subject) = 32),                 -- hash of the e-mail or the address
    attempts      integer NOT NULL DEFAULT 1 CHECK (attempts > 0),
    last_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    blocked_until timestamptz NOT NULL DEFAULT '-infinity'
);

-- Drafts of skills -------------------------------------------------------------------------------------------------------

CREATE TABLE paigong.skill_draft (
    tenant_id  uuid NOT NULL,
    app_id     uuid NOT NULL,
    skill      text NOT NULL CHECK (skill <> '' AND length(skill) <= 100),
    pack       text NOT NULL,
    manifest   text NOT NULL CHECK (octet_length(manifest) <= 262144),                  -- as typed, valid or not
    based_on   integer,                          -- the version that was live when it was begun; NULL: none was
    revision   bigint NOT NULL DEFAULT 1 CHECK (revision > 0),                          -- compare-and-swap: two editors
    author     text NOT NULL CHECK (length(author) <= 256),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, app_id, skill),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);

-- The chain of the audit log -----------------------------------------------------------------------------------------------
-- Every entry is linked to the one before it: hash = SHA-256(hash before it || content). Whoever changes, removes or inserts an
-- entry afterwards would have to write every later link anew, and the head that somebody noted elsewhere would not fit.
-- Entries from before this migration are not linked; the chain begins with the next one.

CREATE TABLE paigong.audit_link (
    tenant_id uuid NOT NULL,
    position  bigint NOT NULL CHECK (position > 0),                                     -- from 1, without gaps
    audit_id  uuid NOT NULL,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, position),
    UNIQUE (tenant_id, audit_id),
    FOREIGN KEY (tenant_id, audit_id) REFERENCES paigong.audit (tenant_id, id)
);

-- What of an entry is hashed: a text that is the same whenever it is made, and different for different entries.
CREATE FUNCTION paigong.audit_content(entry paigong.audit, place bigint) RETURNS text
LANGUAGE sql STABLE
RETURN jsonb_build_array(place, entry.tenant_id, entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                         entry.actor, entry.action, entry.target, entry.detail)::text;

-- Links an entry. Deferred to COMMIT, so that the lock, which puts a tenant's entries into one order, is held for the commit
-- only and never while a turn works; nothing that a commit does waits for a row, so nobody can wait in a circle.
CREATE FUNCTION paigong.link_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place bigint;
    former bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('paigong.audit ' || NEW.tenant_id, 0));
    SELECT l.position, l.hash INTO place, former FROM paigong.audit_link l
    WHERE l.tenant_id = NEW.tenant_id ORDER BY l.position DESC LIMIT 1;
    place := coalesce(place, 0) + 1;
    INSERT INTO paigong.audit_link (tenant_id, position, audit_id, hash)
    VALUES (NEW.tenant_id, place, NEW.id,
            sha256(coalesce(former, decode(repeat('00', 32), 'hex')) || convert_to(paigong.audit_content(NEW, place), 'UTF8')));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION paigong.link_audit() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER link AFTER INSERT ON paigong.audit DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION paigong.link_audit();

-- Row-level security and grants -------------------------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['membership', 'invitation', 'skill_draft', 'audit_link'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
    -- The directory of people is the migrating role's: a person is known before a tenant is chosen.
    FOREACH name IN ARRAY ARRAY['person', 'session', 'login_attempt'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY directory ON paigong.%I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['membership', 'invitation'] LOOP
        EXECUTE format('CREATE POLICY directory ON paigong.%I FOR SELECT TO CURRENT_USER USING (true)', name);
    END LOOP;
    -- What a tenant sees of its members, and that it may end their sessions.
    FOREACH name IN ARRAY ARRAY['person', 'session'] LOOP
        EXECUTE format('CREATE POLICY member ON paigong.%I TO paigong_app USING (%I IN (SELECT m.person_id FROM paigong.membership m '
                       'WHERE m.tenant_id = (SELECT paigong.current_tenant()))) WITH CHECK (false)',
                       name, CASE name WHEN 'person' THEN 'id' ELSE 'person_id' END);
    END LOOP;
END $$;

GRANT SELECT (id, email, name, locale) ON paigong.person TO paigong_app;
GRANT SELECT (person_id), DELETE ON paigong.session TO paigong_app;
GRANT SELECT, DELETE ON paigong.membership TO paigong_app;
GRANT UPDATE (role) ON paigong.membership TO paigong_app;
GRANT SELECT, INSERT, DELETE ON paigong.invitation TO paigong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.skill_draft TO paigong_app;
GRANT SELECT ON paigong.audit_link TO paigong_app;
