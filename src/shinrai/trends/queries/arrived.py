"""Read a workspace's inquiries as arrays, and the texts with which some of them began."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.ledger.queries import steps_of
from shinrai.privacy.operations import read_masked, read_words
from shinrai.topics.queries import codebook
from shinrai.trends.rules.arrived import Arrived, Keyed, keyed
from shinrai.trends.rules.rises import Happening
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

EPOCH = date(1970, 1, 1).toordinal()
BY = ("topic", "area", "release", "account")


def arrived_by(workspace: WorkspaceRecord, *, at: datetime, warehouse: Warehouse) -> Arrived:
    """Return what had arrived by a moment, with the topics as they are labelled today."""
    from shinrai.quality.facts.inquiries import INQUIRIES
    from shinrai.topics.facts import TOPICS
    from shinrai.warehouse.query import run_all

    answers = run_all(
        warehouse,
        {"arrived": _expression()},
        tables=(INQUIRIES, TOPICS),
        within={"workspace_id": workspace.id},
        parameters={"at": epoch_us(at)},
    )
    return _columns(answers["arrived"].rows, workspace.id)


def happenings(workspace_id: int) -> list[Happening]:
    """Return the declared events that stand."""
    return [
        Happening(one.kind, one.name, one.first_on, one.last_on)
        for one in declared_events(workspace_id=workspace_id)
        if not one.is_removed
    ]


def opening_texts(
    cases: Iterable[int], *, workspace_id: int, is_masked: bool = True
) -> dict[int, str]:
    """Return the texts with which cases were opened; those without words are left out.

    Masked, unless they are only compared with each other.
    """
    steps = steps_of(list(cases), workspace_id=workspace_id, kinds=("received",))
    lies = {
        case: step.words_id
        for case, listed in steps.items()
        for step in listed
        if step.words_id is not None
    }
    words = (read_masked if is_masked else read_words)(lies.values())
    return {case: words[at] for case, at in lies.items() if at in words}


@lru_cache(maxsize=1)
def _expression() -> Any:
    from shinrai.quality.facts.inquiries import INQUIRIES
    from shinrai.quality.measures.topical import with_topics
    from shinrai.topics.facts import TOPICS
    from shinrai.trends.measures import arrived
    from shinrai.warehouse.parameters import NAMED

    return arrived(with_topics(INQUIRIES.unbound(), TOPICS.unbound()), at=NAMED["at"])


def _columns(rows: "pa.Table", workspace_id: int) -> Arrived:
    case = rows["case_id"].to_numpy().astype(np.int64)
    known = rows["customer_id"].fill_null(0).to_numpy().astype(np.int64)
    on = rows["received_on"].cast("int32").to_numpy().astype(np.int64) + EPOCH
    topic = keyed(rows["about"].to_pylist())
    accounts = [
        f"{source}: {account}" if account else None
        for source, account in zip(
            rows["source"].to_pylist(), rows["account"].to_pylist(), strict=True
        )
    ]
    return Arrived(
        case=case,
        customer=np.where(known > 0, known, -case),
        on=on,
        us=rows["received_us"].to_numpy().astype(np.int64),
        keyed={
            "topic": topic,
            "area": _areas(topic, workspace_id),
            "release": _releases(rows["version"].to_pylist(), on, workspace_id),
            "account": keyed(accounts),
        },
    )


def _areas(topic: Keyed, workspace_id: int) -> Keyed:
    """Return the product area of each inquiry: the topic above its own in the codebook."""
    topics = codebook(workspace_id=workspace_id).topics
    above = [topics[name].parent if name in topics else "" for name in topic.names]
    return keyed([above[code] if code >= 0 else None for code in topic.code.tolist()])


def _releases(versions: Sequence[str | None], on: Any, workspace_id: int) -> Keyed:
    """Return the version each inquiry names, else the declared release that was out on its day."""
    declared = [one for one in happenings(workspace_id) if one.kind == "release"]
    declared.sort(key=lambda one: one.first_on)
    starts = np.array([one.first_on.toordinal() for one in declared], np.int64)
    out = (np.searchsorted(starts, on, side="right") - 1).tolist()
    names = [one.name for one in declared]
    return keyed(
        [
            version or (names[place] if place >= 0 else None)
            for version, place in zip(versions, out, strict=True)
        ]
    )
