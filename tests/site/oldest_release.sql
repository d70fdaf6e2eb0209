-- What Yui's desk had written under the first migrations of every package: three investigations,
-- one answered, one sent back, one waiting.
INSERT INTO accounts_organisation (id, slug, name, opened_at) OVERRIDING SYSTEM VALUE VALUES
  (1, 'kawa', 'Kawa', '2026-01-05T00:00Z');
INSERT INTO accounts_workspace (id, slug, name, zone, language, declared_simulated, opened_at, opened_by, organisation_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 'kawa', 'Kawa', 'Asia/Tokyo', 'ja', false, '2026-01-05T00:00Z', 'command', 1);
INSERT INTO accounts_user (id, password, email, is_active, made_at) OVERRIDING SYSTEM VALUE VALUES
  (1, '!', 'yui@example.jp', true, '2026-01-05T00:00Z');
INSERT INTO accounts_member (id, display_name, source, source_key, joined_at, joined_by, user_id, workspace_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 'Yui', '', '', '2026-01-05T00:00Z', 'command', 1, 1);
INSERT INTO accounts_rolegrant (id, role, at, by, member_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 'owner', '2026-01-05T00:00Z', 'command', 1);
INSERT INTO accounts_auditentry (at, by, kind, what, subject, reason, workspace_id) VALUES
  ('2026-01-05T00:00Z', 'command', 'deed', 'open workspace', 'workspace:1', '', 1),
  ('2026-01-06T00:00Z', 'member:1', 'view', 'words of a case', 'investigation:1', '', 1);
INSERT INTO ledger_batch (id, source, mapping, files, fingerprint, started_at, by, workspace_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 'sheet', '{}', '[]', 'f', '2026-01-06T00:00Z', 'command', 1);
INSERT INTO ledger_batchcompletion (at, report, batch_id) VALUES ('2026-01-06T00:01Z', '{}', 1);
INSERT INTO ledger_case (id, record, source, source_key, workspace_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 'investigation', 'sheet', 'CRE-1', 1), (2, 'investigation', 'sheet', 'CRE-2', 1),
  (3, 'investigation', 'sheet', 'CRE-3', 1);
INSERT INTO ledger_step (id, workspace_id, at, recorded_at, kind, by, role, tier, detail, words_id, source, source_key, source_order, digest, batch_id, case_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 1, '2026-01-05T01:00Z', '2026-01-06T00:00Z', 'filed', 'staff:1', 'cs_agent', 1, '{}', 1, 'sheet', 'CRE-1', 0, '\x01', 1, 1),
  (2, 1, '2026-01-05T03:00Z', '2026-01-06T00:00Z', 'answered', 'staff:1', 'cre_engineer', 2, '{}', NULL, 'sheet', 'CRE-1', 1, '\x02', 1, 1),
  (3, 1, '2026-01-05T02:00Z', '2026-01-06T00:00Z', 'filed', 'staff:1', 'cs_agent', 1, '{}', NULL, 'sheet', 'CRE-2', 0, '\x03', 1, 2),
  (4, 1, '2026-01-05T04:00Z', '2026-01-06T00:00Z', 'sent_back', 'staff:1', 'cre_engineer', 2, '{}', NULL, 'sheet', 'CRE-2', 1, '\x04', 1, 2),
  (5, 1, '2026-01-06T00:00Z', '2026-01-06T00:00Z', 'filed', 'staff:1', 'cs_agent', 1, '{}', NULL, 'sheet', 'CRE-3', 0, '\x05', 1, 3);
INSERT INTO importers_observation (workspace_id, "table", rows, joins, row_key, file, line, at, digest, facts, words, batch_id, case_id)
  SELECT 1, 'investigations', 'steps', false, 'CRE-' || id, 0, id + 1, '2026-01-05T01:00Z', '\x01', '{}', '{}', 1, id FROM ledger_case;
-- What the first release gave out next comes after all of this.
SELECT setval(pg_get_serial_sequence(name, 'id'), 100) FROM unnest(ARRAY[
  'accounts_organisation', 'accounts_workspace', 'accounts_user', 'accounts_member', 'accounts_rolegrant', 'ledger_batch', 'ledger_case', 'ledger_step']) AS name;
