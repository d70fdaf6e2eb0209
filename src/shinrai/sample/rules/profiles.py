"""Distributions fitted to real logs: only the numbers below, with no row or text of the logs.

**Source**, each fitted once, offline:
- *forum*: Thunderbird's support forum of 2023 and 2024, 27,594 questions (CC BY-SA, Mozilla
  Support contributors): first replies, further rounds, how long askers take.
- *incidents*: an IT desk's event log, 17,136 incidents of 2016 (UCI 498, CC BY 4.0, Amaral,
  Fantinato and Peres): hours and weekdays of companies that ask, and waits.
- *lines*: BPI Challenge 2013, 7,554 incidents over three lines of support (Steeman,
  doi:10.4121/uuid:500573e6-accc-4b0c-9576-aa5468b10cee): who is needed, and reopenings.

Numbers that could not be fitted are invented and marked so: no log shows when guardians write.
"""

from typing import Final

# Hours to the first reply are a mixture of two log-normals, by EM over 19,729 replies: shares, and
# spreads of the logarithm. Only the shape is taken; its middle is our desk's (`Truth`).
FIRST_REPLY_SHARES: Final = (0.893, 0.107)
FIRST_REPLY_SPREADS: Final = (1.76, 2.41)
FIRST_REPLY_MIDDLES: Final = (1.0, 3.99)  # of the second in units of the first: 13.16 h / 3.30 h

# Of subjects with k answered runs, how many have another (forum): 0.320, 0.426, 0.463, then more.
ANOTHER_ROUND: Final = (0.320, 0.426, 0.463, 0.523)
# A desk asks by a form, so it needs fewer rounds than a forum: scaled, a choice of ours.
DESK_TO_FORUM: Final = 0.62

# Hours an asker takes to write again (forum, 16,553 gaps): the middle and the spread of the log.
ASKER_MIDDLE_H: Final = 4.03
ASKER_SPREAD: Final = 1.6  # 2.17 there; beyond a week a customer of a desk counts as silent

# Of incidents that left the first line, how many reached the third (lines): 540 of 3,008.
THIRD_OF_SECOND: Final = 0.1795
# Reopened after completion: 390 of 5,663 there (lines); 202 of 17,136 by a counter (incidents).
REOPENED_BETWEEN: Final = (0.0118, 0.0689)

# When companies ask: share of each hour of the day, and of each weekday from Monday (incidents).
COMPANY_HOURS: Final = (
    0.0100, 0.0085, 0.0061, 0.0049, 0.0044, 0.0043, 0.0134, 0.0249, 0.0964, 0.1242, 0.1173, 0.1004,
    0.0520, 0.0696, 0.0936, 0.0881, 0.0774, 0.0455, 0.0188, 0.0103, 0.0088, 0.0084, 0.0064, 0.0062,
)  # fmt: skip
COMPANY_DAYS: Final = (0.2285, 0.1923, 0.2018, 0.1724, 0.1603, 0.0257, 0.0190)

# When families ask: invented. After breakfast, at noon, and from homework time until bed.
FAMILY_HOURS: Final = (
    0.012, 0.005, 0.003, 0.002, 0.003, 0.008, 0.022, 0.040, 0.050, 0.058, 0.060, 0.054,
    0.055, 0.048, 0.046, 0.052, 0.062, 0.070, 0.074, 0.078, 0.080, 0.066, 0.036, 0.016,
)  # fmt: skip
FAMILY_DAYS: Final = (0.165, 0.148, 0.147, 0.145, 0.141, 0.122, 0.132)
