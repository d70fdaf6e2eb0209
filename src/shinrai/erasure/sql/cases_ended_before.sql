-- Those of some cases that have a key, are not open, and had nothing added from a moment on.
SELECT cases.key_id, cases.id
FROM ledger_case AS cases
WHERE cases.id = ANY(%(cases)s::bigint[])
    AND cases.workspace_id = %(workspace)s
    AND cases.key_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM desk_opencase WHERE desk_opencase.case_id = cases.id)
    AND NOT EXISTS (
        SELECT FROM ledger_step
        WHERE ledger_step.case_id = cases.id AND ledger_step.at >= %(until)s
    )
