"""Pages of quality: figures, the cases and accounts behind them, and reviews."""
