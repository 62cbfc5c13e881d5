-- Customers, their orders, and what happens to an order afterwards: returns, refunds, invoices.
-- Idempotent: applied again on every `paigong skills apply`.
CREATE SCHEMA IF NOT EXISTS crm;

-- Numbers for rows made in conversation; the seeded rows stay below where these start.
CREATE SEQUENCE IF NOT EXISTS crm.customer_no START 2001;
CREATE SEQUENCE IF NOT EXISTS crm.order_no START 20401;
CREATE SEQUENCE IF NOT EXISTS crm.return_no START 7201;
CREATE SEQUENCE IF NOT EXISTS crm.refund_no START 5201;
CREATE SEQUENCE IF NOT EXISTS crm.invoice_no START 8201;

-- What the states of an order are called in answers.
CREATE TABLE IF NOT EXISTS crm.order_status (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    code      text NOT NULL CHECK (code IN ('unpaid', 'paid', 'shipped', 'delivered', 'cancelled')),
    zh        text NOT NULL,
    en        text NOT NULL,
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS crm.carrier (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    code      text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL,
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS crm.customer (
    tenant_id  uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no         text NOT NULL DEFAULT 'C-' || nextval('crm.customer_no'),
    name       text NOT NULL CHECK (name <> ''),
    company    text NOT NULL DEFAULT '',
    phone      text NOT NULL CHECK (phone <> ''),
    email      text NOT NULL DEFAULT '',
    city       text NOT NULL,
    address    text NOT NULL,
    tier       text NOT NULL DEFAULT 'standard' CHECK (tier IN ('standard', 'silver', 'gold')),
    since      date NOT NULL,
    updated_at timestamp,
    updated_by text,
    PRIMARY KEY (tenant_id, no)
);
CREATE INDEX IF NOT EXISTS customer_name ON crm.customer (tenant_id, lower(name));
CREATE INDEX IF NOT EXISTS customer_phone ON crm.customer (tenant_id, phone);

CREATE TABLE IF NOT EXISTS crm.product (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    sku       text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL,
    price     numeric(12, 2) NOT NULL CHECK (price > 0),
    PRIMARY KEY (tenant_id, sku)
);

-- unpaid and paid are still in the warehouse; only those can be cancelled or sent elsewhere.
CREATE TABLE IF NOT EXISTS crm.sales_order (
    tenant_id    uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no           text NOT NULL DEFAULT 'SO-' || nextval('crm.order_no'),
    customer_no  text NOT NULL,
    status       text NOT NULL,
    ordered_on   date NOT NULL,
    due_on       date NOT NULL,
    address      text NOT NULL CHECK (address <> ''),
    total        numeric(12, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),
    paid         numeric(12, 2) NOT NULL DEFAULT 0 CHECK (paid BETWEEN 0 AND total),
    refunded     numeric(12, 2) NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND paid),
    carrier      text,
    tracking_no  text,
    eta          date,
    shipped_on   date,
    delivered_on date,
    cancelled_on date,
    updated_at   timestamp,
    updated_by   text,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, customer_no) REFERENCES crm.customer (tenant_id, no),
    FOREIGN KEY (tenant_id, status) REFERENCES crm.order_status (tenant_id, code),
    FOREIGN KEY (tenant_id, carrier) REFERENCES crm.carrier (tenant_id, code),
    CHECK (status NOT IN ('shipped', 'delivered') OR shipped_on IS NOT NULL),
    CHECK ((status = 'delivered') = (delivered_on IS NOT NULL)),
    CHECK ((status = 'cancelled') = (cancelled_on IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS sales_order_customer ON crm.sales_order (tenant_id, customer_no, ordered_on DESC);
CREATE INDEX IF NOT EXISTS sales_order_status ON crm.sales_order (tenant_id, status, ordered_on DESC);

CREATE TABLE IF NOT EXISTS crm.order_item (
    tenant_id  uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    order_no   text NOT NULL,
    line       integer NOT NULL CHECK (line > 0),
    sku        text NOT NULL,
    quantity   integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(12, 2) NOT NULL CHECK (unit_price >= 0),
    PRIMARY KEY (tenant_id, order_no, line),
    FOREIGN KEY (tenant_id, order_no) REFERENCES crm.sales_order (tenant_id, no),
    FOREIGN KEY (tenant_id, sku) REFERENCES crm.product (tenant_id, sku)
);

CREATE TABLE IF NOT EXISTS crm.return_request (
    tenant_id    uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no           text NOT NULL DEFAULT 'RT-' || nextval('crm.return_no'),
    order_no     text NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('damaged', 'wrong_item', 'not_as_described', 'no_longer_needed', 'other')),
    status       text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved', 'received', 'cancelled')),
    requested_on date NOT NULL,
    requested_by text NOT NULL,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, order_no) REFERENCES crm.sales_order (tenant_id, no)
);
-- One live return for an order at a time.
CREATE UNIQUE INDEX IF NOT EXISTS return_request_live ON crm.return_request (tenant_id, order_no) WHERE status <> 'cancelled';

CREATE TABLE IF NOT EXISTS crm.refund (
    tenant_id    uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no           text NOT NULL DEFAULT 'RF-' || nextval('crm.refund_no'),
    order_no     text NOT NULL,
    amount       numeric(12, 2) NOT NULL CHECK (amount > 0),
    status       text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved', 'paid')),
    requested_on date NOT NULL,
    requested_by text NOT NULL,
    paid_on      date,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, order_no) REFERENCES crm.sales_order (tenant_id, no),
    CHECK ((status = 'paid') = (paid_on IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS refund_order ON crm.refund (tenant_id, order_no);

CREATE TABLE IF NOT EXISTS crm.invoice (
    tenant_id    uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no           text NOT NULL DEFAULT 'IV-' || nextval('crm.invoice_no'),
    order_no     text NOT NULL,
    title        text NOT NULL CHECK (title <> ''),
    tax_id       text,
    email        text,
    amount       numeric(12, 2) NOT NULL CHECK (amount > 0),
    status       text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'issued')),
    requested_on date NOT NULL,
    requested_by text NOT NULL,
    PRIMARY KEY (tenant_id, no),
    FOREIGN KEY (tenant_id, order_no) REFERENCES crm.sales_order (tenant_id, no)
);
-- An order is invoiced once.
CREATE UNIQUE INDEX IF NOT EXISTS invoice_order ON crm.invoice (tenant_id, order_no);

-- E-mails to customers, for the mail system to fetch.
CREATE TABLE IF NOT EXISTS crm.message (
    tenant_id   uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    id          bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    customer_no text NOT NULL,
    about       text NOT NULL CHECK (about IN ('payment_reminder', 'cancellation', 'shipped')),
    lang        text NOT NULL CHECK (lang IN ('zh', 'en')),
    sent_at     timestamp NOT NULL,
    sent_by     text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_no) REFERENCES crm.customer (tenant_id, no)
);
CREATE INDEX IF NOT EXISTS message_customer ON crm.message (tenant_id, customer_no);
