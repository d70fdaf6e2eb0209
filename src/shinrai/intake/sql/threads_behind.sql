-- The threads that are due and whose case has a step newer than the last one told there.
SELECT thread.id, source.id
FROM intake_thread AS thread
JOIN intake_connection AS source ON source.id = thread.connection_id
WHERE source.ended_at IS NULL
  AND NOT thread.is_given_up
  AND (thread.due_at IS NULL OR thread.due_at <= %(at)s)
  AND EXISTS (
    SELECT FROM ledger_step AS step
    WHERE step.case_id = thread.case_id AND step.id > thread.told_sequence AND step.kind <> 'worked'
  )
ORDER BY thread.id
LIMIT 500
