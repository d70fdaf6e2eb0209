"""Settings are read loudly: a wrong value names its variable and what it accepts."""

from pathlib import Path

import pytest

from shinrai.site import environment
from shinrai.site.environment import BadSetting


class TestReadBool:
    @pytest.mark.parametrize(("text", "wanted"), [("yes", True), ("OFF", False), ("1", True)])
    def test_reads_the_usual_words(self, text: str, wanted: bool) -> None:
        assert environment.read_bool("A", not wanted, environment={"A": text}) is wanted

    def test_takes_the_default_where_nothing_or_blank_is_set(self) -> None:
        assert environment.read_bool("A", True, environment={}) is True
        assert environment.read_bool("A", True, environment={"A": "  "}) is True

    def test_names_the_variable_and_what_it_accepts(self) -> None:
        with pytest.raises(BadSetting, match=r"SHINRAI_HTTPS is 'maybe'; it accepts .*yes"):
            environment.read_bool("SHINRAI_HTTPS", False, environment={"SHINRAI_HTTPS": "maybe"})


class TestReadWhole:
    def test_reads_bounds_and_all_between(self) -> None:
        read = [
            environment.read_whole("A", 0, low=1, high=3, environment={"A": text})
            for text in ("1", "2", "3")
        ]

        assert read == [1, 2, 3]

    @pytest.mark.parametrize("text", ["0", "4", "-1", "2.0", "２", "two"])
    def test_refuses_all_else(self, text: str) -> None:
        with pytest.raises(BadSetting, match="a whole number from 1 to 3"):
            environment.read_whole("A", 1, low=1, high=3, environment={"A": text})


class TestReadChoice:
    def test_refuses_a_word_that_is_no_choice(self) -> None:
        with pytest.raises(BadSetting, match="it accepts en, ja"):
            environment.read_choice("A", "en", choices=("en", "ja"), environment={"A": "fr"})


class TestReadSecret:
    def test_reads_the_file_that_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("open sesame\n", encoding="utf-8")

        found = environment.read_secret("A", environment={"A_FILE": str(tmp_path / "key")})

        assert found == "open sesame"

    def test_refuses_two_answers(self, tmp_path: Path) -> None:
        with pytest.raises(BadSetting, match="both A and A_FILE"):
            environment.read_secret("A", environment={"A": "x", "A_FILE": str(tmp_path)})

    def test_names_the_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        gone = tmp_path / "gone"

        with pytest.raises(BadSetting, match=f"A_FILE names {gone}"):
            environment.read_secret("A", environment={"A_FILE": str(gone)})


def test_a_list_is_split_at_commas_and_loses_its_blanks() -> None:
    found = environment.read_list("A", ("x",), environment={"A": " a, b ,,c"})

    assert found == ("a", "b", "c")
