WITH fill AS (
    SELECT * FROM warehouse_daycountfill
    WHERE workspace_id = %(workspace_id)s AND name = %(name)s
)
SELECT 'fill', NULL, NULL::date, NULL::bytea, to_jsonb(fill) FROM fill
UNION ALL
SELECT 'keys', question, NULL, NULL,
       jsonb_build_object('columns', columns, 'combinations', combinations)
FROM warehouse_daycountkeys
WHERE fill_id = (SELECT id FROM fill) AND question = ANY(%(questions)s)
UNION ALL
(
    SELECT 'days', question, "on", numbers, NULL
    FROM warehouse_daycount
    WHERE fill_id = (SELECT id FROM fill) AND question = ANY(%(questions)s)
      AND ("on" IS NULL OR "on" BETWEEN %(since)s AND %(until)s)
)
