-- Which of these keys were not destroyed; each is looked up by itself, as in keys_by_id.
SELECT known.id
FROM unnest(%(ids)s::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT id
    FROM privacy_personkey
    WHERE id = wanted.id
    LIMIT 1
) AS known
