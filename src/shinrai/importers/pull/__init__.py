"""Pulling a source over HTTP: politely, resumably, and never more often than it likes.

A source writes one function, which asks page by page and keeps each page with its cursor:

    def pull(client: Client, spool: Spool, *, since: datetime) -> None:
        stream = spool.stream("tickets")
        while not stream.is_done:
            page = client.get("/api/v2/tickets", {"cursor": stream.cursor}).value
            stream.append(page, cursor=page["after"], done=page["end"])

- `client.Client` waits as long as a 429 asks for, tries again after 500, 502, 503, 504 and cut
  connections with growing pauses, keeps to so many requests a minute, and never sends the token to
  another host. It raises `PullRefused` (401, 403, 404, ... `error.status`; a source that can do
  without catches it) and `PullFailed` (given up for now), said in both languages.
- `spool.Spool` lies in `<SHINRAI_HOME>/pulled/<workspace>/<source>/<account>/`, private (0700): one
  file of JSON lines per stream, and `state.json` with the cursors, replaced atomically. A page
  whose cursor was not saved is cut off when the spool is opened again: killed anywhere, a pull
  goes on and nothing is there twice. One process at a time holds it (`SpoolBusy`).
- `spool.finish()` once the import is complete deletes the pages and keeps the cursors: the next
  pull's `stream.cursor` begins where this one ended. `spool.forget()` starts from the beginning.
- `sweep_pulled` (timetable) deletes pages nobody imported within a week; the cursors go back to the
  last complete import, so nothing is lost.

Tests sleep on paper: `Client(..., sleep=naps.append, clock=lambda: sum(naps))`. A fake server to
build on is in tests/importers/fakes/server.py.
"""
