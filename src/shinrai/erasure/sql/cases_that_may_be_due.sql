-- The cases of a workspace that may have become due for erasing their words: with a step in
-- [since, until), or changed or observed by transactions from `upto` on. A case may come twice: it
-- is the reader who stops when enough are known. The newest imports are a list made once, so that
-- their rows are found by the summary of pages.
SELECT case_id
FROM ledger_step
WHERE workspace_id = %(workspace)s AND at >= %(since)s AND at < %(until)s
UNION ALL
SELECT case_id
FROM ledger_step
WHERE workspace_id = %(workspace)s AND batch_id IS NULL AND written_in >= %(upto)s
UNION ALL
SELECT case_id
FROM ledger_step
WHERE workspace_id = %(workspace)s AND batch_id = ANY(ARRAY(
    SELECT completion.batch_id
    FROM ledger_batchcompletion AS completion
    WHERE completion.written_in >= %(upto)s
))
UNION ALL
SELECT case_id
FROM importers_observation
WHERE workspace_id = %(workspace)s AND batch_id = ANY(ARRAY(
    SELECT completion.batch_id
    FROM ledger_batchcompletion AS completion
    WHERE completion.written_in >= %(upto)s
))
