"""What page and command say of an erasure, in both languages."""

from collections.abc import Sequence

from shinrai.importers.erasure.operations import StoreCount
from shinrai.units.wording import Words, both


def found_words(found: StoreCount) -> Sequence[tuple[Words, int]]:
    """Name each store with what was found in it."""
    return (
        (both(en="sealed texts, name included", ja="封をした文面（氏名を含む）"), found.words),
        (both(en="cases, whose counts stay", ja="案件（件数の集計は残ります）"), found.cases),
        (both(en="rows set aside", ja="保留した行"), found.set_aside),
        (
            both(
                en="uploads waiting in this workspace, whatever is in them",
                ja="このワークスペースで待っているアップロード（内容を問わずすべて）",
            ),
            found.uploads,
        ),
        (
            both(
                en="pulled accounts with pages waiting, to be fetched anew",
                ja="取得済みで未取り込みの接続先（次回あらためて取得します）",
            ),
            found.pulled,
        ),
        (
            both(en="tables left by killed imports", ja="中断した取り込みが残した表"),
            found.flat,
        ),
    )


def log_words(is_off_disk: bool) -> Words:
    """Return whether the database's files may still hold the destroyed key, and until when."""
    if is_off_disk:
        return both(
            en="The key is off the disk, also out of the database's log. Backups made before "
            "today still hold it; delete them when their time is over.",
            ja="鍵はデータベースのログも含めてディスクから消えました。"
            "これより前に取ったバックアップには残っています。保管期限が来たら削除してください。",
        )
    return both(
        en="The database may still hold the destroyed key in its files and log, until they are "
        "written anew. The database's owner ends that by: VACUUM FULL privacy_personkey; "
        "SELECT pg_switch_wal(); CHECKPOINT; (with wal_recycle off). Backups hold it as long as "
        "they are kept.",
        ja="破棄した鍵は、データベースのファイルとログが書き直されるまで残ることがあります。"
        "データベースの所有者が VACUUM FULL privacy_personkey; SELECT pg_switch_wal(); "
        "CHECKPOINT; を実行すると消えます（wal_recycle が off の場合）。"
        "バックアップには、保管している間は残ります。",
    )
