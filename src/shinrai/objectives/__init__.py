"""Objectives: promises about how soon we act, their clocks, error budgets and alarms."""
