"""What commands print."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest

from shinrai.cli import language
from shinrai.cli.errors import ExitCode, Refusal
from shinrai.cli.output import json_text, print_answer, progress


@dataclass(frozen=True)
class Verdict:
    due_at: datetime | None
    kept: bool


class TestJson:
    def test_speaks_of_our_values_as_programs_expect(self) -> None:
        spoken = json.loads(
            json_text(
                {
                    "verdict": Verdict(datetime(2026, 6, 5, 9, tzinfo=UTC), True),
                    "day": date(2026, 6, 5),
                    "left": timedelta(hours=1, seconds=30),
                    "share": Fraction(1, 4),
                    "counts": np.array([3])[0],
                    "roles": frozenset({"b", "a"}),
                    "nothing": float("nan"),
                    "words": "差し戻し",
                }
            )
        )

        assert spoken == {
            "verdict": {"due_at": "2026-06-05T09:00:00+00:00", "kept": True},
            "day": "2026-06-05",
            "left": 3630.0,
            "share": 0.25,
            "counts": 3,
            "roles": ["a", "b"],
            "nothing": None,
            "words": "差し戻し",
        }

    def test_keeps_japanese_readable(self) -> None:
        assert "差し戻し" in json_text({"kind": "差し戻し"})

    def test_refuses_what_it_cannot_say(self) -> None:
        with pytest.raises(TypeError, match="object cannot be written as JSON"):
            json_text({"thing": object()})


class TestPrintAnswer:
    def test_words_are_for_people(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_answer({"n": 1}, as_json=False, words="one")

        assert capsys.readouterr().out == "one\n"

    def test_without_words_every_name_has_its_line(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        print_answer({"due_at": None, "name": "x"}, as_json=False)

        assert capsys.readouterr().out == "due_at: null\nname: x\n"


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("importing", total=2) as shown:
        shown.advance()
        shown.describe("still importing")

    assert capsys.readouterr() == ("", "")


class TestRefusal:
    def test_says_what_where_and_what_next(self, capsys: pytest.CaptureFixture[str]) -> None:
        Refusal("no column 起票日時", where="sheet.csv line 1", next="shinrai import --help").show()

        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.splitlines() == [
            "shinrai: no column 起票日時",
            "  where: sheet.csv line 1",
            "  next:  shinrai import --help",
        ]

    def test_means_asked_wrongly_unless_told(self) -> None:
        assert Refusal("x").exit_code == 2
        assert Refusal("x", exit_code=ExitCode.COULD_NOT_SAY).exit_code == 1


class TestLanguage:
    @pytest.fixture(autouse=True)
    def _plain_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SHINRAI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(language, "_chosen", type(language._chosen)("new", default=None))

    def test_is_english_where_nothing_is_said(self) -> None:
        assert language.translate("required") == "required"

    def test_follows_the_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LANG", "ja_JP.UTF-8")

        assert language.translate("required") == "必須"

    def test_follows_our_variable_before_the_terminal(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LANG", "ja_JP.UTF-8")
        monkeypatch.setenv("SHINRAI_LANGUAGE", "en")

        assert language.language() == "en"

    def test_follows_the_option_before_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHINRAI_LANGUAGE", "en")
        language.choose_language("ja")

        assert language.language() == "ja"
