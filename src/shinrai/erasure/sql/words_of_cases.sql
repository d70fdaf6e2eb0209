-- The texts that some cases still have: of their steps (also those that were corrected, or whose
-- import was taken back), of what imports observed, of files, their names
-- among them, and what was changed in a template before it was sent.
SELECT found.case_id, found.words_id
FROM (
    SELECT case_id, words_id
    FROM ledger_step
    WHERE case_id = ANY(%(cases)s::bigint[]) AND words_id IS NOT NULL
    UNION
    SELECT case_id, jsonb_path_query(words, '$.*.*[0]')::bigint
    FROM importers_observation
    WHERE case_id = ANY(%(cases)s::bigint[]) AND words IS NOT NULL
    UNION
    SELECT case_id, words_id
    FROM knowledge_articleuse
    WHERE case_id = ANY(%(cases)s::bigint[]) AND words_id IS NOT NULL
    UNION
    SELECT case_id, unnest(ARRAY[name_words_id, content_words_id])
    FROM desk_casefile
    WHERE case_id = ANY(%(cases)s::bigint[])
) AS found
JOIN privacy_sealedwords AS sealed ON sealed.id = found.words_id
