-- What each learner was shown on the dates given, and what of it they completed on the same date,
-- by policy and reason. Merged actors are one learner. Grouped instead of joined: the planner knows
-- nothing of new rows, and would join them in nested loops.
WITH acts AS (
    SELECT coalesce((%(merged)s::jsonb ->> learner_id::text)::bigint, learner_id) AS learner,
        activity, own_on, true AS is_done, NULL::text AS policy, NULL::text AS reason,
        NULL::boolean AS is_drawn
    FROM missions_attemptrow
    WHERE workspace_id = %(workspace)s AND is_completed
        AND own_on BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT coalesce((%(merged)s::jsonb ->> learner_id::text)::bigint, learner_id),
        activity, "on", false, policy, reason, chance < 1
    FROM missions_offer
    WHERE workspace_id = %(workspace)s AND "on" BETWEEN %(since)s AND %(until)s
),
shown AS (
    SELECT learner, bool_or(is_done) AS is_taken, max(policy) AS policy, max(reason) AS reason,
        bool_or(is_drawn) AS is_drawn
    FROM acts
    GROUP BY learner, activity, own_on
    HAVING max(policy) IS NOT NULL
)
SELECT policy, reason, is_drawn, learner,
    count(*) AS shown, count(*) FILTER (WHERE is_taken) AS taken
FROM shown
GROUP BY policy, reason, is_drawn, learner
