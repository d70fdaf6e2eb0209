"""Write every sheet and its right answers anew."""

from tests.importers.sheet_makers import bad_files, english, exports, japanese
from tests.importers.sheet_makers.business_days import check

check()
for maker in (japanese, english, exports, bad_files):
    maker.make()
