"""Feed mutated files to readers and keep the smallest file of each kind that breaks one."""

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import django

django.setup()

from shinrai.units.errors import UserError  # noqa: E402
from tests.fuzz.mutation import places  # noqa: E402
from tests.fuzz.readers import READERS, Reader  # noqa: E402

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
LONGEST_S = 30
SHRINKING_S = 15.0


class Hang(Exception):
    """A reader took longer than any small file may take."""


@dataclass
class Fuzz:
    """One run over one reader; what broke it stands in `found`, by the place where it broke."""

    name: str
    reader: Reader
    work: Path
    found: dict[str, bytes] = field(default_factory=dict)
    traces: dict[str, str] = field(default_factory=dict)

    def breaks(self, content: bytes) -> str | None:
        """Read a file; answer where that broke, None if it was read or refused."""
        path = self.work / f"file{self.reader.ending}"
        path.write_bytes(content)
        try:
            signal.alarm(LONGEST_S)
            with tempfile.TemporaryDirectory(dir=self.work) as folder:
                self.reader.read(path, Path(folder))
        except UserError:
            return None
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            last = next((f for f in reversed(frames) if "/shinrai/" in f.filename), frames[-1])
            where = (
                f"{type(error).__name__} {'/'.join(Path(last.filename).parts[-3:])}:{last.lineno}"
            )
            self.traces[where] = "".join(traceback.format_exception(error))
            return where
        finally:
            signal.alarm(0)
        return None

    def shrink(self, where: str) -> None:
        """Make the file that broke the reader smaller, as long as it breaks it there."""
        until = time.monotonic() + SHRINKING_S
        is_smaller = True
        while is_smaller and time.monotonic() < until:
            is_smaller = False
            for content in _smaller(self.found[where]):
                if time.monotonic() > until:
                    break
                if self.breaks(content) == where:
                    self.found[where], is_smaller = content, True
                    break


def _smaller(content: bytes) -> Iterator[bytes]:
    """Leave out parts: of JSON whatever stands in it, else bytes."""
    try:
        for number in range(len(places(json.loads(content)))):
            value: Any = json.loads(content)
            held, where = places(value)[number]
            del held[where]
            yield json.dumps(value).encode()
    except (ValueError, RecursionError):
        pass
    size = len(content) // 2
    while size:
        for at in range(0, len(content), size):
            yield content[:at] + content[at + size :]
        size //= 2


def _hang(*_: object) -> None:
    raise Hang


def main() -> int:
    """Run as asked; answer 1 if something broke."""
    asked = argparse.ArgumentParser(prog="bin/fuzz", description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path, help="real files to begin with, too")
    asked.add_argument("--reader", action="append", choices=list(READERS), help="default: all")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--count", type=int, default=50_000, help="inputs for each reader")
    asked.add_argument("--seconds", type=float, default=60.0, help="for all readers together")
    asked.add_argument("--keep", type=Path, default=Path("/tmp/shinrai-fuzz"), help="findings")
    given = asked.parse_args()
    signal.signal(signal.SIGALRM, _hang)
    names = given.reader or list(READERS)
    broken = 0
    for name in names:
        with tempfile.TemporaryDirectory(dir=MEMORY) as work:
            fuzz = Fuzz(name, READERS[name], Path(work))
            _run(fuzz, given, given.seconds / len(names))
            broken += len(fuzz.found)
            for where, content in fuzz.found.items():
                _keep(fuzz, where, content, given.keep)
    return 1 if broken else 0


def _run(fuzz: Fuzz, given: argparse.Namespace, seconds: float) -> None:
    seeds = list(fuzz.reader.seeds())
    if given.folder is not None:
        inside = sorted(given.folder.rglob(f"*{fuzz.reader.ending}"))
        seeds += [path.read_bytes()[:100_000] for path in inside]
    begun, count = time.monotonic(), 0
    for content in seeds:
        if (where := fuzz.breaks(content)) is not None:
            fuzz.found.setdefault(where, content)
    while count < given.count and time.monotonic() - begun < seconds:
        random = Random(f"{given.seed} {fuzz.name} {count}")
        content = fuzz.reader.change(random.choice(seeds), random)
        where = fuzz.breaks(content)
        if where is not None and len(content) < len(fuzz.found.get(where, content + b" ")):
            fuzz.found[where] = content
        count += 1
    rate = count / (time.monotonic() - begun)
    _say(f"{fuzz.name:10} {count:6} inputs, {rate:5.0f} a second, {len(fuzz.found)} findings")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _keep(fuzz: Fuzz, where: str, content: bytes, folder: Path) -> None:
    fuzz.shrink(where)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{fuzz.name}-{where.replace('/', '-').replace(' ', '-').replace(':', '-')}"
    path = folder / f"{name}{fuzz.reader.ending}"
    path.write_bytes(fuzz.found[where])
    last = fuzz.traces[where].strip().splitlines()[-1]
    _say(f"  {where}\n    {last[:200]}\n    {path} ({len(fuzz.found[where])} bytes)")
    path.with_suffix(".txt").write_text(fuzz.traces[where], "utf-8", "replace")


sys.exit(main())
