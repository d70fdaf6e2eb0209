"""The channel of a form: what it asks for, and how an answered form becomes an inquiry."""

import json
from base64 import b64decode
from datetime import datetime

from shinrai.accounts.queries import workspace_numbered
from shinrai.api.embedding import read_origins
from shinrai.desk.operations.filing import ReceiptRequest, receive_by_hand
from shinrai.desk.rules.files import NewFile
from shinrai.intake.forms.questions import form_spec, read_categories
from shinrai.intake.rules.channels import (
    Channel,
    ConnectionField,
    ConnectionView,
    Outcome,
    ReceiptView,
)
from shinrai.units.text import Text, translated

SEALED = (
    ("category", Text("Category")),
    ("mail", Text("Mail address")),
    ("account", Text("Account, as the product says")),
)


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Open the inquiry that a form tells of.

    Who says to be somebody is not believed: mail and account are words among the words.
    """
    there, said = workspace_numbered(connection.workspace_id), json.loads(receipt.body)
    spec = form_spec(connection.settings)
    titles = dict(spec.categories).get(said["category"], {})
    named = said | {"category": titles.get(there.language, said["category"])}
    lines = [
        f"{translated(name, there.language)}: {named[key]}" for key, name in SEALED if named[key]
    ]
    case_id = receive_by_hand(
        ReceiptRequest(
            workspace=there,
            words="\n\n".join((said["words"], "\n".join(lines))),
            at=at,
            by=connection.author,
            mode=spec.mode,
            channel="form",
            facts=said["facts"],
            files=tuple(NewFile(name, b64decode(content)) for name, content in said["files"]),
            came_at=receipt.came_at,
            topic=said["category"],
        )
    )
    return Outcome(case_id)


CHANNEL = Channel(
    key="form",
    title=Text("a form"),
    explained=Text("A small script or plain form in your product asks what happened."),
    fields=(
        ConnectionField(
            "title",
            Text("title of the form"),
            help=Text("As your customers read it; after a | in Japanese."),
            most=160,
        ),
        ConnectionField(
            "categories",
            Text("categories"),
            help=Text(
                "One a line: key | title | title in Japanese. The key becomes the topic and stays "
                "the same in all languages. Empty: four usual ones."
            ),
            is_required=False,
            is_long=True,
            most=6_000,
            read=read_categories,
        ),
        ConnectionField(
            "languages",
            Text("languages"),
            choices=(
                ("en-ja", Text("English and Japanese, as the reader has it")),
                ("ja", Text("Japanese")),
                ("en", Text("English")),
            ),
            usual="en-ja",
        ),
        ConnectionField(
            "origins",
            Text("websites that may embed it"),
            help=Text("One a line, such as https://app.example. Empty: it can only be linked to."),
            is_required=False,
            is_long=True,
            most=2_000,
            read=lambda typed: "\n".join(read_origins(typed.split())),
        ),
        ConnectionField(
            "files",
            Text("attachments"),
            choices=(("yes", Text("may be sent")), ("no", Text("not asked for"))),
            usual="yes",
        ),
        ConnectionField(
            "mail",
            Text("mail address"),
            choices=(
                ("no", Text("not asked for")),
                ("optional", Text("asked for, may be empty")),
                ("required", Text("required")),
            ),
            usual="no",
        ),
        ConnectionField(
            "opens",
            Text("what it opens"),
            choices=(
                ("via_cs", Text("an inquiry for customer support")),
                ("direct", Text("an inquiry for the CRE team itself")),
            ),
            usual="via_cs",
        ),
    ),
    handle=handle,
    part="intake/_snippet.html",
)
