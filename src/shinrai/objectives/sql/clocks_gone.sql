-- Clocks of these cases that the steps no longer make (a batch was withdrawn, a case corrected).
UPDATE objectives_clock AS old
SET gone = true, written_in = pg_current_xact_id()::text::bigint
WHERE old.objective_id = ANY(%(objectives)s)
  AND old.case_id = ANY(%(cases)s)
  AND NOT old.gone
  AND NOT EXISTS (
      SELECT 1 FROM fresh_clocks AS new
      WHERE new.objective_id = old.objective_id
        AND new.case_id = old.case_id
        AND new.index = old.index
  )
