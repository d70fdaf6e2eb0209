"""Sheets as people keep them, with right answers worked out apart from the program.

Run:   python -m tests.importers.sheet_makers
Nothing here imports the program: dates are typed in as a person reads them off the sheet, and due
moments come from `business_days`, which is checked against days counted by hand.
"""
