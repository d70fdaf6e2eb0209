"""The wheel: what `pip install` brings is whole, and runs where there is no checkout."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
BESIDE = "examples/investigations_ja/chousa_irai_2026.csv"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, *BUILD, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("shinrai-*.whl")
    return built


def files_in_git() -> set[str]:
    """Name the files of the package that are no Python: templates, texts, styles, SQL, mappings."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "src/shinrai"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = listed.stdout.rstrip("\0").split("\0")
    return {path.removeprefix("src/") for path in paths if not path.endswith(".py")}


@pytest.mark.end_to_end
def test_every_file_that_is_no_python_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        example = archive.read("shinrai/sample/chousa_irai_2026.csv")

    wanted = files_in_git()

    assert {Path(name).suffix for name in wanted} >= {
        ".html",
        ".css",
        ".js",
        ".mo",
        ".sql",
        ".yaml",
    }
    assert wanted - packed == set()
    assert example == (ROOT / BESIDE).read_bytes()


@pytest.mark.end_to_end
def test_a_demo_of_the_wheel_elsewhere(wheel: Path, tmp_path: Path, place: dict[str, str]) -> None:
    """Another venv, another folder, an empty home; what it depends on is lent by ours."""
    made = tmp_path / "venv"
    venv.create(made, with_pip=False)
    packages = next((made / "lib").glob("python*")) / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    (site_packages,) = {path for path in sys.path if path.endswith("site-packages")}
    lent = packages / "lent.pth"
    # at the end of the path, and without the editable checkout that ours names
    lent.write_text(site_packages + "\n", encoding="utf-8")

    elsewhere = {name: value for name, value in place.items() if name != "PYTHONPATH"}

    def python(*words: str) -> str:
        done = subprocess.run(
            [made / "bin" / "python", *words],
            cwd=tmp_path,
            env=elsewhere,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shinrai(*words: str) -> str:
        return python("-m", "shinrai.site", *words)

    assert python("-c", "import shinrai; print(shinrai.__file__)").startswith(str(packages))
    assert "demo" in shinrai("--help")
    assert "/w/michi/" in shinrai("demo", "--no-serve", "--inquiries", "100")
    listed = shinrai("workspaces", "list")
    assert "michi" in listed
    assert "chousa" in listed
