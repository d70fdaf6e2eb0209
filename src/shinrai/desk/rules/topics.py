"""The first sentence about topics: what most customers write about."""


def topics_sentence(
    *,
    topic: str | None,
    customers: int | None,
    inquiries: int,
    unlabelled: int,
    of: int,
    days: int | None,
    language: str,
) -> str:
    """Say which topic concerns most customers, and how much has no topic at all.

    `days` are those up to today; 0: some dates that the page names; None: all there are.
    """
    ja = language == "ja"
    if not of:
        return (
            "この期間に受け付けた問い合わせはありません。"
            if ja
            else "No inquiry came in this time."
        )
    if topic is None:
        return (
            f"{of:,}件の問い合わせに、まだ分類がありません。"
            if ja
            else f"None of {of:,} inquiries has been labelled yet."
        )
    if ja:
        since = "これまでに" if days is None else f"この{days}日間で" if days else "この期間で"
        many = f"{inquiries:,}件" if customers is None else f"お客さま{customers:,}人"
        return f"{since}いちばん多い話題は「{topic}」（{many}）です。{_rest_ja(unlabelled, of)}"
    since = "since ever" if days is None else f"in {days} days" if days else "in this time"
    if customers is None:
        many = f"{inquiries:,} " + ("inquiry" if inquiries == 1 else "inquiries")
        return f"Most {since} is about {topic} ({many}). {_rest_en(unlabelled, of)}"
    many = f"{customers:,} " + ("customer" if customers == 1 else "customers")
    return (
        f"What most customers wrote about {since} is {topic} ({many}). {_rest_en(unlabelled, of)}"
    )


def _rest_en(unlabelled: int, of: int) -> str:
    return (
        f"{unlabelled:,} of {of:,} inquiries have no topic." if unlabelled else "All are labelled."
    )


def _rest_ja(unlabelled: int, of: int) -> str:
    if not unlabelled:
        return "すべて分類済みです。"
    return f"{of:,}件のうち{unlabelled:,}件には分類がありません。"
