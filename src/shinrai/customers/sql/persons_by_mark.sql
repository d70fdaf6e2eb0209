-- Which marks are known, as which persons, under which keys. Each is looked up by itself: in a first
-- import PostgreSQL knows nothing of the table's size yet, and would walk the whole source.
SELECT wanted.mark, known.id, known.key_id, known.name_words_id
FROM unnest(%(marks)s::bytea[]) AS wanted (mark)
CROSS JOIN LATERAL (
    SELECT id, key_id, name_words_id
    FROM customers_person
    WHERE workspace_id = %(workspace)s AND source = %(source)s AND mark = wanted.mark
    LIMIT 1
) AS known
