-- What imports said about some cases, the oldest first; those that do not count are left out. The
-- first and the last case are named so that rows are read from the index before anything is known
-- about the table's size, as in a first import.
SELECT case_id, "table", rows, joins, said, words
FROM importers_observation
WHERE case_id = ANY(%(cases)s::bigint[]) AND case_id BETWEEN %(first)s AND %(last)s
    AND batch_id <> ALL(%(hidden)s::bigint[])
ORDER BY batch_id, file, id
