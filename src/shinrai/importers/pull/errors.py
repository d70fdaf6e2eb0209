"""What can go wrong between us and somebody's server, said in both languages."""

from shinrai.units.wording import SaidInBoth


class PullFailed(SaidInBoth, RuntimeError):
    """The server could not be asked now; the same command later goes on where this one stopped."""


class PullRefused(SaidInBoth, RuntimeError):
    """The server understood and will not answer like this: something must be put right first."""

    def __init__(self, en: str, ja: str, *, status: int = 0) -> None:
        super().__init__(en, ja)
        self.status = status


class BadAddress(SaidInBoth, ValueError):
    """This is no address a token may be sent to."""


def refused(where: str, status: int, hint: str = "") -> PullRefused:
    """Build the error for an answer that trying again will not change."""
    en, ja = _REFUSALS.get(status, (f"the server answered {status}", f"サーバーの応答は {status}"))
    shown = f" ({hint})" if hint else ""
    return PullRefused(f"{where}: {en}{shown}", f"{where}: {ja}{shown}", status=status)


def moved(where: str, status: int, to: str) -> PullRefused:
    """Build the error for an answer that sends us elsewhere: a token is not carried there."""
    return PullRefused(
        f"{where}: the server sends us on to {to}; if that is yours, give it as --url",
        f"{where}: {to} への転送が返りました。正しいアドレスなら --url に指定してください",
        status=status,
    )


def not_json(where: str) -> PullRefused:
    """Build the error for an answer that is a page for people, or nothing we can read."""
    return PullRefused(
        f"{where}: the answer is not JSON; --url is probably not the address of the service itself",
        f"{where}: JSON ではない応答です。--url がサービスのアドレスと違うかもしれません",
    )


def too_large(where: str, megabytes: int) -> PullRefused:
    """Build the error for an answer no page of records has."""
    return PullRefused(
        f"{where}: the answer is larger than {megabytes} MiB; that is no page of records",
        f"{where}: 応答が {megabytes} MiB を超えています。記録の一覧とは考えられません",
    )


def bad_certificate(where: str, why: str) -> PullRefused:
    """Build the error for a server whose name we cannot be sure of."""
    return PullRefused(
        f"{where}: its certificate cannot be trusted ({why}); check --url, or name your company's "
        "authorities by SSL_CERT_FILE",
        f"{where}: 証明書を信頼できません（{why}）。--url を確認するか、"
        "社内の認証局を SSL_CERT_FILE で指定してください",
    )


def given_up(where: str, tries: int, last: str) -> PullFailed:
    """Build the error for a server that did not answer however often we asked."""
    return PullFailed(
        f"{where}: no answer after {tries} tries (last: {last}); give the same command again "
        "later, it goes on where it stopped",
        f"{where}: {tries} 回試しましたが応答がありません（最後: {last}）。"
        "あとで同じコマンドを実行すると、続きから再開します",
    )


def bad_address(url: str) -> BadAddress:
    """Build the error for an address that is none, or over which a token could be read."""
    return BadAddress(
        f"{url}: give the address of the service, such as https://acme.example.com; "
        "http:// is for this machine alone",
        f"{url}: https://acme.example.com のようなアドレスを指定してください"
        "（http:// はこのマシンの中だけで使えます）",
    )


def no_service(host: str) -> BadAddress:
    """Build the error for an address that belongs to the network's own machinery."""
    return BadAddress(
        f"{host}: no help desk lies at this address, which networks keep for themselves; give the "
        "address of the service, such as https://acme.example.com",
        f"{host}: このアドレスはネットワークの内部用で、ヘルプデスクには使えません。"
        "https://acme.example.com のようなアドレスを指定してください",
    )


_REFUSALS = {
    401: (
        "the token is not accepted; check what is in --token-file, and whom it belongs to",
        "トークンが認められません。--token-file の中身と、誰のトークンかを確認してください",
    ),
    403: (
        "the token may not read this; give it to somebody who may, or widen its rights",
        "このトークンには閲覧の権限がありません。権限のある人のトークンを使うか、権限を広げてください",
    ),
    404: (
        "there is nothing at this address; check --url, or whether your plan has it",
        "このアドレスには何もありません。--url と、契約プランで使えるかを確認してください",
    ),
}
