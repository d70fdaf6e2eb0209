-- The cases whose steps changed by transactions from `since` to below `upto`: persons appended one,
-- or a batch with steps in them began to count or was taken back, or the time zone of the workspace
-- changed, and with it the dates of all its cases. Batches come as a list, so that
-- their steps are found by the summary of pages and not by reading all of them.
SELECT cases.workspace_id, cases.record, cases.id, cases.parent_id
FROM (
    SELECT case_id
    FROM ledger_step
    WHERE batch_id IS NULL AND written_in >= %(since)s AND written_in < %(upto)s
    UNION
    SELECT case_id
    FROM ledger_step
    WHERE batch_id = ANY(%(batches)s::bigint[])
    UNION
    SELECT id
    FROM ledger_case
    WHERE workspace_id = ANY(%(rezoned)s::bigint[])
) AS changed
JOIN ledger_case AS cases ON cases.id = changed.case_id
ORDER BY cases.workspace_id, cases.id
