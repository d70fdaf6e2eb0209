"""Nothing that is typed reaches a file, a setting, a write or another table: refused, and said."""

from pathlib import Path

import duckdb
import pytest

from shinrai.sandbox.pool import Ask, Pool, RunFailed
from shinrai.sandbox.statements import StatementRefused
from tests.sandbox.attempts import ALL, listed


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sandbox") / "tables.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE inquiries AS SELECT i AS case_id, 'topic ' || i % 3 AS topic,"
            " DATE '2026-05-01' + (i % 31)::INT AS received_on FROM range(100) r(i)"
        )
        connection.execute("CREATE TABLE topics AS SELECT 'topic 1' AS label, 'login' AS topic")
    return path


@pytest.fixture(scope="module")
def children():
    found = Pool()
    yield found
    found.close()


@pytest.fixture
def ask(children, database):
    def run(sql, limit_s=20.0, most_rows=100, **given):
        return children.ask(Ask(database, sql, given, limit_s, most_rows))

    return run


@pytest.mark.parametrize("sql", listed(ALL))
def test_is_refused_with_a_sentence(ask, sql):
    with pytest.raises(StatementRefused) as refused:
        ask(sql, x="value")

    said = str(refused.value)
    assert "root:" not in said
    assert len(said) > 20


def test_there_are_at_least_150_attempts():
    assert len(set(listed(ALL))) >= 150


HARMLESS = (
    ("SELECT 'COPY t TO x'", "COPY t TO x"),
    ("SELECT 1 AS \"read_text('/etc/passwd')\"", 1),
    ("SELECT '/etc/passwd'", "/etc/passwd"),
    ("SELECT $$; DROP TABLE inquiries; $$", "; DROP TABLE inquiries; "),
    ("SELECT 1 -- ; DROP TABLE inquiries", 1),
    ("SELECT /* COPY */ 1 /* x */;", 1),
    ("  (SELECT 1)  ", 1),
    ("VALUES (1)", 1),
    ("FROM inquiries SELECT count(*)", 100),
    ("WITH x AS (SELECT 1 AS a), y AS (SELECT a + 1 AS b FROM x) SELECT b FROM y", 2),
    ("SELECT count(*) FROM INQUIRIES", 100),
    ("SELECT 1 UNION SELECT 1", 1),
    ("SELECT current_user", "duckdb"),
    ("SELECT current_schema", "main"),
    ("SELECT {{x}}", "'; DROP TABLE inquiries; --"),
)


@pytest.mark.parametrize(("sql", "first"), HARMLESS)
def test_words_are_no_statements(ask, sql, first):
    assert ask(sql, x="'; DROP TABLE inquiries; --").rows[0][0] == first
    assert ask("SELECT count(*) FROM inquiries").rows == [[100]]


OPEN = (
    ("DESCRIBE inquiries", ["case_id", "topic", "received_on"]),
    ("DESCRIBE SELECT topic AS t FROM inquiries", ["t"]),
    ("SUMMARIZE inquiries", ["case_id", "topic", "received_on"]),
    ("SELECT column_name FROM (SUMMARIZE topics)", ["label", "topic"]),
    (
        "PIVOT inquiries ON topic IN ('topic 1', 'topic 2') USING count(*) GROUP BY received_on"
        " ORDER BY received_on LIMIT 1",
        ["2026-05-01"],
    ),
    ("FROM (FROM topics UNPIVOT (v FOR n IN (label, topic))) SELECT v", ["topic 1", "login"]),
)


@pytest.mark.parametrize(("sql", "first"), OPEN)
def test_what_describes_or_turns_a_table_is_checked_like_a_select(ask, sql, first):
    answer = ask(sql)

    assert [row[0] for row in answer.rows] == first
    # Turned or described whole, a table is read whole.
    assert len(answer.reads) == (2 if "topics" in sql else 3)


@pytest.mark.parametrize("sql", ["PIVOT inquiries ON topic USING count(*)", "SHOW TABLES"])
def test_what_stays_closed_says_what_to_write_instead(ask, sql):
    with pytest.raises(StatementRefused, match=r"name the values|write DESCRIBE"):
        ask(sql)


def test_moments_are_read_in_utc_as_the_guide_writes_them(ask):
    """DuckDB gives moments with a zone, for which Python would need a library of zones."""
    sql = "SELECT to_timestamp(1782003723) AS at, 1 AS n, max(to_timestamp(case_id)) AS at"

    assert ask(f"{sql} FROM inquiries").rows == [
        ["2026-06-21T01:02:03", 1, "1970-01-01T00:01:39"],
    ]


