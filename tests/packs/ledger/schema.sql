CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.account (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    no        text NOT NULL,
    balance   bigint NOT NULL,
    PRIMARY KEY (tenant_id, no)
);
-- No reference is unique here: what is done twice is to be seen.
CREATE TABLE IF NOT EXISTS ledger.entry (
    tenant_id uuid NOT NULL DEFAULT current_setting('app.tenant')::uuid,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    reference text NOT NULL,
    amount    bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
