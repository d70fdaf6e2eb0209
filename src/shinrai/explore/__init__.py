"""SQL on the published tables, saved as questions, and dashboards of their answers."""
