-- Work that leaves the turn: the queue, its attempts, outside systems, events with their deliveries, people's inbox, audit.
--
-- `run` stays the ledger, a row for ever; `job` is the queue and holds only what is still to be done, so that it stays small.
-- Workers look at the queues of all tenants, and do so only through the functions at the end, which run with their owner's
-- rights; whatever is then done for a run is done in a transaction of its tenant.

-- The ledger ------------------------------------------------------------------------------------------------------------

ALTER TABLE paigong.tenant ADD COLUMN max_running integer CHECK (max_running > 0);   -- NULL: as the worker is configured

ALTER TABLE paigong.run
    ADD COLUMN app_id    uuid,                                                       -- NULL in rows from before
    ADD COLUMN kind      text NOT NULL DEFAULT 'sql' CHECK (kind IN ('sql', 'remote', 'http', 'handoff', 'steps')),
    ADD COLUMN request   json,                    -- who asked, when, in which language: what a worker needs beside the slots
    ADD COLUMN parent_id uuid,                    -- the run of which this is a step,
    ADD COLUMN step      smallint,                -- … the how manieth, from 0
    ADD COLUMN undoes    uuid,                    -- the run that this one takes back, among the steps of the same parent
    ADD COLUMN told      boolean NOT NULL DEFAULT true,                              -- the conversation knows how it ended
    ADD COLUMN tell_at   timestamptz,             -- from then on whoever sees it tells; before, the waiting turn does
    DROP CONSTRAINT run_state_check,
    ADD CONSTRAINT run_state_check
        CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'unknown', 'cancelled', 'dead')),
    DROP CONSTRAINT run_is_finished_once,
    ADD CONSTRAINT run_is_finished_once CHECK ((finished_at IS NULL) = (state IN ('queued', 'running', 'waiting'))),
    ADD CONSTRAINT run_unknown_has_error CHECK (state <> 'unknown' OR error IS NOT NULL),
    ADD FOREIGN KEY (tenant_id, parent_id) REFERENCES paigong.run (tenant_id, id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX run_parent ON paigong.run (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX run_review ON paigong.run (tenant_id, app_id, state, id) WHERE state IN ('unknown', 'dead');
CREATE INDEX run_untold ON paigong.run (tell_at) WHERE NOT told;

-- One row for every attempt that ended, written once.
CREATE TABLE paigong.run_attempt (
    tenant_id  uuid NOT NULL,
    run_id     uuid NOT NULL,
    attempt    integer NOT NULL CHECK (attempt > 0),
    worker     uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome    text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'again', 'waiting', 'unknown', 'lost', 'released')),
    status     integer,                           -- of an HTTP answer
    error      jsonb,
    PRIMARY KEY (tenant_id, run_id, attempt, outcome),
    FOREIGN KEY (tenant_id, run_id) REFERENCES paigong.run (tenant_id, id) ON DELETE CASCADE
);

-- The queue -------------------------------------------------------------------------------------------------------------

