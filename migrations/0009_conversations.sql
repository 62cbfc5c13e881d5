-- People look through conversations and runs, and may have what is stored about an end user erased.

CREATE INDEX conversation_app ON paigong.conversation (tenant_id, app_id, id DESC);
CREATE INDEX run_app ON paigong.run (tenant_id, app_id, id DESC);
CREATE INDEX inbox_conversation ON paigong.inbox (tenant_id, conversation_id);

-- What is erased: conversations, turns, what waits for people, suggestions. The ledger's rows stay, emptied, and so outlive the
-- conversation and the turn that they name.
ALTER TABLE paigong.run
    DROP CONSTRAINT run_tenant_id_conversation_id_fkey,
    DROP CONSTRAINT run_tenant_id_turn_id_fkey;
GRANT DELETE ON paigong.suggestion TO paigong_app;
GRANT UPDATE (payload) ON paigong.event TO paigong_app;
GRANT UPDATE (error) ON paigong.run_attempt, paigong.delivery_attempt TO paigong_app;
