"""Laying a source flat: records of any shape in, tables out that a mapping reads.

A source is written in three steps, each of which can be tested alone:

1. `records.records_of(paths)` streams what files hold (JSON, NDJSON, plain or gzip; folders too).
   `schema.reads` checks each field by field: an odd record is set aside, the others go on.
2. `gathering.gather(folder, records)` puts together what belongs to one case, on disk, so that
   pages may come in any order, repeat each other, and be larger than memory.
3. A pure function of the source turns one case into flat rows; `tables.write_tables(folder, ...)`
   writes them as CSV. The same records always give the same bytes, so that a killed import is
   found again by its fingerprint.

    with flat_folder(flat_root()) as folder:
        cases = gather(folder, filed(records_of(paths)))
        paths = write_tables(folder, TABLES, (row for case in cases for row in rows_of(case)))
        ...                              # importers.importing.bring_in(mapping=..., paths=paths)

Every row names the raw record it comes from (`RAW_FILE`, `RAW_LINE`), so that one that is set
aside can be looked up. Moments are ISO 8601 with their offset; the mapping says `zone: in_cell`.
What words mean is none of this code's business: the mapping of the source says it.
"""
