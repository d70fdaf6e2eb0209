"""What was promised: clocks, budgets, alarms."""
