"""Tables in files: CSV, compressed or not, and workbooks."""
