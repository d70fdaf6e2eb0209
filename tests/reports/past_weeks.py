"""Ask for past weeks at the same moment, in a process that may be ended: WAREHOUSE WEEK..."""

import sys
from threading import Barrier, Thread

import django


def main(warehouse: str, *weeks: str) -> None:
    """Print a line for each week: its name, how it was answered, and how long the page is."""
    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.SHINRAI_WAREHOUSE = warehouse
    settings.ALLOWED_HOSTS = ["*"]
    together = Barrier(len(weeks))

    def ask(week: str) -> None:
        together.wait()
        answer = Client().get(f"/w/kitsune/reports/?week={week}")
        sys.stdout.write(f"{week} {answer.status_code} {len(answer.content)}\n")
        sys.stdout.flush()

    asking = [Thread(target=ask, args=[week]) for week in weeks]
    for one in asking:
        one.start()
    for one in asking:
        one.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
