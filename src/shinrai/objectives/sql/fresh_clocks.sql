-- Where freshly computed clocks wait to be taken over; gone with the transaction. By its key one
-- of them is found even before anything is known about the tables' sizes, as in a first import.
CREATE TEMPORARY TABLE IF NOT EXISTS fresh_clocks (
    workspace_id bigint, objective_id bigint, basis_id bigint, case_id bigint, index smallint,
    mode varchar(12), started_at timestamptz, effective_at timestamptz, stopped_at timestamptz,
    due_at timestamptz, due_without_pauses_at timestamptz, paused_since timestamptz,
    cancelled_at timestamptz, spam boolean, exempted_at timestamptz, open_s bigint,
    paused_open_s bigint, pauses jsonb,
    PRIMARY KEY (objective_id, case_id, index)
) ON COMMIT DELETE ROWS