CREATE TABLE paigong.job (
    tenant_id    uuid NOT NULL,
    run_id       uuid NOT NULL,
    priority     smallint NOT NULL DEFAULT 100,   -- smaller first, among the jobs of a tenant
    ready_at     timestamptz NOT NULL DEFAULT now(),                                 -- of a waiting job: when waiting ends
    deadline_at  timestamptz,                     -- no attempt begins after it
    attempt      integer NOT NULL DEFAULT 0,      -- the fencing token: every write of a worker repeats it
    tries_left   integer NOT NULL DEFAULT 5,
    may_repeat   boolean NOT NULL,                -- an attempt that was lost may be made again; otherwise it is unknown
    waiting      boolean NOT NULL DEFAULT false,  -- for a callback, a step or a person
    maybe_done   boolean NOT NULL DEFAULT false,  -- an attempt of a write may have had its effect
    cancelled    boolean NOT NULL DEFAULT false,
    lease_owner  uuid,
    lease_until  timestamptz,
    leased_at    timestamptz,
    PRIMARY KEY (tenant_id, run_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES paigong.run (tenant_id, id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK (NOT (waiting AND lease_owner IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_ready ON paigong.job (tenant_id, priority, ready_at, run_id) WHERE lease_owner IS NULL AND NOT waiting;
CREATE INDEX job_leased ON paigong.job (lease_until) WHERE lease_owner IS NOT NULL;
CREATE INDEX job_waiting ON paigong.job (ready_at) WHERE waiting;
CREATE INDEX job_deadline ON paigong.job (deadline_at)
    WHERE lease_owner IS NULL AND NOT waiting AND (deadline_at IS NOT NULL OR cancelled);

-- Outside systems -------------------------------------------------------------------------------------------------------

CREATE TABLE paigong.connection (
    tenant_id  uuid NOT NULL REFERENCES paigong.tenant (id),
    id         uuid NOT NULL,
    name       text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    kind       text NOT NULL CHECK (kind IN ('http', 'postgres')),
    address    text NOT NULL CHECK (length(address) <= 2000),                        -- without user name and password
    secrets    bytea,                             -- sealed; see outbound::seal
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

-- Events and their deliveries --------------------------------------------------------------------------------------------

CREATE TABLE paigong.webhook (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    app_id          uuid NOT NULL,
    url             text NOT NULL CHECK (length(url) <= 2000),
    events          text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 20),
    secrets         bytea NOT NULL,               -- sealed; several while one is replaced by another
    enabled         boolean NOT NULL DEFAULT true,
    disabled_reason text,
    failing_since   timestamptz,                  -- the first failure since the last success
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_app ON paigong.webhook (tenant_id, app_id);

CREATE TABLE paigong.event (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    app_id          uuid NOT NULL,
    conversation_id uuid,
    type            text NOT NULL,
    payload         json NOT NULL,                -- the exact bytes that are signed and sent
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES paigong.app (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX event_age ON paigong.event (tenant_id, created_at);

CREATE TABLE paigong.delivery (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    webhook_id      uuid NOT NULL,
    event_id        uuid NOT NULL,
    conversation_id uuid,
    position        bigint GENERATED ALWAYS AS IDENTITY,                             -- the order within a conversation
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempt         integer NOT NULL DEFAULT 0,   -- the fencing token; goes on counting when it is replayed
    tries           integer NOT NULL DEFAULT 0,   -- attempts since it was written or replayed: the step of the schedule
    ready_at        timestamptz NOT NULL DEFAULT now(),
    lease_owner     uuid,
    lease_until     timestamptz,
    status          integer,                      -- of the last answer
    error           text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, webhook_id) REFERENCES paigong.webhook (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, event_id) REFERENCES paigong.event (tenant_id, id) ON DELETE CASCADE,
    CHECK ((finished_at IS NULL) = (state = 'pending')),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX delivery_ready ON paigong.delivery (tenant_id, webhook_id, ready_at, position) WHERE state = 'pending';
CREATE INDEX delivery_order ON paigong.delivery (tenant_id, webhook_id, conversation_id, position) WHERE state = 'pending';
CREATE INDEX delivery_leased ON paigong.delivery (tenant_id, webhook_id) WHERE lease_owner IS NOT NULL;
CREATE INDEX delivery_log ON paigong.delivery (tenant_id, webhook_id, position DESC);
CREATE INDEX delivery_event ON paigong.delivery (tenant_id, event_id);

CREATE TABLE paigong.delivery_attempt (
    tenant_id   uuid NOT NULL,
    delivery_id uuid NOT NULL,
    attempt     integer NOT NULL CHECK (attempt > 0),
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    status      integer,
    error       text,
    PRIMARY KEY (tenant_id, delivery_id, attempt),
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES paigong.delivery (tenant_id, id) ON DELETE CASCADE
);

-- Writes an event and a delivery for every webhook of the app that wants it; nothing when none does. To be called in the
-- transaction of what happened. Runs with the caller's rights.
CREATE FUNCTION paigong.emit(tenant uuid, app uuid, conversation uuid, event_id uuid, event_type text, event_payload json) RETURNS void
LANGUAGE sql AS $$
    WITH wanted AS (
        SELECT w.id FROM paigong.webhook w
        WHERE w.tenant_id = tenant AND w.app_id = app AND w.enabled AND event_type = ANY (w.events)
    ), event AS (
        INSERT INTO paigong.event (tenant_id, id, app_id, conversation_id, type, payload)
        SELECT tenant, event_id, app, conversation, event_type, event_payload WHERE EXISTS (SELECT FROM wanted)
    )
    INSERT INTO paigong.delivery (tenant_id, id, webhook_id, event_id, conversation_id)
    SELECT tenant, gen_random_uuid(), wanted.id, emit.event_id, conversation FROM wanted
$$;

-- People ----------------------------------------------------------------------------------------------------------------

-- What a person is to do: take a conversation over, or carry out a run.
CREATE TABLE paigong.inbox (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    app_id          uuid NOT NULL,
    conversation_id uuid NOT NULL,
    run_id          uuid,                         -- the run that waits for it
    queue           text NOT NULL DEFAULT 'handoff' CHECK (queue ~ '^[a-z0-9_]{1,40}$'),
    summary         text NOT NULL,
    detail          json NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'done', 'rejected')),
    assignee        text CHECK (length(assignee) <= 256),
    note            text CHECK (length(note) <= 2000),
    created_at      timestamptz NOT NULL DEFAULT now(),
    closed_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES paigong.conversation (tenant_id, id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (tenant_id, run_id) REFERENCES paigong.run (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CHECK ((closed_at IS NULL) = (state IN ('open', 'taken')))
);
CREATE INDEX inbox_open ON paigong.inbox (tenant_id, app_id, queue, id) WHERE state IN ('open', 'taken');
CREATE INDEX inbox_run ON paigong.inbox (tenant_id, run_id) WHERE run_id IS NOT NULL;

-- Who did what; rows are only added.
CREATE TABLE paigong.audit (
    tenant_id uuid NOT NULL REFERENCES paigong.tenant (id),
    id        uuid NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor     text NOT NULL CHECK (length(actor) <= 256),      -- end user, key or command line
    action    text NOT NULL,                                    -- run.succeeded, run.resolved, webhook.created …
    target    text NOT NULL,                                    -- the id of what it was done to
    detail    jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_target ON paigong.audit (tenant_id, target);

-- Row-level security and grants -------------------------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['run_attempt', 'job', 'connection', 'webhook', 'event', 'delivery', 'delivery_attempt', 'inbox', 'audit'] LOOP
        EXECUTE format('ALTER TABLE paigong.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON paigong.%I USING (tenant_id = (SELECT paigong.current_tenant())) '
                       'WITH CHECK (tenant_id = (SELECT paigong.current_tenant()))', name);
    END LOOP;
    -- What the functions below see of all tenants, with the rights of their owner.
    FOREACH name IN ARRAY ARRAY['job', 'delivery'] LOOP
        EXECUTE format('CREATE POLICY queue ON paigong.%I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['run', 'event', 'webhook'] LOOP
        EXECUTE format('CREATE POLICY queue ON paigong.%I FOR SELECT TO CURRENT_USER USING (true)', name);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON paigong.job, paigong.connection, paigong.webhook, paigong.delivery, paigong.inbox TO paigong_app;
GRANT SELECT, INSERT, DELETE ON paigong.event TO paigong_app;
GRANT SELECT, INSERT ON paigong.run_attempt, paigong.delivery_attempt, paigong.audit TO paigong_app;   -- never changed
GRANT EXECUTE ON FUNCTION paigong.emit(uuid, uuid, uuid, uuid, text, json) TO paigong_app;

-- What workers ask of all tenants ---------------------------------------------------------------------------------------

-- Leases at most `batch` ready jobs to `worker`: tenant by tenant in turn, so that nobody waits behind another's thousands,
-- and never more than a tenant's share at once. Claims take turns (the lock lasts as long as this one statement, whatever
-- becomes of the client), so that the share is exact.
CREATE FUNCTION paigong.claim_jobs(worker uuid, batch integer, lease interval, share integer)
RETURNS TABLE (tenant_id uuid, run_id uuid, attempt integer, tries_left integer, may_repeat boolean, maybe_done boolean, app_id uuid, kind text,
               conversation_id uuid, turn_id uuid, skill text, skill_version integer, slots jsonb, request json, parent_id uuid,
               time_zone text, created_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(7451203586144928871);
    RETURN QUERY
    WITH RECURSIVE tenants AS (
        (SELECT j.tenant_id FROM paigong.job j WHERE j.lease_owner IS NULL AND NOT j.waiting ORDER BY j.tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT j.tenant_id FROM paigong.job j
                WHERE j.lease_owner IS NULL AND NOT j.waiting AND j.tenant_id > t.tenant_id ORDER BY j.tenant_id LIMIT 1)
        FROM tenants t WHERE t.tenant_id IS NOT NULL
    ), running AS (
        SELECT j.tenant_id, count(*)::integer AS jobs FROM paigong.job j WHERE j.lease_owner IS NOT NULL GROUP BY j.tenant_id
    ), ready AS (
        SELECT j.tenant_id, j.run_id, row_number() OVER (PARTITION BY j.tenant_id ORDER BY j.priority, j.ready_at, j.run_id) AS place
        FROM tenants t
        LEFT JOIN running r ON r.tenant_id = t.tenant_id
        JOIN paigong.tenant owner ON owner.id = t.tenant_id
        CROSS JOIN LATERAL (
            SELECT c.tenant_id, c.run_id, c.priority, c.ready_at FROM paigong.job c
            WHERE c.tenant_id = t.tenant_id AND c.lease_owner IS NULL AND NOT c.waiting AND NOT c.cancelled
              AND c.ready_at <= clock_timestamp()
              AND (c.deadline_at IS NULL OR c.deadline_at > clock_timestamp())
            ORDER BY c.priority, c.ready_at, c.run_id
            LIMIT greatest(0, least(batch, coalesce(owner.max_running, share) - coalesce(r.jobs, 0)))
            FOR UPDATE SKIP LOCKED
        ) j
    ), chosen AS (
        SELECT ready.tenant_id, ready.run_id FROM ready ORDER BY ready.place, ready.run_id LIMIT batch
    ), leased AS (
        UPDATE paigong.job j
        SET lease_owner = worker, lease_until = clock_timestamp() + lease, leased_at = clock_timestamp(),
            attempt = j.attempt + 1, tries_left = j.tries_left - 1
        FROM chosen c WHERE j.tenant_id = c.tenant_id AND j.run_id = c.run_id
        RETURNING j.tenant_id, j.run_id, j.attempt, j.tries_left, j.may_repeat, j.maybe_done
    )
    SELECT l.tenant_id, l.run_id, l.attempt, l.tries_left, l.may_repeat, l.maybe_done, r.app_id, r.kind, r.conversation_id, r.turn_id, r.skill,
           r.skill_version, r.slots, r.request, r.parent_id, t.time_zone, r.created_at
    FROM leased l
    JOIN paigong.run r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
    JOIN paigong.tenant t ON t.id = l.tenant_id;
END $$;

-- Prolongs the leases that `worker` still has on the runs that it has in hand. What is missing in the answer is no longer its
-- own. A claim whose answer never reached the worker is in nobody's hand, and runs out.
CREATE FUNCTION paigong.extend_leases(worker uuid, runs uuid[], lease interval)
RETURNS TABLE (tenant_id uuid, run_id uuid, attempt integer, cancelled boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE paigong.job j SET lease_until = clock_timestamp() + lease
    WHERE j.lease_owner = worker AND j.run_id = ANY (runs) AND j.lease_until > clock_timestamp()
    RETURNING j.tenant_id, j.run_id, j.attempt, j.cancelled
$$;

-- Jobs that somebody must see to: their worker is gone, nobody answered in time, their deadline has passed, or they were to
-- be stopped while an attempt was under way that did not end them.
CREATE FUNCTION paigong.overdue_jobs(batch integer)
RETURNS TABLE (tenant_id uuid, run_id uuid, attempt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    (SELECT j.tenant_id, j.run_id, j.attempt FROM paigong.job j WHERE j.lease_owner IS NOT NULL AND j.lease_until < clock_timestamp()
     ORDER BY j.lease_until LIMIT batch)
    UNION ALL
    (SELECT j.tenant_id, j.run_id, j.attempt FROM paigong.job j WHERE j.waiting AND j.ready_at < clock_timestamp()
     ORDER BY j.ready_at LIMIT batch)
    UNION ALL
    (SELECT j.tenant_id, j.run_id, j.attempt FROM paigong.job j
     WHERE j.lease_owner IS NULL AND NOT j.waiting AND (j.deadline_at IS NOT NULL OR j.cancelled)
       AND (j.deadline_at < clock_timestamp() OR j.cancelled)
     LIMIT batch)
$$;

-- Runs whose outcome a conversation has not been told yet.
CREATE FUNCTION paigong.untold_runs(batch integer)
RETURNS TABLE (tenant_id uuid, run_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.tenant_id, r.id FROM paigong.run r
    WHERE NOT r.told AND r.tell_at <= clock_timestamp() AND r.finished_at IS NOT NULL
    ORDER BY r.tell_at LIMIT batch
$$;

-- Leases at most `batch` deliveries to `worker`: of each webhook only the first that is not delivered in every
-- conversation, so that events arrive in order, and at most `share` at once, one while it is failing, so that an endpoint
-- that hangs holds up itself alone. Claims take turns, so that both are exact. A delivery whose worker is gone is made again.
CREATE FUNCTION paigong.claim_deliveries(worker uuid, batch integer, lease interval, share integer)
RETURNS TABLE (tenant_id uuid, delivery_id uuid, attempt integer, tries integer, webhook_id uuid, event_id uuid, url text,
               secrets bytea, payload json)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(7451203586144928872);
    RETURN QUERY
    WITH running AS (
        SELECT d.tenant_id, d.webhook_id, count(*)::integer AS deliveries FROM paigong.delivery d
        WHERE d.lease_owner IS NOT NULL AND d.lease_until > clock_timestamp() GROUP BY d.tenant_id, d.webhook_id
    ), ready AS (
        SELECT d.tenant_id, d.id, d.ready_at, w.failing_since IS NOT NULL AS failing,
               row_number() OVER (PARTITION BY d.tenant_id, d.webhook_id ORDER BY d.ready_at, d.position) AS place
        FROM paigong.webhook w
        LEFT JOIN running r ON r.tenant_id = w.tenant_id AND r.webhook_id = w.id
        CROSS JOIN LATERAL (
            SELECT c.tenant_id, c.id, c.webhook_id, c.ready_at, c.position FROM paigong.delivery c
            WHERE c.tenant_id = w.tenant_id AND c.webhook_id = w.id AND c.state = 'pending' AND c.ready_at <= clock_timestamp()
              AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
              AND NOT EXISTS (SELECT FROM paigong.delivery e
                              WHERE e.tenant_id = c.tenant_id AND e.webhook_id = c.webhook_id
                                AND e.conversation_id = c.conversation_id AND e.state = 'pending' AND e.position < c.position)
            ORDER BY c.ready_at, c.position
            LIMIT greatest(0, least(batch, CASE WHEN w.failing_since IS NULL THEN share ELSE 1 END - coalesce(r.deliveries, 0)))
            FOR UPDATE SKIP LOCKED
        ) d
        WHERE w.enabled
    ), chosen AS (
        SELECT ready.tenant_id, ready.id FROM ready ORDER BY ready.place, ready.failing, ready.ready_at LIMIT batch
    ), leased AS (
        UPDATE paigong.delivery d
        SET lease_owner = worker, lease_until = clock_timestamp() + lease, attempt = d.attempt + 1, tries = d.tries + 1
        FROM chosen c WHERE d.tenant_id = c.tenant_id AND d.id = c.id
        RETURNING d.tenant_id, d.id, d.attempt, d.tries, d.webhook_id, d.event_id
    )
    SELECT l.tenant_id, l.id, l.attempt, l.tries, l.webhook_id, l.event_id, w.url, w.secrets, e.payload
    FROM leased l
    JOIN paigong.webhook w ON w.tenant_id = l.tenant_id AND w.id = l.webhook_id
    JOIN paigong.event e ON e.tenant_id = l.tenant_id AND e.id = l.event_id;
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['claim_jobs(uuid, integer, interval, integer)', 'extend_leases(uuid, uuid[], interval)', 'overdue_jobs(integer)',
                                'untold_runs(integer)', 'claim_deliveries(uuid, integer, interval, integer)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION paigong.' || name || ' FROM PUBLIC';
    END LOOP;
END $$;
