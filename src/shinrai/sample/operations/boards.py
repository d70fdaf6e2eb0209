"""The dashboard of the sample: twelve tiles of measures, questions and a text."""

from datetime import datetime
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.explore.operations.alerts import set_alert
from shinrai.explore.operations.dashboards import save_dashboard
from shinrai.explore.operations.questions import save_question
from shinrai.explore.operations.tiles import compute_tile
from shinrai.explore.queries.dashboards import dashboards
from shinrai.explore.queries.tiles import TileRequest
from shinrai.explore.rules.alerts import AlertRule
from shinrai.explore.rules.dashboard import Tile, period_of
from shinrai.explore.rules.permission import CASES
from shinrai.explore.rules.question import QuestionFields
from shinrai.units.text import LANGUAGES

BY: Final = "sample"
DESK: Final = "desk"
SINCE: Final = "received_on BETWEEN {{from}} AND {{to}} AND ({{topic}} = '' OR topic = {{topic}})"
# key, title, SQL, chart
QUESTIONS: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    ("inquiries-a-week", "週ごとの問い合わせ",
     f"SELECT date_trunc('week', received_on)::DATE AS week_on, count(*) AS inquiries\n"
     f"FROM inquiries WHERE {SINCE} GROUP BY 1 ORDER BY 1", {}),
    ("by-topic", "トピック別の問い合わせ",
     f"SELECT topic, count(*) AS inquiries FROM inquiries\nWHERE {SINCE} AND topic IS NOT NULL "
     f"GROUP BY topic", {"type": "bar", "x": "topic", "y": "inquiries", "top": 10}),
    ("by-channel", "窓口別の問い合わせ",
     f"SELECT channel, count(*) AS inquiries FROM inquiries WHERE {SINCE} GROUP BY channel", {}),
    ("still-open", "まだ終わっていない件数",
     "SELECT count(*) AS open FROM inquiries WHERE first_solved_us IS NULL "
     "AND cancelled_us IS NULL", {}),
    ("worked-by-topic", "トピック別の作業時間(時間)",
     f"SELECT topic, round(sum(worked_s) / 3600) AS hours FROM inquiries\nWHERE {SINCE} "
     f"AND worked_s > 0 GROUP BY topic", {}),
    ("weeks-by-mode", "週・経路ごとの問い合わせ",
     f"SELECT date_trunc('week', received_on)::DATE AS week_on, mode, count(*) AS inquiries\n"
     f"FROM inquiries WHERE {SINCE} GROUP BY 1, 2 ORDER BY 1", {}),
    ("customers-a-week", "週ごとのお客様(5人以上の集計)",
     "SELECT week_on, sum(person_count) AS customers FROM inquiry_groups\n"
     "WHERE week_on BETWEEN {{from}} AND {{to}} GROUP BY 1 ORDER BY 1", {}),
    ("late-topics", "返信に時間がかかったトピック(営業時間)",
     f"SELECT topic, round(avg(first_reply_open_s) / 3600, 1) AS hours FROM inquiries\n"
     f"WHERE {SINCE} AND first_reply_open_s IS NOT NULL GROUP BY topic", {}),
)  # fmt: skip
TEXT: Final = "左上から見てください。増えたトピックがあれば、スプリントの資料で確かめます。"
TILES: Final = (
    Tile("note", "text", text=TEXT, width=4),
    Tile("open", "question", "still-open", width=1),
    Tile("next-day", "measure", "next_business_day", width=3),
    Tile("weeks", "question", "inquiries-a-week", width=2),
    Tile("topics", "question", "by-topic", width=2),
    Tile("same-day", "measure", "same_day", width=2),
    Tile("back", "measure", "reopened_14", width=2),
    Tile("channel", "question", "by-channel", width=2),
    Tile("worked", "question", "worked-by-topic", width=2),
    Tile("customers", "question", "customers-a-week", width=2, is_public=True),
    Tile("trips", "measure", "round_trips", width=2),
    Tile("late", "question", "late-topics", width=4),
)


def pin_sample_board(there: WorkspaceRecord, *, at: datetime) -> None:
    """Save eight questions and a dashboard of twelve tiles, unless there is one.

    Snapshots must be there, as SQL is tried before it is saved.
    """
    if dashboards(workspace_id=there.id):
        return
    for key, title, sql, chart in QUESTIONS:
        fields = QuestionFields(title, sql, chart=chart, owner="小林")
        save_question(
            workspace_id=there.id, key=key, fields=fields, is_new=True, view=CASES, at=at, by=BY
        )
    save_dashboard(
        workspace_id=there.id,
        key=DESK,
        title="窓口のいま",
        period="13-weeks",
        tiles=TILES,
        is_new=True,
        at=at,
        by=BY,
    )
    set_alert(
        workspace_id=there.id,
        place=(DESK, "weeks"),
        rule=AlertRule("rise"),
        target=("mail", "team@example.com", "ja"),
        at=at,
        by=BY,
    )
    today = at.astimezone(zone_named(there.zone)).date()
    for language in LANGUAGES:  # what groups say is computed by the worker
        asked = TileRequest(there, CASES, language, period_of("13-weeks", today))
        for tile in TILES:
            if tile.kind != "text":
                compute_tile(asked, tile, at=at)
