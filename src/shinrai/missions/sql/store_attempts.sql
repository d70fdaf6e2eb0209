-- Of what was sent under an id, what arrived first stays; the order of arrival is the same whatever
-- comes first into the table. An id of one learner is no other learner's.
INSERT INTO missions_attemptrow AS kept (
    workspace_id, attempt_id, learner_id, activity, at, own_on, known_at, is_completed, score
)
SELECT %(workspace)s, sent.*
FROM unnest(
    %(ids)s::text[],
    %(learners)s::bigint[],
    %(activities)s::text[],
    %(moments)s::timestamptz[],
    %(days)s::date[],
    %(known)s::timestamptz[],
    %(completed)s::boolean[],
    %(scores)s::float8[]
) AS sent (id, learner, activity, at, own_on, known_at, is_completed, score)
ON CONFLICT (workspace_id, attempt_id) DO UPDATE SET
    activity = excluded.activity,
    at = excluded.at,
    own_on = excluded.own_on,
    known_at = excluded.known_at,
    is_completed = excluded.is_completed,
    score = excluded.score
WHERE kept.learner_id = excluded.learner_id
  AND (excluded.known_at, excluded.at, excluded.activity, excluded.is_completed,
       coalesce(excluded.score, -1))
    < (kept.known_at, kept.at, kept.activity, kept.is_completed, coalesce(kept.score, -1))
RETURNING xmax = 0
