-- What each learner was shown on the dates given, and what of it they completed on the same date,
-- by policy and reason. Merged actors are one learner.
WITH merged AS (
    SELECT one.actor, one.root FROM unnest(%(actors)s::bigint[], %(roots)s::bigint[]) AS one (actor, root)
),
done AS (
    SELECT DISTINCT coalesce(merged.root, attempt.learner_id) AS learner, attempt.activity, attempt.own_on
    FROM missions_attemptrow AS attempt
    LEFT JOIN merged ON merged.actor = attempt.learner_id
    WHERE attempt.workspace_id = %(workspace)s AND attempt.is_completed
        AND attempt.own_on BETWEEN %(since)s AND %(until)s
),
shown AS (
    SELECT coalesce(merged.root, offer.learner_id) AS learner, offer.activity, offer."on" AS own_on,
        offer.policy, offer.reason, offer.chance < 1 AS is_drawn
    FROM missions_offer AS offer
    LEFT JOIN merged ON merged.actor = offer.learner_id
    WHERE offer.workspace_id = %(workspace)s AND offer."on" BETWEEN %(since)s AND %(until)s
)
SELECT shown.policy, shown.reason, shown.is_drawn, shown.learner,
    count(*) AS shown, count(done.learner) AS taken
FROM shown
LEFT JOIN done ON done.learner = shown.learner AND done.activity = shown.activity
    AND done.own_on = shown.own_on
GROUP BY shown.policy, shown.reason, shown.is_drawn, shown.learner
