-- Work orders, the engineers who do them, and the parts they take. Times of visits are local wall-clock times.
-- Idempotent: applied again on every `paigong skills apply`.
CREATE SCHEMA IF NOT EXISTS field;

-- Numbers for rows made in conversation; the seeded rows stay below where these start.
CREATE SEQUENCE IF NOT EXISTS field.engineer_no START 201;
CREATE SEQUENCE IF NOT EXISTS field.work_order_no START 3101;
CREATE SEQUENCE IF NOT EXISTS field.part_request_no START 6201;

CREATE TABLE IF NOT EXISTS field.city (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    code      text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL,
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS field.trade (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    code      text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL,
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS field.engineer (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no        text NOT NULL DEFAULT 'EN-' || nextval('field.engineer_no'),
    name      text NOT NULL CHECK (name <> ''),
    phone     text NOT NULL,
    city      text NOT NULL,
    active    boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, city) REFERENCES field.city (tenant_id, code)
);
CREATE INDEX IF NOT EXISTS engineer_name ON field.engineer (tenant_id, lower(name));

CREATE TABLE IF NOT EXISTS field.engineer_trade (
    tenant_id   uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    engineer_no text NOT NULL,
    trade       text NOT NULL,
    PRIMARY KEY (tenant_id, engineer_no, trade),
    FOREIGN KEY (tenant_id, engineer_no) REFERENCES field.engineer (tenant_id, no),
    FOREIGN KEY (tenant_id, trade) REFERENCES field.trade (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS field.day_off (
    tenant_id   uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    engineer_no text NOT NULL,
    day         date NOT NULL,
    PRIMARY KEY (tenant_id, engineer_no, day),
    FOREIGN KEY (tenant_id, engineer_no) REFERENCES field.engineer (tenant_id, no)
);

CREATE TABLE IF NOT EXISTS field.work_order (
    tenant_id    uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no           text NOT NULL DEFAULT 'WO-' || nextval('field.work_order_no'),
    summary      text NOT NULL CHECK (summary <> ''),
    customer     text NOT NULL DEFAULT '',
    site         text NOT NULL CHECK (site <> ''),
    city         text,
    trade        text,
    urgency      text NOT NULL DEFAULT 'normal' CHECK (urgency IN ('low', 'normal', 'high', 'urgent')),
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'assigned', 'done', 'cancelled')),
    preferred_on date NOT NULL,
    engineer_no  text,
    scheduled_at timestamp,
    confirmed    boolean NOT NULL DEFAULT false,
    created_on   date NOT NULL,
    created_by   text NOT NULL,
    finished_on  date,
    minutes      integer CHECK (minutes > 0),
    note         text,
    updated_at   timestamp,
    updated_by   text,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, city) REFERENCES field.city (tenant_id, code),
    FOREIGN KEY (tenant_id, trade) REFERENCES field.trade (tenant_id, code),
    FOREIGN KEY (tenant_id, engineer_no) REFERENCES field.engineer (tenant_id, no),
    CHECK (status <> 'open' OR engineer_no IS NULL),
    CHECK (status NOT IN ('assigned', 'done') OR engineer_no IS NOT NULL),
    CHECK ((status = 'done') = (finished_on IS NOT NULL)),
    CHECK (NOT confirmed OR scheduled_at IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS work_order_status ON field.work_order (tenant_id, status, preferred_on);
CREATE INDEX IF NOT EXISTS work_order_engineer ON field.work_order (tenant_id, engineer_no, scheduled_at);

CREATE TABLE IF NOT EXISTS field.part (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    code      text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL,
    stock     integer NOT NULL CHECK (stock >= 0),
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS field.part_request (
    tenant_id     uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no            text NOT NULL DEFAULT 'PR-' || nextval('field.part_request_no'),
    part          text NOT NULL,
    quantity      integer NOT NULL CHECK (quantity > 0),
    work_order_no text,
    requested_on  date NOT NULL,
    requested_by  text NOT NULL,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, part) REFERENCES field.part (tenant_id, code),
    FOREIGN KEY (tenant_id, work_order_no) REFERENCES field.work_order (tenant_id, no)
);
CREATE INDEX IF NOT EXISTS part_request_part ON field.part_request (tenant_id, part, requested_on DESC);
