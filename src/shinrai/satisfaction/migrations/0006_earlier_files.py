"""Answers imported before files were recorded get one, so that they can be withdrawn.

All rows of an import have its moment, so a survey and a moment tell them apart; the file's name
was not kept.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import migrations
from django.db.models import Count

Import = tuple[int, str, datetime]  # a workspace, a survey, and the moment


def tie_to_files(apps: Any, _schema: Any) -> None:
    """Record a file for each import without one, and tie its answers and askings to it."""
    answers, askings = (
        apps.get_model("satisfaction", name).objects.filter(file=None, wave__channel="import")
        for name in ("SurveyAnswer", "Asking")
    )
    silent = askings.filter(state="asked")
    found: Counter[Import] = Counter()
    for rows, at in ((answers, "arrived_at"), (silent, "state_at")):
        named = rows.values_list("wave__workspace_id", "wave__survey__key", at)
        for workspace, survey, moment, count in named.annotate(count=Count("id")).order_by():
            found[workspace, survey, moment] += count
    for (workspace, survey, moment), count in sorted(found.items()):
        file = apps.get_model("satisfaction", "AnswerFile").objects.create(
            workspace_id=workspace, survey=survey, rows=count, imported_at=moment
        )
        there = {"wave__workspace_id": workspace, "wave__survey__key": survey}
        answers.filter(**there, arrived_at=moment).update(file=file)
        askings.filter(**there, state_at=moment).update(file=file)


class Migration(migrations.Migration):
    dependencies = (("satisfaction", "0005_files_of_answers"),)

    operations = (migrations.RunPython(tie_to_files, migrations.RunPython.noop, elidable=True),)
