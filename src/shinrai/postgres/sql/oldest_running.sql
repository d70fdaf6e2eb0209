-- Up to which transaction everything is decided: below the oldest that may still write in this
-- database. Transactions known to run in another database of the same server do not count; one
-- whose place is not yet known does.
WITH now AS (
    SELECT pg_current_snapshot() AS snapshot
),
running AS (
    SELECT pg_snapshot_xip(snapshot)::text::bigint AS xid FROM now
),
elsewhere AS (
    SELECT held.transactionid::text::bigint AS xid
    FROM pg_locks AS held
    JOIN pg_stat_activity AS activity ON activity.pid = held.pid
    WHERE held.locktype = 'transactionid'
      AND held.mode = 'ExclusiveLock'
      AND held.granted
      AND activity.datname <> current_database()
)
SELECT coalesce(
    -- Locks name a transaction by the lower 32 bits of its number.
    (SELECT min(xid) FROM running WHERE xid & 4294967295 NOT IN (SELECT xid FROM elsewhere)),
    pg_snapshot_xmax(snapshot)::text::bigint
)
FROM now
