"""What is said to commands and pages alike: a page names the fields of its form."""

import re

import pytest
from django.utils import translation

from shinrai.importers.templatetags.importers import in_form


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "give one by “Zone the times were written in”, such as Asia/Tokyo"),
        ("ja", "「日時のタイムゾーン」 に Asia/Tokyo のように指定する"),
    ],
)
def test_a_page_names_the_fields_of_its_form_and_not_the_options_of_a_command(language, said):
    words = {
        "en": "give one by --zone, such as Asia/Tokyo; --zones and x--zone stay",
        "ja": "--zone に Asia/Tokyo のように指定するか、--zones",
    }
    with translation.override(language):
        told = in_form(words[language])

    assert said in told
    assert "--zones" in told
    assert not re.search(r"(?<![\w-])--zone(?!s)", told)
