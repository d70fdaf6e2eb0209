-- What imports said about some cases, the oldest first; those that do not count are left out.
SELECT case_id, "table", rows, joins, said, words
FROM importers_observation
WHERE case_id = ANY(%(cases)s::bigint[]) AND batch_id <> ALL(%(hidden)s::bigint[])
ORDER BY batch_id, file, id
