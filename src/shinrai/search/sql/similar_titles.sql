-- The share of a title's weight that other titles have too, against their length: 1 is the same.
-- Only titles with one of its rare pairs are compared, and no more than `most` of them.
WITH weight AS (
    SELECT * FROM unnest(%(marks)s::int[], %(weights)s::float8[]) AS t (mark, weight)
), found AS MATERIALIZED (
    SELECT case_id, pairs, cardinality(pairs)::float8 AS size FROM search_titlepairs
    WHERE pairs && %(rare)s::int[] AND workspace_id = %(workspace)s
    LIMIT %(most)s
)
SELECT case_id, sum(weight)
    / (SELECT sum(weight) FROM weight)
    / sqrt(greatest(1, size / cardinality(%(marks)s::int[]))) AS likeness
FROM found, unnest(pairs) AS mark JOIN weight USING (mark)
GROUP BY case_id, size
ORDER BY likeness DESC, case_id DESC
LIMIT %(shown)s
