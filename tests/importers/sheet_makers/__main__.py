"""Write every sheet and its right answers anew."""

from tests.importers.sheet_makers import bad_files, english, exports, japanese, second_round
from tests.importers.sheet_makers.business_days import check

check()
for maker in (japanese, english, exports, bad_files, second_round):
    maker.make()
