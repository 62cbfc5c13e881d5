-- People look through conversations and runs, and may have what is stored about an end user erased.

CREATE INDEX conversation_app ON paigong.conversation (tenant_id, app_id, id DESC);
CREATE INDEX run_app ON paigong.run (tenant_id, app_id, id DESC);
CREATE INDEX inbox_conversation ON paigong.inbox (tenant_id, conversation_id);
