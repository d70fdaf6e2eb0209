-- How many of a workspace's newest titles have each of these marks, and how many titles that is.
-- At most so many rows are walked: a sample of the newest is enough to tell rare pairs from others.
WITH newest AS (
    SELECT workspace_id, pairs FROM search_titlepairs ORDER BY words_id DESC LIMIT %(walked)s
), sample AS MATERIALIZED (
    SELECT pairs FROM newest WHERE workspace_id = %(workspace)s LIMIT %(sample)s
)
SELECT NULL, count(*) FROM sample
UNION ALL
SELECT mark, count(*) FROM sample, unnest(pairs) AS mark WHERE mark = ANY(%(marks)s) GROUP BY mark
