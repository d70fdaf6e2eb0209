"""Whatever is published in whatever order, the truth is what a dictionary would say."""

import tempfile
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tidying import compact
from tests.warehouse.library import LOANS, NORTH, SOUTH, publish_loans, replayed, true_loans
from tests.warehouse.loan import Loan

loans = st.builds(
    Loan,
    branch_id=st.sampled_from([NORTH, SOUTH, -7]),
    loan_id=st.integers(0, 3),
    state=st.sampled_from(["lent", "late", "returned"]),
    gone=st.booleans(),
)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Loan]]:
    """Draw revisions, in an order in which they are published and repeated, cut into batches."""
    drawn = draw(st.lists(loans, min_size=1, max_size=12))
    revised = [replace(loan, revision=number) for number, loan in enumerate(drawn, 1)]
    repeated = draw(st.lists(st.sampled_from(revised), max_size=4))
    order = draw(st.permutations(revised + repeated))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=3)))
    return [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


class TestReplay:
    @given(history=histories(), compacted_after=st.sets(st.integers(0, 3)))
    @settings(max_examples=15, deadline=None)
    def test_truth_equals_a_dictionary_whatever_the_order(self, history, compacted_after):
        with tempfile.TemporaryDirectory() as folder:
            warehouse = Warehouse(folder)
            for number, batch in enumerate(history):
                publish_loans(warehouse, *batch, upto=number)
                if number in compacted_after:
                    compact(warehouse, LOANS, files_over=0)

            truth = replayed(loan for batch in history for loan in batch)
            assert true_loans(warehouse) == truth
            south = [loan for loan in truth if loan[0] == SOUTH]
            assert true_loans(warehouse, within={"branch_id": SOUTH}) == south
