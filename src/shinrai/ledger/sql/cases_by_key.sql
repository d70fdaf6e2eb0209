-- Which keys of a source are known, and as which cases. Each is looked up by itself: in a first
-- import PostgreSQL knows nothing of the table's size yet, takes the source for a handful of rows,
-- and would walk all of them for every thousand keys; later it would walk the table for very many.
SELECT
    known.id, known.workspace_id, known.record, known.source, known.source_key, known.key_id,
    known.customer_id, known.parent_id
FROM unnest(%(keys)s::text[]) AS wanted (source_key)
CROSS JOIN LATERAL (
    SELECT *
    FROM ledger_case
    WHERE workspace_id = %(workspace)s AND record = %(record)s AND source = %(source)s
        AND source_key = wanted.source_key
    LIMIT 1
) AS known
