-- Keys by their numbers, each looked up by itself: for many thousand at once PostgreSQL would walk
-- the table, which costs the more the more customers there are.
SELECT known.id, known.wrapped
FROM unnest(%(ids)s::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT id, wrapped
    FROM privacy_personkey
    WHERE id = wanted.id
    LIMIT 1
) AS known