BOMBS = (
    "SELECT repeat('x', 400000000)",
    "SELECT length(repeat(repeat('x', 1000000), 1000))",
    "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
    "SELECT damerau_levenshtein(repeat('a', 50000), repeat('b', 50000))",
    "SELECT printf('%1000000000d', 1)",
    "SELECT format('{:1000000000}', 1)",
    "SELECT lpad('x', 2000000000, 'y')",
    "SELECT rpad('x', 2000000000, 'y')",
    "SELECT count(*) FROM range(1000000000000)",
    "SELECT list_sum(list_transform(range(100000000), x -> x * x))",
    "SELECT count(*) FROM inquiries a, inquiries b, inquiries c, inquiries d, inquiries e",
    "SELECT max(a.topic || b.topic) FROM range(10000000) x, inquiries a, inquiries b",
    "WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a",
    "WITH RECURSIVE a AS (SELECT 'x' AS x UNION ALL SELECT x || x FROM a) SELECT max(x) FROM a",
    "SELECT regexp_matches(repeat('a', 30000000), '(a?){500}(a){500}b')",
    "SELECT regexp_replace(repeat('a', 10000000), '', repeat('b', 100), 'g')",
    "SELECT string_agg(topic, repeat('x', 1000000)) FROM inquiries, range(10000)",
    "SELECT list(i) FROM range(2000000000) r(i)",
    "SELECT histogram(i) FROM range(2000000000) r(i)",
    "SELECT * FROM range(3000000000) r(i) ORDER BY hash(i)",
    "SELECT count(DISTINCT hash(i)) FROM range(3000000000) r(i)",
    "SELECT sum(i) OVER (ORDER BY hash(i)) FROM range(2000000000) r(i)",
    "SELECT " + ",".join("1" * 9_900),
    "SELECT " + "(" * 9_000 + "1" + ")" * 9_000,
    "SELECT " + "-" + " -" * 9_000 + "1",
    "SELECT " + "NOT " * 4_000 + "true",
    "SELECT " + "[" * 9_000,
    "SELECT " + "1+" * 9_000 + "1",
    " UNION ALL ".join(["SELECT 1"] * 1_000),
    "SELECT * FROM " + ", ".join(f"inquiries t{n}" for n in range(900)),
    "WITH "
    + ", ".join(
        f"a{n} AS (SELECT * FROM a{n - 1}, a{n - 1} b)" if n else "a0 AS (FROM inquiries)"
        for n in range(30)
    )
    + " SELECT count(*) FROM a29",
    "SELECT CASE " + "WHEN true THEN 1 " * 1_000 + "END",
)


@pytest.mark.parametrize("sql", BOMBS, ids=lambda sql: sql[:40])
def test_a_bomb_is_gone_within_a_second_of_its_limit(ask, children, database, sql):
    """It ends, or is ended; and the next question is answered."""
    import time

    ask("SELECT 1")  # a child is ready: its start is no part of the limit
    started = time.monotonic()
    try:
        answer = ask(sql, limit_s=1.0)
    except (StatementRefused, RunFailed):
        pass
    else:
        assert len(answer.rows) <= 100
    assert time.monotonic() - started < 2.0
    assert ask("SELECT count(*) FROM inquiries").rows == [[100]]


def test_more_than_twenty_thousand_characters_are_not_even_parsed(ask):
    with pytest.raises(StatementRefused, match="at most 20,000"):
        ask("SELECT " + ",".join("1" * 200_000))


def test_an_answer_is_cut_at_its_most_rows(ask):
    answer = ask("SELECT case_id FROM inquiries ORDER BY case_id", most_rows=10)

    assert (len(answer.rows), answer.is_cut, answer.rows[-1]) == (10, True, [9])


def test_a_cancelled_run_is_gone(children, database):
    asked = Ask(database, "SELECT count(*) FROM range(1000000000000)", {}, 60.0, 10)

    with pytest.raises(RunFailed) as failed:
        children.ask(asked, is_cancelled=lambda: True)
    assert failed.value.state == "cancelled"


def test_lists_and_dates_are_bound_as_values(ask):
    sql = (
        "SELECT topic, count(*) FROM inquiries WHERE topic IN {{topics}}"
        " AND received_on >= {{from}} GROUP BY topic ORDER BY topic"
    )

    answer = ask(sql, **{"topics": ["topic 1", "topic 2"], "from": {"on": "2026-05-30"}})

    assert [row[0] for row in answer.rows] == ["topic 1", "topic 2"]
    assert set(answer.reads) == {"inquiries.topic", "inquiries.received_on"}


def test_a_parameter_without_a_value_is_asked_for(ask):
    with pytest.raises(StatementRefused, match="since"):
        ask("SELECT count(*) FROM inquiries WHERE received_on >= {{since}}")


def test_an_answer_that_is_too_large_is_said_so(ask):
    with pytest.raises(StatementRefused, match="too large"):
        ask("SELECT repeat('x', 1000000) FROM inquiries")
    with pytest.raises(StatementRefused, match="500 columns"):
        ask("SELECT " + ",".join(f"{n}" for n in range(501)))


def test_numbers_keep_what_a_program_can_read(ask):
    row = ask("SELECT 1.5::DECIMAL(9,2), 2.0::DECIMAL(9,2), 'nan'::DOUBLE, 2::HUGEINT ** 70").rows[
        0
    ]

    assert row[:3] == [1.5, 2, None]
    assert row[3] == pytest.approx(2.0**70)
