"""What pages, commands and the API read of questions and dashboards."""
