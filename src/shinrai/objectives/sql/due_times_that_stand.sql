-- Of objectives whose calendar is read in part only: a clock that starts and pauses as before
-- keeps the due times that were computed when all of the calendar could be read.
UPDATE fresh_clocks AS new
SET effective_at = old.effective_at,
    due_at = old.due_at,
    due_without_pauses_at = old.due_without_pauses_at
FROM objectives_clock AS old
WHERE new.objective_id = ANY(%(objectives)s::bigint[])
  AND old.objective_id = new.objective_id
  AND old.case_id = new.case_id
  AND old.index = new.index
  AND old.started_at = new.started_at
  AND old.pauses = new.pauses
  AND NOT old.gone
