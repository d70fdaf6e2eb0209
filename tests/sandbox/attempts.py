"""Attempts to get out of the sandbox, by what they are after."""

FILES = """
COPY inquiries TO '/tmp/x.csv'
COPY (SELECT * FROM inquiries) TO '/tmp/x.parquet' (FORMAT parquet)
COPY inquiries FROM '/etc/passwd'
EXPORT DATABASE '/tmp/x'
IMPORT DATABASE '/tmp/x'
SELECT * FROM '/etc/passwd'
SELECT * FROM "/etc/passwd"
SELECT * FROM 'tables.duckdb'
SELECT * FROM '*.parquet'
SELECT * FROM '/proc/self/environ'
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM READ_CSV('/etc/passwd')
SELECT * FROM "read_csv"('/etc/passwd')
SELECT * FROM main.read_csv('/etc/passwd')
SELECT * FROM system.main.read_csv('/etc/passwd')
SELECT * FROM read_csv_auto('/etc/passwd')
SELECT * FROM read_text('/etc/passwd')
SELECT * FROM read_blob('/proc/self/mem')
SELECT * FROM read_json('/etc/passwd')
SELECT * FROM read_json_auto('/etc/passwd')
SELECT * FROM read_json_objects('/etc/passwd')
SELECT * FROM read_ndjson('/etc/passwd')
SELECT * FROM read_ndjson_objects('/etc/passwd')
SELECT * FROM read_parquet('/tmp/*.parquet')
SELECT * FROM parquet_scan('/tmp/*.parquet')
SELECT * FROM parquet_metadata('/tmp/x.parquet')
SELECT * FROM parquet_schema('/tmp/x.parquet')
SELECT * FROM parquet_kv_metadata('/tmp/x.parquet')
SELECT * FROM parquet_file_metadata('/tmp/x.parquet')
SELECT * FROM parquet_bloom_probe('/tmp/x.parquet', 'a', 1)
SELECT * FROM read_duckdb('/tmp/x.duckdb')
SELECT * FROM sniff_csv('/etc/passwd')
SELECT * FROM glob('/etc/*')
SELECT * FROM glob('/home/*/*')
SELECT (SELECT content FROM read_text('/etc/passwd'))
WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x
WITH "/etc/passwd" AS (SELECT 1) SELECT * FROM "/etc/passwd"
SELECT * FROM (WITH "/etc/passwd" AS (SELECT 1) SELECT 1), "/etc/passwd"
SELECT 1 UNION ALL SELECT content FROM read_text('/etc/passwd')
SELECT * FROM inquiries WHERE EXISTS (SELECT 1 FROM read_csv('/etc/passwd'))
SELECT * FROM inquiries, LATERAL (SELECT * FROM read_text('/etc/passwd')) x
SELECT * FROM inquiries JOIN read_csv('/etc/passwd') p ON true
SELECT * FROM inquiries ORDER BY (SELECT count(*) FROM read_text('/etc/passwd'))
SELECT count(*) FILTER (WHERE (SELECT count(*) FROM glob('/*')) > 0) FROM inquiries
SELECT sum(case_id) OVER (ORDER BY (SELECT count(*) FROM glob('/*'))) FROM inquiries
SELECT * FROM inquiries LIMIT (SELECT count(*) FROM read_text('/etc/passwd'))
SELECT list_transform([1], x -> (SELECT count(*) FROM glob('/*')))
FROM read_text('/etc/passwd')
FROM '/etc/passwd' SELECT count(*)
EXPLAIN SELECT * FROM read_text('/etc/passwd')
EXPLAIN ANALYZE SELECT * FROM read_text('/etc/passwd')
EXPLAIN COPY inquiries TO '/tmp/x'
EXPLAIN ANALYZE COPY inquiries TO '/tmp/x'
EXPLAIN EXPLAIN ANALYZE COPY inquiries TO '/tmp/x'
EXPLAIN (ANALYZE) CREATE TABLE t AS SELECT 1
SELECT parse_path('/etc/passwd'), * FROM glob('/etc/passwd')
"""
SETTINGS = """
SET memory_limit = '90GB'
SET GLOBAL threads = 64
SET enable_external_access = true
SET lock_configuration = false
SET temp_directory = '/tmp'
RESET enable_external_access
RESET ALL
SET VARIABLE x = 1
SET SESSION search_path = 'information_schema'
PRAGMA database_list
PRAGMA enable_profiling = 'json'
PRAGMA profiling_output = '/tmp/x'
PRAGMA enable_external_access
PRAGMA table_info('inquiries')
PRAGMA version
CALL pragma_version()
CALL duckdb_settings()
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_tables()
SELECT * FROM duckdb_tables
SELECT * FROM duckdb_views()
SELECT * FROM duckdb_columns()
SELECT * FROM duckdb_databases()
SELECT * FROM duckdb_functions()
SELECT * FROM duckdb_extensions()
SELECT * FROM duckdb_logs()
SELECT * FROM duckdb_memory()
SELECT * FROM duckdb_variables()
SELECT * FROM duckdb_temporary_files()
SELECT * FROM duckdb_external_file_cache()
SELECT * FROM duckdb_prepared_statements()
SELECT * FROM pragma_database_size()
SELECT * FROM pragma_storage_info('inquiries')
SELECT * FROM pragma_table_info('inquiries')
SELECT * FROM pragma_user_agent()
SELECT * FROM which_secret('s3://x', 's3')
SELECT * FROM information_schema.tables
SELECT * FROM information_schema.columns
SELECT * FROM pg_catalog.pg_class
SELECT * FROM pg_tables
SELECT * FROM sqlite_master
SELECT * FROM sqlite_schema
SELECT current_setting('temp_directory')
SELECT getenv('HOME')
SELECT getvariable('x')
SELECT current_database()
SELECT current_schemas(true)
SELECT current_query()
SELECT version()
SELECT nextval('s')
SELECT write_log('x')
SELECT * FROM enable_logging()
SELECT * FROM disable_profiling()
SELECT * FROM checkpoint()
SELECT * FROM force_checkpoint()
SELECT * FROM truncate_duckdb_logs()
SELECT sleep_ms(100000)
SELECT pg_sleep(100)
SELECT txid_current()
SELECT setseed(0.5)
SELECT add_parquet_key('k', '0123456789112345')
SHOW TABLES
SHOW ALL TABLES
SHOW DATABASES
SELECT * FROM (SHOW ALL TABLES)
"""
WRITES = """
CREATE TABLE t AS SELECT 1
CREATE TEMP TABLE t AS SELECT 1
CREATE VIEW v AS SELECT 1
CREATE MACRO m(x) AS x
CREATE MACRO m() AS TABLE SELECT * FROM read_text('/etc/passwd')
CREATE FUNCTION f(x) AS x
CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE SCHEMA s
CREATE SEQUENCE s
CREATE TYPE e AS ENUM ('a')
CREATE INDEX i ON inquiries(topic)
INSERT INTO inquiries SELECT * FROM inquiries
UPDATE inquiries SET topic = 'x'
DELETE FROM inquiries
TRUNCATE inquiries
DROP TABLE inquiries
ALTER TABLE inquiries RENAME TO x
MERGE INTO inquiries USING topics ON true WHEN MATCHED THEN DELETE
COMMENT ON TABLE inquiries IS 'x'
VACUUM
ANALYZE
CHECKPOINT
BEGIN
COMMIT
ROLLBACK
USE main
ATTACH '/tmp/x.duckdb' AS x
ATTACH ':memory:' AS x
DETACH masked
INSTALL httpfs
LOAD httpfs
FORCE INSTALL spatial
UPDATE EXTENSIONS
PREPARE p AS SELECT 1
EXECUTE p
DEALLOCATE p
SELECT 1; SELECT 2
SELECT 1; DROP TABLE inquiries
SELECT 1;; COPY inquiries TO '/tmp/x'
SELECT 1) ; SELECT (2
SELECT 1) LIMIT 1 UNION (SELECT 2
SELECT 1 /* open
WITH d AS (DELETE FROM inquiries RETURNING *) SELECT * FROM d
SELECT * FROM (INSERT INTO inquiries DEFAULT VALUES RETURNING *)
SELECT * FROM query('SELECT 1')
SELECT * FROM query('COPY inquiries TO ''/tmp/x''')
SELECT * FROM query_table('duckdb_settings')
SELECT * FROM query_table(['inquiries'])
SELECT * FROM json_execute_serialized_sql('{}')
SELECT json_serialize_sql('SELECT 1')
SELECT json_serialize_plan('SELECT 1')
SELECT * FROM python_map_function()
SELECT * FROM pandas_scan(1)
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM seq_scan('inquiries')
SELECT * FROM summary((SELECT 1))
SELECT * FROM test_all_types()
SELECT * FROM repeat_row(1, num_rows = 1)
SELECT * FROM register_external_resource('x')
SELECT make_type('ENUM', 'a')
SELECT * FROM http_get('http://169.254.169.254/')
SELECT * FROM 'https://example.com/x.csv'
SELECT * FROM 's3://bucket/x.parquet'
SELECT * FROM read_parquet('http://127.0.0.1/x')
SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'accounts_user')
SELECT * FROM sqlite_scan('/tmp/x', 't')
SELECT * FROM delta_scan('/tmp/x')
SELECT * FROM iceberg_scan('/tmp/x')
"""
TABLES = """
SELECT * FROM accounts_user
SELECT * FROM public.accounts_user
SELECT * FROM masked.inquiries
SELECT * FROM main.inquiries
SELECT * FROM tables.main.inquiries
SELECT * FROM usage_events
SELECT * FROM inquiries__revisions
SELECT * FROM inquiries__files
SELECT * FROM base
SELECT * FROM locals
SELECT * FROM self
SELECT * FROM sys.modules
WITH inquiries AS (SELECT 1) SELECT * FROM inquiries
WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables
WITH x AS (WITH pg_tables AS (SELECT 1) SELECT 1) SELECT * FROM x, pg_tables
WITH x AS (SELECT 1) SELECT * FROM main.x
SELECT $p_x
SELECT ?
SELECT $1
SELECT '{{x}}'
SELECT 1 -- {{x}}
SELECT "{{x}}" FROM inquiries
PIVOT inquiries ON topic
"""
PLACES = """
SELECT * FROM inquiries POSITIONAL JOIN read_text('/etc/passwd')
SELECT * FROM (FROM '/etc/passwd')
FROM inquiries POSITIONAL JOIN '/etc/passwd'
SELECT * FROM inquiries ASOF JOIN '/etc/passwd' p ON inquiries.case_id >= p.column0
SELECT * REPLACE ((SELECT content FROM read_text('/etc/passwd')) AS topic) FROM inquiries
SELECT [x FOR x IN (SELECT list(file) FROM glob('/*'))]
SELECT {'a': (SELECT count(*) FROM glob('/*'))}.a
SELECT MAP {'a': (SELECT count(*) FROM glob('/*'))}
SELECT topic FROM inquiries QUALIFY (SELECT count(*) FROM glob('/*')) > 0
SELECT topic FROM inquiries GROUP BY topic HAVING (SELECT count(*) FROM glob('/*')) > 0
SELECT CASE WHEN true THEN (SELECT count(*) FROM glob('/*')) END
SELECT topic, count(*) FROM inquiries GROUP BY CUBE (topic, (SELECT count(*) FROM glob('/*')))
WITH x AS MATERIALIZED (SELECT * FROM read_text('/etc/passwd')) SELECT 1
WITH x AS NOT MATERIALIZED (FROM '/etc/passwd') SELECT 1
SELECT * FROM inquiries TABLESAMPLE reservoir((SELECT count(*) FROM glob('/*')))
SELECT DISTINCT ON ((SELECT count(*) FROM glob('/*'))) topic FROM inquiries
SELECT * FROM inquiries OFFSET (SELECT count(*) FROM glob('/*'))
SELECT list(content) FROM read_text(['/etc/passwd'])
SELECT * FROM "read_text"('/etc/passwd') t(content)
SELECT * FROM unnest((SELECT list(file) FROM glob('/*')))
SELECT x.* FROM inquiries, LATERAL (FROM glob('/*')) x
SELECT * FROM (VALUES ((SELECT count(*) FROM glob('/*')))) t(a)
VALUES ((SELECT count(*) FROM glob('/*')))
TABLE "/etc/passwd"
SELECT 1 UNION BY NAME FROM '/etc/passwd'
SELECT 1 INTERSECT SELECT count(*) FROM glob('/*')
(SELECT 1) EXCEPT ALL (FROM '/etc/passwd')
SELECT * FROM ＇/etc/passwd＇
SELECT/**/*/**/FROM/**/read_text('/etc/passwd')
SELECT 1;SELECT 2
SELECT COLUMNS('.*') FROM read_text('/etc/passwd')
SELECT * LIKE '%' FROM '/etc/passwd'
SELECT list_reduce([1,2], (a, b) -> a + (SELECT count(*) FROM glob('/*')))
SELECT list_filter([1], x -> EXISTS (FROM glob('/*')))
SELECT 1 WHERE 1 = ANY (SELECT count(*) FROM glob('/*'))
SELECT ARRAY(SELECT file FROM glob('/*'))
SELECT try_cast((SELECT content FROM read_text('/etc/passwd')) AS INT)
SELECT * FROM inquiries NATURAL JOIN '/etc/passwd'
SELECT * FROM inquiries SEMI JOIN '/etc/passwd' USING (topic)
SELECT * FROM inquiries JOIN LATERAL (SELECT * FROM query_table('topics')) x ON true
SELECT * FROM inquiries WHERE topic IN (FROM read_text('/etc/passwd'))
SELECT string_agg(topic, (SELECT content FROM read_text('/etc/passwd'))) FROM inquiries
SELECT count(*) FROM inquiries ORDER BY ALL, (SELECT count(*) FROM glob('/*'))
SELECT bar((SELECT count(*) FROM glob('/*')), 0, 100)
SELECT format('{}', getenv('HOME'))
SELECT in_search_path('main','x')
SELECT pg_typeof(1)
SELECT has_table_privilege('inquiries','select')
SELECT col_description('inquiries'::regclass, 1)
SELECT pg_get_viewdef(1)
SELECT stats(case_id) FROM inquiries
SELECT alias(case_id) FROM inquiries
SELECT error('x') FROM inquiries
SELECT icu_sort_key('a','de')
SELECT gen_random_uuid()
SELECT get_bit('1'::BIT, 0)
SELECT * FROM repeat('x', 10)
SELECT * FROM json_each('{}')
SELECT * FROM duckdb_optimizers()
SELECT * FROM storage_info('inquiries')
SELECT * FROM sql_auto_complete('SEL')
SELECT * FROM load_aws_credentials()
SELECT * FROM st_read('/etc/passwd')
SELECT * FROM read_xlsx('/tmp/x.xlsx')
SELECT * FROM read_avro('/tmp/x')
LOAD 'httpfs'; SELECT 1
EXPLAIN ANALYZE SELECT 1; COPY inquiries TO '/tmp/x'
"""
DESCRIPTIONS = """
SHOW inquiries
SHOW memory_limit
SELECT * FROM (SHOW memory_limit)
DESCRIBE
DESCRIBE duckdb_settings
DESCRIBE masked.inquiries
DESCRIBE "/etc/passwd"
DESCRIBE SELECT * FROM read_text('/etc/passwd')
DESCRIBE FROM query_table('inquiries')
DESCRIBE inquiries; DROP TABLE inquiries
SUMMARIZE '/etc/passwd'
SUMMARIZE information_schema.tables
SUMMARIZE SELECT getenv('HOME') AS a
SUMMARIZE SELECT * FROM read_text('/etc/passwd')
SUMMARIZE (DELETE FROM inquiries RETURNING *)
SELECT min FROM (SUMMARIZE FROM glob('/*'))
WITH duckdb_tables AS (SELECT 1) SELECT * FROM (DESCRIBE duckdb_tables)
PIVOT inquiries ON topic USING count(*)
FROM (PIVOT inquiries ON topic USING count(*))
EXPLAIN PIVOT inquiries ON topic
FROM inquiries PIVOT (count(*) FOR topic IN kinds)
PIVOT inquiries ON topic IN ('a') USING count(*); SELECT 1
PIVOT '/etc/passwd' ON column0 IN ('a') USING count(*)
PIVOT (FROM read_text('/etc/passwd')) ON content IN ('a') USING count(*)
PIVOT duckdb_settings() ON name IN ('a') USING max(value)
PIVOT inquiries ON topic IN ('a') USING max(getenv('HOME'))
PIVOT inquiries ON topic IN (getenv('HOME')) USING count(*)
PIVOT inquiries ON topic IN ((SELECT content FROM read_text('/etc/passwd'))) USING count(*)
PIVOT inquiries ON (SELECT file FROM glob('/*')) IN ('a') USING count(*)
UNPIVOT sqlite_master ON name
UNPIVOT (SELECT case_id + (SELECT count(*) FROM glob('/*')) AS a FROM inquiries) ON a
"""
CORNERS = """
SELECT '/etc/passwd'.read_text()
SELECT 'TimeZone'.current_setting()
SELECT * FROM range(5) t(i), LATERAL (SELECT * FROM query('SELECT ' || i))
SELECT max(topic) OVER (PARTITION BY (SELECT file FROM glob('/*') LIMIT 1)) FROM inquiries
SELECT unnest(struct_pack(a := (SELECT count(*) FROM glob('/*'))), recursive := true)
WITH x(a) AS (COPY (SELECT 1) TO '/tmp/x') SELECT * FROM x
SELECT * FROM (PRAGMA database_list)
SELECT * FROM inquiries WHERE case_id = ALL (SELECT 1 FROM sqlite_master)
SELECT case_id FROM inquiries USING SAMPLE (SELECT count(*) FROM glob('/*')) ROWS
SELECT 1 /* ; */ ; /* x */ SELECT 2
SELECT system.main.abs(-1)
SELECT * FROM {{x}}
SELECT random(), uuid(), now()
"""
ALL = FILES + SETTINGS + WRITES + TABLES + PLACES + DESCRIPTIONS + CORNERS


def listed(text: str) -> list[str]:
    """Return the statements of a list, one a line."""
    return [line for line in text.splitlines() if line]
