"""A state said twice: only where the mapping says so is it a step each time."""

from pathlib import Path

import pytest

from shinrai.importers.mapping_files import parse
from shinrai.importers.rules.mapping.node import BadMapping
from tests.importers.desk import LOG, Desk, sheet

COLUMNS = ("no", "rev", "who", "opened", "at", "by", "state", "group", "resolved")
AGAIN = LOG.replace("Done: solved", "Done: {is: solved, again: true}")


def rows(*told: tuple[int, str]) -> list[tuple[str, ...]]:
    return [
        ("7", str(n), "U-1", "2026-06-03 10:00", f"2026-06-03 1{n}:00", "森下", state, "CS", "")
        for n, state in told
    ]


@pytest.mark.django_db
class TestAgain:
    @pytest.mark.parametrize(("mapping", "solved"), [(LOG, 1), (AGAIN, 2)])
    def test_solved_once_more_without_having_been_opened(
        self, desk: Desk, tmp_path: Path, mapping: str, solved: int
    ) -> None:
        log = sheet(
            tmp_path / "log.csv", *rows((1, "New"), (2, "Done"), (3, "Done")), columns=COLUMNS
        )

        desk.bring(mapping, log)

        kinds = desk.kinds("7")
        assert kinds.count("solved") == solved
        assert "reopened" not in kinds

    def test_a_wait_said_again_is_no_step_unless_asked_for(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        log = sheet(
            tmp_path / "log.csv", *rows((1, "New"), (2, "Wait"), (3, "Wait")), columns=COLUMNS
        )

        desk.bring(AGAIN, log)

        assert desk.kinds("7").count("waiting") == 1


class TestRefused:
    @pytest.mark.parametrize("meaning", ["{is: open, again: true}", "{is: nothing, again: true}"])
    def test_a_word_that_makes_no_step_cannot_make_one_again(self, meaning: str) -> None:
        with pytest.raises(BadMapping, match="again"):
            parse(LOG.replace("New: open", f"New: {meaning}"), where="test")
