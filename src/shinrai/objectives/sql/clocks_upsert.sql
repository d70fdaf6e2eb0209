-- Take the freshly computed clocks over into the books; rows that say the same are not touched,
-- so that only what really changed is published again.
INSERT INTO objectives_clock AS old (
    workspace_id, objective_id, basis_id, case_id, index, mode, started_at, effective_at,
    stopped_at, due_at, due_without_pauses_at, paused_since, cancelled_at, spam, exempted_at,
    open_s, paused_open_s, pauses, gone, written_in
)
SELECT
    workspace_id, objective_id, basis_id, case_id, index, mode, started_at, effective_at,
    stopped_at, due_at, due_without_pauses_at, paused_since, cancelled_at, spam, exempted_at,
    open_s, paused_open_s, pauses, false, pg_current_xact_id()::text::bigint
FROM fresh_clocks
ON CONFLICT (objective_id, case_id, index) DO UPDATE SET
    basis_id = excluded.basis_id,
    mode = excluded.mode,
    started_at = excluded.started_at,
    effective_at = excluded.effective_at,
    stopped_at = excluded.stopped_at,
    due_at = excluded.due_at,
    due_without_pauses_at = excluded.due_without_pauses_at,
    paused_since = excluded.paused_since,
    cancelled_at = excluded.cancelled_at,
    spam = excluded.spam,
    exempted_at = excluded.exempted_at,
    open_s = excluded.open_s,
    paused_open_s = excluded.paused_open_s,
    pauses = excluded.pauses,
    gone = false,
    written_in = excluded.written_in
WHERE (
    old.basis_id, old.mode, old.started_at, old.effective_at, old.stopped_at, old.due_at,
    old.due_without_pauses_at, old.paused_since, old.cancelled_at, old.spam, old.exempted_at,
    old.open_s, old.paused_open_s, old.pauses, old.gone
) IS DISTINCT FROM (
    excluded.basis_id, excluded.mode, excluded.started_at, excluded.effective_at,
    excluded.stopped_at, excluded.due_at, excluded.due_without_pauses_at, excluded.paused_since,
    excluded.cancelled_at, excluded.spam, excluded.exempted_at, excluded.open_s,
    excluded.paused_open_s, excluded.pauses, false
)
