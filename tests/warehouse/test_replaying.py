"""Whatever is published in whatever order, the truth is what a dictionary would say."""

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.warehouse.compaction import compact
from shinrai.warehouse.store import Warehouse
from tests.warehouse.library import LOANS, NORTH, SOUTH, Loan, publish_loans, replayed, true_loans

pytestmark = pytest.mark.records

changes = st.tuples(
    st.sampled_from([NORTH, SOUTH, -7]),  # branch
    st.integers(0, 3),  # loan
    st.sampled_from(["lent", "late", "returned"]),
    st.booleans(),  # gone
)


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[int, int, int, str, bool]]]:
    """Draw revisions, in an order in which they are published and repeated, cut into batches."""
    drawn = draw(st.lists(changes, min_size=1, max_size=12))
    revised = [(revision, *change) for revision, change in enumerate(drawn, 1)]
    repeated = draw(st.lists(st.sampled_from(revised), max_size=4))
    order = draw(st.permutations(revised + repeated))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=3)))
    return [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@given(history=histories(), compacted_after=st.sets(st.integers(0, 3)))
@settings(max_examples=15, deadline=None)
def test_truth_equals_a_dictionary_whatever_the_order(history, compacted_after):
    published = []
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(folder)
        for number, batch in enumerate(history):
            loans = [
                Loan(branch, loan, state, revision=revision, gone=gone)
                for revision, branch, loan, state, gone in batch
            ]
            publish_loans(warehouse, *loans, upto=number)
            published += loans
            if number in compacted_after:
                compact(warehouse, LOANS, files_over=0)

        truth = replayed(published)
        assert true_loans(warehouse) == truth
        south = [loan for loan in truth if loan[0] == SOUTH]
        assert true_loans(warehouse, within={"branch_id": SOUTH}) == south
