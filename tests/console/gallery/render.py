"""Render every part of the frame with made-up data: python -m tests.console.gallery.render OUT"""

import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import django

from tests.console import lives

HERE = Path(__file__).parent
CONSOLE = Path(__file__).parents[3] / "src/shinrai/console"


@dataclass(frozen=True)
class Workspace:
    slug: str = "sakura"
    name: str = "さくら学習"
    zone: str = "Asia/Tokyo"
    language: str = "ja"
    is_simulated: bool = True


def set_up(home: str) -> None:
    """Make Django ready with the settings of the house, in a home that is thrown away."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shinrai.site.settings")
    os.environ.setdefault("SHINRAI_HOME", home)
    django.setup()


def context(language: str) -> dict:
    """Gather what the pages of the gallery show."""
    from shinrai.console.charts.budget_row import budget_row
    from shinrai.console.charts.ribbon import ribbon
    from shinrai.console.charts.spark import spark
    from shinrai.units.share import Share
    from shinrai.units.unknown import Unknown

    at = lives.tokyo(6, 5, 15, 40)
    ribbons = [
        ribbon(story(language), prefix=f"r{i}")
        for i, story in enumerate(
            (
                lives.two_days,
                lives.over_a_weekend,
                lives.still_running,
                lives.five_weeks,
                lives.half_a_year,
            )
        )
    ]
    ja = language == "ja"
    return {
        "workspace": Workspace(),
        "member": None,
        "request": SimpleNamespace(at=at, get_full_path="/gallery/"),
        "navigation": [
            {"label": label, "href": "#", "current": i == 0}
            for i, label in enumerate(
                ("調査", "SLO", "取り込み", "レポート")
                if ja
                else ("Investigations", "Objectives", "Imports", "Report")
            )
        ],
        "ja": ja,
        "ribbons": ribbons,
        "budget": budget_row(lives.month_budget(language), prefix="b1"),
        "year": budget_row(lives.year_budget(language), prefix="b2"),
        "key": [
            (state, word)
            for state, word in zip(
                ("kept", "running", "paused", "missed", "overdue", "expected"),
                ("遵守44件", "進行中4件", "停止中1件", "期限超過2件", "超過中1件", "見込み9件")
                if ja
                else ("44 kept", "4 running", "1 paused", "2 missed", "1 overdue", "9 expected"),
                strict=True,
            )
        ],
        "spark": spark(lives.weekly_line(language), prefix="s1"),
        "kept": Share(44, 47),
        "few": Share(2, 3),
        "nothing": Share(0, 0),
        "unknown": Unknown("nothing to count"),
        "due": lives.tokyo(6, 5, 18),
        "late_due": lives.tokyo(6, 4, 18),
        "filed": lives.tokyo(6, 3, 14, 10),
        "fraction": Fraction(26, 10),
        "freshness": {
            "at": datetime(2026, 6, 5, 6, 38, tzinfo=at.tzinfo),
            "tables": [{"name": "clocks", "version": 128}],
        },
        "jump_links": [{"label": "INV-104 決済画面が白い", "href": "/x/", "note": "CRE"}],
        "reference": "8f2c1a9e",
    }


def render(language: str) -> dict[str, str]:
    """Render the gallery and the pages of faults in a language."""
    from django.template import engines
    from django.template.loader import render_to_string
    from django.utils import translation

    with translation.override(language):
        shown = context(language)
        source = (HERE / "gallery.html").read_text(encoding="utf-8")
        pages = {"gallery": engines["django"].from_string(source).render(shown)}
        for name in ("400", "403", "403_csrf", "404", "500", "503"):
            pages[name] = render_to_string(f"{name}.html", shown)
    return pages


def main(out: Path) -> None:
    """Write gallery-LANGUAGE.html and the other pages, bound to the stylesheet by its path."""
    out.mkdir(parents=True, exist_ok=True)
    files = f'"{(CONSOLE / "static/console").as_uri()}/'
    for language in ("en", "ja"):
        for name, page in render(language).items():
            bound = page.replace('"/static/console/', files)
            (out / f"{name}-{language}.html").write_text(bound, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        set_up(home)
        main(Path(sys.argv[1]))
