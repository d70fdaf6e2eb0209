"""Queries of quality: figures over a span of dates, and the cases behind them."""
