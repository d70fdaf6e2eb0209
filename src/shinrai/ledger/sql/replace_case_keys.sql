-- Cases whose key was destroyed get a new one, for words that may come later.
UPDATE ledger_case
SET key_id = keys.new
FROM unnest(%s::bigint[], %s::bigint[]) AS keys (old, new)
WHERE key_id = keys.old
