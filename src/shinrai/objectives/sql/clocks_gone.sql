-- Clocks of these cases that the steps no longer make (a batch was withdrawn, a case corrected).
-- Looked up case by case (OFFSET 0 keeps it so): the cost is that of the cases, not of the table,
-- also before anything is known about its size.
UPDATE objectives_clock
SET gone = true, written_in = pg_current_xact_id()::text::bigint
WHERE id = ANY (ARRAY(
    SELECT old.id
    FROM unnest(%(cases)s::bigint[]) AS refreshed (case_id)
    CROSS JOIN LATERAL (
        SELECT id, objective_id, case_id, index
        FROM objectives_clock
        WHERE objective_id = ANY(%(objectives)s::bigint[])
          AND case_id = refreshed.case_id
          AND NOT gone
        OFFSET 0
    ) AS old
    WHERE NOT EXISTS (
        SELECT FROM fresh_clocks AS new
        WHERE new.objective_id = old.objective_id
          AND new.case_id = old.case_id
          AND new.index = old.index
    )
))
