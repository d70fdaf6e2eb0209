"""Operations, pages and queries that need several packages, such as a step and its clocks."""
