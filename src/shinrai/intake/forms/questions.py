"""What a form asks, read from the settings of its connection, and what a person answers."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from shinrai.desk.rules.case_facts import OF_INQUIRY, BadFiling, read_line, read_past
from shinrai.desk.rules.files import MOST_BYTES, BadFile, NewFile, check_files
from shinrai.units.errors import UserError
from shinrai.units.text import Text, translated

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
MARK: Final = re.compile(r"[0-9A-Za-z-]{16,64}")
MOST_CATEGORIES: Final = 30
MOST_WORDS: Final = 5_000
MOST_FACT: Final = 200
MOST_FILES: Final = 3
BETWEEN: Final = "|"

USUAL_CATEGORIES: Final = (
    ("broken", Text("Something does not work")),
    ("how_to", Text("I do not know how to do it")),
    ("wish", Text("I have a wish")),
    ("other", Text("Something else")),
)
# What the page and the script say. A child may read it.
WORDS: Final = {
    "open": Text("Tell us about a problem"),
    "category": Text("What is the problem about?"),
    "choose": Text("Choose one"),
    "words": Text("What happened?"),
    "words_help": Text(
        "Write what you did and what you saw. Leave out names, addresses and telephone numbers."
    ),
    "happened": Text("When did it happen?"),
    "happened_help": Text("About is fine. You may leave it empty."),
    "mail": Text("Mail address for the answer"),
    "files": Text("Pictures of the screen"),
    "files_help": Text("Up to {n} files of {mb} MB.", n=MOST_FILES, mb=MOST_BYTES // 1024**2),
    "optional": Text("(may be empty)"),
    "along": Text("Sent along: the page, the version of the app, your device, the last error."),
    "send": Text("Send"),
    "sending": Text("Sending…"),
    "close": Text("Close"),
    "unsent": Text("It could not be sent. All you wrote is still here; press “Send” again later."),
    "arrived": Text("It has arrived. Thank you."),
    "read": Text("Somebody here will read it."),
}
PAGE_WORDS: Final = {
    "again": Text("Not sent yet. All you wrote is still here; please look at what is marked."),
    "files_again": Text("Please choose the files once more; a browser sends them only once."),
    "number_later": Text("Your number follows; load this page again in a minute."),
}
NUMBER: Final = Text("Your number is {key}. Keep it, so that you can ask about it.")
DUE: Final = Text("You get an answer by {due}.")


class UnusableSetting(UserError, ValueError):
    """A field of a form's connection cannot be read."""


@dataclass(frozen=True)
class FormSpec:
    """A form: titles by language, categories by key, and who may embed it."""

    titles: Mapping[str, str]
    categories: tuple[tuple[str, Mapping[str, str]], ...]
    languages: tuple[str, ...]
    origins: tuple[str, ...]
    takes_files: bool
    mail: str  # no, optional, required
    mode: str

    def document(self, language: str) -> dict[str, Any]:
        """Return what is asked, as the page, the script and apps need it."""
        return {
            "title": self.titles[language],
            "language": language,
            "categories": [{"key": key, "title": of[language]} for key, of in self.categories],
            "takes_files": self.takes_files,
            "mail": self.mail,
            "words": {name: translated(text, language) for name, text in WORDS.items()},
        }


@dataclass(frozen=True)
class FormAnswers:
    """What a person answered; `mark` names it, so that sent twice it is stored once."""

    mark: str
    category: str
    words: str
    mail: str
    account: str
    facts: Mapping[str, str]
    files: tuple[NewFile, ...]

    def document(self) -> dict[str, Any]:
        """Return the answers as they are stored until they are handled."""
        files = [[one.name, b64encode(one.content).decode()] for one in self.files]
        said = ("category", "words", "mail", "account", "facts")
        return {name: getattr(self, name) for name in said} | {"files": files}


def form_spec(settings: Mapping[str, str]) -> FormSpec:
    """Return the form that the settings of a connection describe."""
    named = [line.partition(BETWEEN) for line in settings["categories"].split("\n") if line]
    own = [(key.strip(), _titles(titles)) for key, _, titles in named]
    usual = [
        (key, {one: translated(text, one) for one in ("en", "ja")})
        for key, text in USUAL_CATEGORIES
    ]
    return FormSpec(
        titles=_titles(settings["title"]),
        categories=tuple(own or usual),
        languages=tuple(settings["languages"].split("-")),
        origins=tuple(settings["origins"].split()),
        takes_files=settings["files"] == "yes",
        mail=settings["mail"],
        mode=settings["opens"],
    )


