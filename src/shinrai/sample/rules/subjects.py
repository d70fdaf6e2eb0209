"""The subjects that the sample company's customers ask about, with invented questions."""

from typing import Final, NamedTuple

SERVICES: Final = ("ミチノート", "ミチノート　スクール")
AGENTS: Final = ("森下", "德永", "内田", "大槻", "小野寺", "青柳")
FILERS: Final = AGENTS[:3]
ALONE: Final = ("plan", "大槻")  # a topic that one agent alone answers where CS is involved
ENGINEERS: Final = ("髙橋", "瀬戸")  # the CRE team: two people
DEVELOPERS: Final = ("三﨑", "早坂", "江口")
LABELLERS: Final = ("内田", "德永")
DEFECT: Final = "不具合"
MISSING: Final = ("端末の機種とＯＳ", "画面の写真", "顧客ID", "起きた日時")
MISSING_WEIGHTS: Final = (0.45, 0.25, 0.15, 0.15)
EXEMPTION: Final = "個人情報の開示請求のため、法務と相談して対応"


class Subject(NamedTuple):
    """One kind of question: how common it is, how much work it is, and what CRE answers about it.

    `weight` is how common it is relative to the other subjects. `investigated` is the share of its
    inquiries that CS files with CRE. `minutes` is the typical work time of an agent, logged under
    `job`. `beside` is the key of the subject whose label an agent gives it by mistake.
    """

    key: str
    subject: str
    weight: int
    investigated: float
    minutes: float
    job: str
    beside: str
    question: str = ""
    verdict: str = ""
    answer: str = ""
    needs_engineers: bool = False


SUBJECTS: Final[tuple[Subject, ...]] = (
    Subject(
        "streak", "連続記録が消えた", 11, 0.12, 7, "record_check", "homework",
        "昨日もやったのに、ひらいたら連続記録が０になってたそうです。ご確認お願いします。",
        "仕様どおり",
        "日付が変わったあとに提出されたため、翌日の分として数えられています。記録は残っています。",
    ),
    Subject(
        "video", "動画が途中で止まる", 10, 0.09, 8, "reply", "app_crash",
        "算数の動画が毎回おなじ所でくるくるして進まないとのこと。wifiは問題ないそうです。",
        "利用環境",
        "ご家庭の回線の混み合う時間と重なっていました。画質を「ふつう」にすると止まらず見られます。",
    ),
    Subject(
        "notices", "保護者あての通知が届かない", 9, 0.08, 7, "reply", "login",
        "お母さまのスマホにだけ、がんばり通知が来ないそうです。設定はＯＮとのこと。",
        "利用環境",
        "機種変更の前の端末に送られていました。一度ログアウトして、入り直すと届きます。",
    ),
    Subject(
        "grading", "採点がまちがっている", 8, 0.19, 9, "record_check", "homework",
        "漢字の「右」が何回書いても×になる、と泣いてしまったそうです。",
        "不具合",
        "書き順の判定に誤りがありました。次の更新で直します。×になった分は○に直しておきました。",
        True,
    ),
    Subject(
        "billing", "二重に請求された", 8, 0.06, 24, "billing_check", "plan",
        "カードの明細に同じ月が２回のっているとのお電話です。",
        "操作誤り",
        "ご兄弟それぞれの分でした。明細の見かたをご案内ください。",
    ),
    Subject(
        "login", "ログインできない", 17, 0.04, 6, "password_reset", "account",
        "パスワードを変えたのに「ちがいます」と出るそうです。お急ぎの様子でした。",
        "操作誤り",
        "学習用と保護者用でパスワードが分かれています。保護者用を変えておられました。",
    ),
    Subject(
        "homework", "提出した宿題が先生に見えない", 6, 0.20, 11, "record_check", "streak",
        "学校の先生から。三人だけ提出済みにならない、明日までに何とかしたい、とのこと。",
        "不具合",
        "圏外で書いた分の送り直しが止まっていました。こちらで送り直し、三人とも届いています。",
        True,
    ),
    Subject(
        "intruder", "知らない端末からの利用", 2, 0.35, 15, "account_check", "account",
        "使っていない時間に学習したことになっている、だれかが入っているのでは、とご心配です。",
        "不正利用",
        "ご親族の端末からの利用でした。念のためパスワードを変えていただくようお伝えください。",
    ),
    Subject(
        "app_crash", "アプリが落ちる", 7, 0.16, 9, "reply", "video",
        "ひらいてすぐ落ちるとのこと。機種はお聞きできていません。",
        "不明",
        "同じことを起こせませんでした。次に起きたとき、画面の写真と時刻を教えていただけると調べられます。",
        True,
    ),
    Subject("plan", "コースの変更と解約", 9, 0.0, 8, "plan_change", "billing"),
    Subject("account", "きょうだいの追加と学年の変更", 7, 0.0, 9, "account_change", "login"),
    Subject("howto", "使いかたを知りたい", 8, 0.0, 5, "reply", "account"),
    Subject("wish", "こうしてほしい", 3, 0.0, 4, "reply", "howto"),
)  # fmt: skip
PLACES: Final = {matter.key: place for place, matter in enumerate(SUBJECTS)}
PRAISE: Final = "praise"  # a topic of its own, for letters that ask for nothing
NAMES_EN: Final = {
    "streak": "Streak lost",
    "video": "Video stops halfway",
    "notices": "Guardians get no notices",
    "grading": "Answers marked wrong",
    "billing": "Charged twice",
    "login": "Cannot sign in",
    "homework": "Teacher does not see homework",
    "intruder": "Used from an unknown device",
    "app_crash": "App closes by itself",
    "plan": "Changing or ending a course",
    "account": "Adding a sibling, changing the grade",
    "howto": "How to use it",
    "wish": "Wishes",
    PRAISE: "Thanks",
}
