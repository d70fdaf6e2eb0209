-- Persons whose key was destroyed get a new one, and lose the number of the name that went with it.
UPDATE customers_person
SET key_id = keys.new, name_words_id = NULL
FROM unnest(%s::bigint[], %s::bigint[]) AS keys (old, new)
WHERE key_id = keys.old
