"""Reports: documents of numbers with the rows behind them, and what they look like."""
