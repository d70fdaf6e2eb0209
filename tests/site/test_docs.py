"""The generated pages say what Shinrai declares, and are found stale when it changed."""

from pathlib import Path

import pytest

from shinrai.site import docs, main
from shinrai.site.environment_variables import VARIABLES


class TestPages:
    def test_every_command_and_variable_has_its_place(self) -> None:
        pages = docs.pages()

        assert "### shinrai accounts add" in pages["cli.md"]
        assert "### shinrai serve" in pages["cli.md"]
        assert all(f"`{v.name}`" in pages["settings.md"] for v in VARIABLES)

    def test_they_do_not_change_with_the_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "200")
        wide = docs.pages()
        monkeypatch.setenv("COLUMNS", "40")

        assert docs.pages() == wide


class TestChecking:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(docs, "ROOT", tmp_path)
        (tmp_path / "docs").mkdir()
        return tmp_path / "docs"

    def test_fresh_pages_pass_and_a_stale_one_is_named(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main.run(["docs"]) == 0
        assert main.run(["docs", "--check"]) == 0
        page = folder / "settings.md"
        page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")

        assert main.run(["docs", "--check"]) == 3
        assert "docs/settings.md is stale; run: shinrai docs" in capsys.readouterr().out

    def test_outside_a_checkout_it_says_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(docs, "ROOT", tmp_path)

        assert main.run(["docs"]) == 2
        assert "run this in a checkout" in capsys.readouterr().err
