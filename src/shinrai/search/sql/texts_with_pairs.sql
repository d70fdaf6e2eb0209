-- The texts of a workspace that have all these pairs, found by the index; the newest first.
WITH found AS MATERIALIZED (
    SELECT case_id, words_id, at
    FROM search_textpairs
    WHERE pairs @> %(marks)s::int[] AND workspace_id = %(workspace)s AND at >= %(since)s AND at < %(until)s
)
SELECT case_id, words_id
FROM found
ORDER BY at DESC
LIMIT %(most)s
