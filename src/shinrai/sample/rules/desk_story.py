"""Cases worked here, for the sample: who files what, what is done with it, and the truth of it.

Moments are hours before the moment of the sample. The people are invented, and so are their words.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shinrai.accounts.rules.role import Role

PEOPLE: Final = {
    "agent": ("見本 鈴木", Role.CS_AGENT),
    "engineer": ("見本 高橋", Role.CRE_ENGINEER),
    "product": ("見本 森", Role.PRODUCT_ENGINEER),
    "manager": ("見本 小林", Role.MANAGER),
}


@dataclass(frozen=True)
class StoryAction:
    """An action of the story: when, who, which, and what they type."""

    hours_ago: float
    by: str
    action: str
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoryCase:
    """A case of the story: an investigation as filed, or an inquiry as received (`kind` is "")."""

    hours_ago: float
    kind: str
    title: str
    words: str
    facts: Mapping[str, str]
    actions: tuple[StoryAction, ...] = ()
    defect: str = ""


BEFORE: Final = "before"  # stands for two hours before the filing
IPHONE: Final = {"screen": "ログイン", "version": "3.2.1", "device": "iPhone 13"}
ANDROID: Final = {"screen": "通知", "version": "3.2.1", "device": "Pixel 8"}
TRACKER: Final = "https://tracker.example.com/DEV-482"

STORY: Final = (
    StoryCase(
        100,
        "broken",
        "通知が届かない",
        "週次の通知だけが届きません。設定はオンです。",
        ANDROID
        | {
            "happened_at": BEFORE,
            "steps_tried": "再ログイン、端末の再起動",
            "account": "K-204",
        },
        (
            StoryAction(98, "engineer", "take"),
            StoryAction(97, "engineer", "send_back", {"missing": "last_failure"}),
            StoryAction(80, "agent", "resubmit", {"fact:last_failure": "FCM-410"}),
            StoryAction(
                76,
                "engineer",
                "answer",
                {
                    "verdict": "defect",
                    "technical": "60日を過ぎた通知トークンが更新されない",
                    "links": "https://ci.example.com/runs/1024",
                    "plain": "アプリの不具合でした。次の版で直ります。今は再ログインで届きます。",
                },
            ),
        ),
        TRACKER,
    ),
    StoryCase(
        60,
        "as_designed",
        "休んだ日に連続記録が切れる",
        "体調不良で休んだ日も、連続記録は切れる仕様ですか。",
        {"screen": "記録", "version": "3.2.0"},
        (
            StoryAction(
                58,
                "engineer",
                "answer",
                {
                    "verdict": "as_designed",
                    "technical": "streak は学習日だけを数える。休みの申告は未対応",
                    "plain": "今は休んだ日に記録が切れる仕様です。お休みの申告は検討中です。",
                },
            ),
        ),
    ),
    StoryCase(
        30,
        "broken",
        "ログイン画面が白い",
        "起動すると真っ白のまま進みません。昨日からです。",
        IPHONE
        | {
            "happened_at": BEFORE,
            "steps_tried": "再インストール",
            "account": "K-377",
        },
        (
            StoryAction(29, "engineer", "take"),
            StoryAction(
                26, "engineer", "escalate", {"tier": "3", "words": "描画の初期化で落ちています"}
            ),
        ),
    ),
    StoryCase(
        27,
        "wrong_data",
        "9月分の学習記録が表示されない",
        "9月だけ記録が空です。",
        {"account": "K-118", "happened_at": BEFORE, "screen": "記録"},
        (StoryAction(25, "engineer", "send_back", {"missing": "version\ndevice"}),),
    ),
    StoryCase(
        6,
        "other",
        "請求書の宛名を法人名にしたい",
        "法人契約の宛名変更はどこで受け付けますか。",
        {},
    ),
    StoryCase(
        40,
        "",
        "",
        "兄弟で使うと前の子の記録が消えます。どうすればよいですか。",
        {"version": "3.2.1", "device": "iPad 9"},
        (
            StoryAction(38, "agent", "take"),
            StoryAction(
                37,
                "agent",
                "reply",
                {"message": "切り替えの手順をお送りします。", "then": "waiting"},
            ),
        ),
    ),
    StoryCase(
        3,
        "",
        "",
        "領収書を発行してほしいです。",
        {},
    ),
)


def story_truth() -> dict[str, int]:
    """Return what lists and figures should find of the story, counted from the story itself."""
    done = Counter(step.action for case in STORY for step in case.actions)
    filed = sum(case.kind != "" for case in STORY)
    return {
        "investigations": filed,
        "inquiries": len(STORY) - filed,
        "answered": done["answer"],
        "sent_back": done["send_back"],
        "open": len(STORY) - done["answer"],
        "with_product_engineers": done["escalate"],
        "defects": len({case.defect for case in STORY} - {""}),
    }
