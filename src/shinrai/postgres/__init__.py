"""Helpers for PostgreSQL: bulk writes by COPY, blocks of identifiers, locks, the job queue."""
