"""Surveys with their waves, and how many persons are how far in each: for pages, API, commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shinrai.satisfaction.queries.addresses import AddressRecord, address_named
from shinrai.satisfaction.queries.surveys import (
    SurveyRecord,
    WaveRecord,
    states_of_wave,
    survey_named,
    surveys,
    waves,
)
from shinrai.satisfaction.rules.targeting import ASKING_CHANNELS, Targeting, read_targeting


@dataclass(frozen=True)
class WaveCount:
    """A wave in which persons are asked, and of how many it knows what."""

    wave: WaveRecord
    targeting: Targeting
    states: Mapping[str, int]
    is_open: bool

    @property
    def answered(self) -> int:
        """Return how many answered."""
        return self.states.get("answered", 0)

    @property
    def asked(self) -> int:
        """Return how many were asked, whatever became of it."""
        return self.answered + self.silent + self.declined

    @property
    def silent(self) -> int:
        """Return how many were asked and said nothing."""
        return self.states.get("asked", 0)

    @property
    def declined(self) -> int:
        """Return how many were asked and closed it."""
        return self.states.get("declined", 0)

    @property
    def capped(self) -> int:
        """Return how many were left out, as they were asked lately, or want no mail."""
        return self.states.get("capped", 0)

    @property
    def sampled_out(self) -> int:
        """Return how many are not of the share that is asked."""
        return self.states.get("sampled_out", 0)

    @property
    def eligible(self) -> int:
        """Return how many may be asked and were not: not seen yet, or no address is known."""
        return self.states.get("eligible", 0)


@dataclass(frozen=True)
class SurveyOverview:
    """A survey, its address if it was ever asked, and its waves, the newest first."""

    survey: SurveyRecord
    address: AddressRecord | None
    waves: tuple[WaveCount, ...]
    imported: int = 0  # answers of files; whom the other tool asked may not be known

    @property
    def is_open(self) -> bool:
        """Return whether it is asked now."""
        return any(one.is_open for one in self.waves)

    @property
    def asked(self) -> int:
        """Return how many askings there were, in all waves."""
        return sum(one.asked for one in self.waves)

    @property
    def answered(self) -> int:
        """Return how many of them were answered."""
        return sum(one.answered for one in self.waves)

    @property
    def document(self) -> dict[str, Any]:
        """Return it as API and commands say it."""
        counts = ("asked", "answered", "declined", "silent", "capped", "sampled_out", "eligible")
        return {
            "survey": self.survey.key,
            "version": self.survey.number,
            "kind": self.survey.survey.kind,
            "wording": self.survey.wording,
            "address": self.address.url if self.address else None,
            "open": self.is_open,
            "imported": self.imported,
            "waves": [
                {
                    "wave": one.wave.key,
                    "version": one.wave.survey.number,
                    "channel": one.wave.channel,
                    "opens_at": one.wave.opens_at,
                    "closes_at": one.wave.closes_at,
                    "open": one.is_open,
                    "targeting": one.targeting.document,
                    **{name: getattr(one, name) for name in counts},
                }
                for one in self.waves
            ],
        }


def survey_overviews(*, workspace_id: int, at: datetime) -> list[SurveyOverview]:
    """Return the surveys of a workspace, by key."""
    return [_overview(one, workspace_id, at) for one in surveys(workspace_id=workspace_id)]


def survey_overview(*, workspace_id: int, key: str, at: datetime) -> SurveyOverview:
    """Return one survey. Raises: UnknownSurvey."""
    return _overview(survey_named(workspace_id=workspace_id, key=key), workspace_id, at)


def _overview(survey: SurveyRecord, workspace_id: int, at: datetime) -> SurveyOverview:
    there = waves(workspace_id=workspace_id, survey=survey.key)
    return SurveyOverview(
        survey,
        address_named(workspace_id=workspace_id, survey=survey.key),
        tuple(
            WaveCount(
                one, read_targeting(one.settings), states_of_wave(wave=one.id), one.is_open(at)
            )
            for one in reversed(there)
            if one.channel in ASKING_CHANNELS
        ),
        sum(
            states_of_wave(wave=one.id).get("answered", 0)
            for one in there
            if one.channel == "import"
        ),
    )
