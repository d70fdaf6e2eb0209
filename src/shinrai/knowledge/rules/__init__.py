"""Decisions about articles on frozen dataclasses: state, variables, ranking, differences."""
