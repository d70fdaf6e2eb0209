-- Which of some cases are open.
SELECT case_id FROM desk_opencase WHERE case_id = ANY(%(cases)s)