def read_categories(typed: str) -> str:
    """Return lines of `key | title | title in Japanese` without blanks. Raises: UnusableSetting."""
    lines = [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
    keys = [line.partition(BETWEEN)[0].strip() for line in lines]
    for line, key in zip(lines, keys, strict=True):
        if not KEY.fullmatch(key) or not line.partition(BETWEEN)[2].strip(" |"):
            raise UnusableSetting(
                Text(
                    "“{line}” is no category; write a line such as: "
                    "drawing | The pen does not draw | title in Japanese",
                    line=line[:60],
                )
            )
    if len(keys) > MOST_CATEGORIES or len(set(keys)) < len(keys):
        said = Text("Give at most {most} categories, each key once.", most=MOST_CATEGORIES)
        raise UnusableSetting(said)
    return "\n".join(lines)


def read_answers(
    spec: FormSpec, given: Mapping[str, str], files: Sequence[NewFile], *, zone: str, at: datetime
) -> FormAnswers:
    """Return what was answered; what came by itself is cut to fit, and never refused.

    Raises: BadFiling, which says what is wrong by field.
    """
    wrong: dict[str, Text] = {}
    said = {name: _cleaned(value) for name, value in given.items()}
    facts = {key: " ".join(said.get(key, "").split())[:MOST_FACT] for key in OF_INQUIRY}
    category, mail = said.get("category", ""), said.get("mail", "").strip()
    words = ""
    if category not in dict(spec.categories):
        wrong["category"] = Text("Choose what it is about.")
    try:
        words = read_line(
            "words", WORDS["words"], said.get("words", ""), most=MOST_WORDS, is_long=True, least=1
        )
    except BadFiling as error:
        wrong |= error.wrong
    try:
        if happened := said.get("happened_at", "").strip():
            facts["happened_at"] = _moment(happened, zone, at)
    except BadFiling as error:
        wrong |= error.wrong
    if (
        (spec.mail == "required" or mail)
        and spec.mail != "no"
        and not (len(mail) <= MOST_FACT and MAIL.fullmatch(mail))
    ):
        wrong["mail"] = Text("This is no mail address; it looks like name@example.com.")
    if not MARK.fullmatch(said.get("id", "")):
        wrong["id"] = Text("“id” is an id that the sender makes, such as a UUID.")
    kept = tuple(files)
    try:
        check_files(kept)
        if len(kept) > MOST_FILES:
            said_files = Text(
                "{count} files are too many; {most} fit.", count=len(kept), most=MOST_FILES
            )
            raise BadFile(said_files)
    except BadFile as error:
        wrong["files"] = error.text
    if wrong:
        raise BadFiling(wrong)
    same = [said["id"], category, words, said.get("happened_at", ""), mail]
    same += [part for one in kept for part in (one.name, blake2b(one.content).hexdigest())]
    return FormAnswers(
        mark=blake2b("\0".join(same).encode(), digest_size=20).hexdigest(),
        category=category,
        words=words,
        mail=mail if spec.mail != "no" else "",
        account=" ".join(said.get("user", "").split())[:MOST_FACT],
        facts={key: value for key, value in facts.items() if value},
        files=kept,
    )


def _moment(typed: str, zone: str, at: datetime) -> str:
    """Return a moment as ISO 8601; one that a fast clock puts in the future is now."""
    try:
        found = read_past(
            "happened_at", typed, zone=zone, at=datetime.max.replace(tzinfo=at.tzinfo)
        )
    except BadFiling as error:
        said = Text("This is no date and time; choose one, or leave it empty.")
        raise BadFiling({"happened_at": said}) from error
    return min(found, at).isoformat(timespec="minutes")


def _titles(typed: str) -> dict[str, str]:
    first, _, second = typed.partition(BETWEEN)
    return {"en": first.strip() or second.strip(), "ja": second.strip() or first.strip()}


def _cleaned(value: str) -> str:
    """Return a text without NUL and halves of characters, which cannot be stored."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()
