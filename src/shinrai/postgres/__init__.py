"""The manners of PostgreSQL: bulk in by COPY, identifiers in blocks, locks that die with us."""
