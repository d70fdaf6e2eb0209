"""Reports: objectives, quality and work of a week, a month or other dates, on one page."""
