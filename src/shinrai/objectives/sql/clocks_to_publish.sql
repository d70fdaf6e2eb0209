-- The clocks written by transactions that all finished before this moment, since the last mark;
-- all of a workspace whose time zone changed.
SELECT
    clock.workspace_id, clock.objective_id, objective.name, version.number,
    basis.calendar_digest, basis.tzdata, clock.case_id, cases.source_key, clock.index, clock.mode,
    clock.started_at, clock.effective_at, clock.stopped_at, clock.due_at,
    clock.due_without_pauses_at, clock.paused_since, clock.cancelled_at, clock.spam,
    clock.exempted_at, clock.open_s, clock.paused_open_s,
    workspace.zone,
    greatest(clock.written_in, workspace.zone_written_in), -- the newer of two rows counts
    clock.gone
FROM objectives_clock AS clock
JOIN objectives_objective AS objective ON objective.id = clock.objective_id
JOIN objectives_basis AS basis ON basis.id = clock.basis_id
JOIN objectives_objectiveversion AS version ON version.id = basis.version_id
JOIN ledger_case AS cases ON cases.id = clock.case_id
JOIN accounts_workspace AS workspace ON workspace.id = clock.workspace_id
WHERE (clock.written_in >= %(since)s AND clock.written_in < %(upto)s)
    OR clock.workspace_id = ANY(%(rezoned)s::bigint[])
