-- The texts of a workspace that have all these pairs, the newest first. The newest of all are
-- looked at first, without the index: of a pair that many texts have, they hold enough.
SELECT case_id, words_id
FROM (
    SELECT case_id, words_id, pairs, at
    FROM search_textpairs
    WHERE workspace_id = %(workspace)s AND at >= %(since)s AND at < %(until)s
    ORDER BY at DESC
    LIMIT %(newest)s
) AS newest
WHERE pairs @> %(marks)s::int[]
ORDER BY at DESC
LIMIT %(most)s
