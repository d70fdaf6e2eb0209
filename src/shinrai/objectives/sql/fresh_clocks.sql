-- Where freshly computed clocks wait to be taken over; gone with the transaction.
CREATE TEMPORARY TABLE IF NOT EXISTS fresh_clocks (
    workspace_id bigint, objective_id bigint, basis_id bigint, case_id bigint, index smallint,
    mode varchar(12), started_at timestamptz, effective_at timestamptz, stopped_at timestamptz,
    due_at timestamptz, due_without_pauses_at timestamptz, paused_since timestamptz,
    cancelled_at timestamptz, spam boolean, exempted_at timestamptz, open_s bigint,
    paused_open_s bigint, pauses jsonb
) ON COMMIT DELETE ROWS
