"""The generated pages say what Shinrai declares, and are found stale when it changed."""

import re
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


class TestWrittenByHand:
    """README and guides: one way to write the command, and the same in both languages."""

    ROOT = Path(__file__).resolve().parents[2]
    COMMAND = re.compile(r"^ {4}(?:\$ )?((?:bin/|shinrai ).*?)(?:\s{2,}.*)?$", re.M)

    def commands(self, name: str) -> list[str]:
        """Return the commands of a page, as typed, without what is said beside them."""
        return self.COMMAND.findall((self.ROOT / name).read_text(encoding="utf-8"))

    def test_the_command_is_written_one_way(self) -> None:
        """As `shinrai …`; where it lies in a checkout is said once, in README."""
        pages = [*self.ROOT.glob("README*.md"), *self.ROOT.glob("docs/**/*.md")]
        pages += self.ROOT.glob("examples/*/README.md")

        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert text.count(".venv/bin/shinrai") == (page.parent == self.ROOT), page

    def test_readme_is_the_same_in_both_languages(self) -> None:
        english, japanese = self.commands("README.md"), self.commands("README.ja.md")

        assert english[:3] == ["bin/demo", "bin/try FILE", "bin/check"]
        assert japanese == english
        for mark in (r"^## ", r"^\| ", r"^!\[", r"\]\(docs/decisions"):
            counts = {
                len(re.findall(mark, (self.ROOT / name).read_text(encoding="utf-8"), re.M))
                for name in ("README.md", "README.ja.md")
            }
            assert len(counts) == 1, mark

    def test_what_readme_names_is_there(self) -> None:
        for name in ("README.md", "README.ja.md"):
            text = (self.ROOT / name).read_text(encoding="utf-8")
            linked = re.findall(r"\]\(([^)#:]+)\)", text)
            assert [path for path in linked if not (self.ROOT / path).exists()] == []
            scripts = [words.split()[0] for words in self.commands(name) if words[:4] == "bin/"]
            assert [path for path in scripts if not (self.ROOT / path).exists()] == []
