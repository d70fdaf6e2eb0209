"""Decisions of explore on frozen dataclasses: parameters, answers, layout, alerts."""
