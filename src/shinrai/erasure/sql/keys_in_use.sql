-- Those of some keys under which a case is open, or had something added from a moment on.
SELECT wanted.id
FROM unnest(%(keys)s::bigint[]) AS wanted (id)
WHERE EXISTS (
    SELECT FROM ledger_case AS cases
    WHERE cases.key_id = wanted.id
        AND (
            EXISTS (SELECT FROM desk_opencase WHERE desk_opencase.case_id = cases.id)
            OR EXISTS (
                SELECT FROM ledger_step
                WHERE ledger_step.case_id = cases.id AND ledger_step.at >= %(until)s
            )
        )
)
