"""Labels of inquiries and findings of investigations as columns, and what is counted of them.

What a label counts as can change for all inquiries at once: labels are kept as they were given, and
the codebook's say is looked up when counting. Names (of labels, people, keys) are numbers here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from shinrai.quality.rules.kinds import Bools, Ints, Kinds
from shinrai.quality.rules.names import Names
from shinrai.quality.rules.tallies import NEVER, Columns
from shinrai.quality.rules.topical import resolved

NOTHING: Final = NEVER  # in columns: no label, nobody, no key
FINDING: Final = ("mode", "finder", "us", "label", "inquiry_id", "key")


@dataclass
class Labelled:
    """The labels of inquiries, the findings, and which inquiries bear the keys findings name.

    Shape:  `inquiries` by case number: its label, and what several said independently; `findings`
            as `FINDING`. Cases that never had any are not in them.
    """

    names: Names = field(default_factory=Names)
    keys: Names = field(default_factory=Names)
    inquiries: Columns = field(default_factory=lambda: Columns(("label", "several")))
    findings: Columns = field(default_factory=lambda: Columns(FINDING))
    counts_as: Mapping[str, str] = field(default_factory=dict)
    bearers: dict[int, set[int]] = field(default_factory=dict)
    _bears: dict[int, int] = field(default_factory=dict)

    def unknown_keys(self) -> list[int]:
        """List the keys by which alone a finding's topic can be known, as nobody asked for yet."""
        if not len(self.inquiries):
            return []
        about = self.about_inquiries(self.findings["inquiry_id"])
        bare = (about == NOTHING) & (self.findings["label"] == NOTHING)
        named = np.unique(self.findings["key"][bare])
        return [key for key in named.tolist() if key != NOTHING and key not in self.bearers]

    def bears(self, case_id: int, key: str) -> None:
        """Note that an inquiry bears a key; of keys that no finding names nothing is kept."""
        number = self.keys.known(key)
        if number is not None and number in self.bearers:
            self.bearers[number].add(case_id)
            self._bears[case_id] = number

    def is_gone(self, case_id: int) -> None:
        """Note that an inquiry is no more."""
        key = self._bears.pop(case_id, None)
        if key is not None:
            self.bearers[key].discard(case_id)

    def about(self, labels: Ints) -> Ints:
        """Say what labels count as today; a label of which no codebook speaks, as itself."""
        told = [self.counts_as.get(name, name) for name in self.names]
        says = np.array([*self.names.numbers(told), NOTHING], np.int64)
        found: Ints = says[np.where(labels == NOTHING, -1, labels)]
        return found

    def about_inquiries(self, case_ids: Ints) -> Ints:
        """Say what inquiries are about, each given by its number."""
        places = self.inquiries.places(case_ids)
        if not len(self.inquiries):
            return np.full(len(case_ids), NOTHING, np.int64)
        return self.about(np.where(places < 0, NOTHING, self.inquiries["label"][places]))


def finding_rows(mine: Labelled, *, first_us: int, ends_us: int) -> list[dict[str, Any]]:
    """Count findings after a moment and up to another, as `measures.topical.findings` does."""
    us = mine.findings["us"]
    there = np.flatnonzero((us > first_us) & (us <= ends_us))
    about = _subjects(mine, there)
    told = about != NOTHING
    listed = [mine.findings[name][there][told] for name in ("mode", "finder")]
    found, counts = np.unique(np.stack([*listed, about[told]]), axis=1, return_counts=True)
    name = mine.names.__getitem__
    return [
        {"mode": name(mode), "finder": name(finder), "about": name(subject), "count": count}
        for (mode, finder, subject), count in zip(found.T.tolist(), counts.tolist(), strict=True)
    ]


def _subjects(mine: Labelled, places: Ints) -> Ints:
    """Say what findings are about: as filed, as the inquiry above, as the one inquiry named."""
    about = mine.about(mine.findings["label"][places])
    above = mine.findings["inquiry_id"][places]
    keys, back = np.unique(mine.findings["key"][places], return_inverse=True)
    sole = np.array([_sole(mine.bearers.get(key, ())) for key in keys.tolist()], np.int64)
    for inquiries in (above, sole[back]):
        about = np.where(about == NOTHING, mine.about_inquiries(inquiries), about)
    return about


def _sole(bearers: Collection[int]) -> int:
    return next(iter(bearers)) if len(bearers) == 1 else NOTHING


def label_rows(
    mine: Labelled, inquiries: Columns, kinds: Kinds, inside: Bools
) -> list[dict[str, Any]]:
    """Count inquiries by what several said of them, as `measures.topical.double_labels` does.

    Input:  tallies of all inquiries, and which of them are counted at all.
    """
    rows = np.flatnonzero(mine.inquiries["several"] != NOTHING)
    places = inquiries.places(mine.inquiries["case_id"][rows])
    rows, places = rows[places >= 0], places[places >= 0]
    some = inside[places] & kinds.holds("counts")[inquiries["kind"][places]]
    modes, mode_of = kinds.groups(("mode",))
    pairs = np.stack(
        [mode_of[inquiries["kind"][places[some]]], mine.inquiries["several"][rows[some]]]
    )
    found, counts = np.unique(pairs, axis=1, return_counts=True)
    told = [
        {"mode": modes[mode][0], "double_labels": mine.names[several], "count": count}
        for (mode, several), count in zip(found.T.tolist(), counts.tolist(), strict=True)
    ]
    return resolved(told, mine.counts_as)
