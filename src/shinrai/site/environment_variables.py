"""Every environment variable that the product reads; docs/settings.md is generated from it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One variable: the values it accepts, its default, and what it is for."""

    name: str
    accepts: str
    default: str
    purpose: str
    is_secret: bool = False


VARIABLES = (
    Variable(
        "SHINRAI_HOME",
        "a folder",
        "`~/.local/share/shinrai` (or below `XDG_DATA_HOME`)",
        "Where this installation keeps its secrets, private database, warehouse and uploads. It is "
        "closed to other users (mode 0700).",
    ),
    Variable(
        "DATABASE_URL",
        "`postgresql://USER:PASSWORD@HOST:PORT/NAME`",
        "a private PostgreSQL 18",
        "The books, as the application's role, which should own no table.",
        is_secret=True,
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "as `DATABASE_URL`",
        "`DATABASE_URL`",
        "The role that owns the tables; only `shinrai migrate` uses it. Without it PostgreSQL "
        "cannot keep steps append-only on a server of your own.",
        is_secret=True,
    ),
    Variable(
        "SHINRAI_SERVER_ROOT",
        "a folder every user can enter",
        "`/var/lib/shinrai`",
        "Run as root only: where the private PostgreSQL and its data lie, since it must run as "
        "`nobody`. The data is entered by way of a group nobody else has.",
    ),
    Variable(
        "SHINRAI_KEEP_S",
        "0 to 86400",
        "3",
        "How many seconds the private PostgreSQL stays after the last command ended.",
    ),
    Variable(
        "SHINRAI_SECRET_KEY",
        "any text, better 50 letters or more",
        "made once, kept in the home folder",
        "Signs sessions and forms.",
        is_secret=True,
    ),
    Variable(
        "SHINRAI_MASTER_KEY",
        "32 bytes in base64",
        "made once, kept in the home folder",
        "Seals the key of every person. Without it no name or word can be read again: keep a "
        "copy apart from the database.",
        is_secret=True,
    ),
    Variable(
        "SHINRAI_WAREHOUSE",
        "a folder, or the address of object storage such as `s3://bucket/tables`",
        "`warehouse` in the home folder",
        "Where published tables lie; those of the books can be rebuilt, usage events lie there "
        "alone. What is written to a folder can be read by its owner alone. Object storage is "
        "opened with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, and "
        "`AWS_ENDPOINT_URL` where it is not Amazon's.",
    ),
    Variable(
        "SHINRAI_ENGINE",
        "a Spark master such as `spark://host:7077`",
        "none: DuckDB, in the program itself",
        "Who computes the measures of usage. Spark needs the extra `spark` and Java 17.",
    ),
    Variable(
        "SHINRAI_BACKUP_DAYS",
        "1 to 3650",
        "30",
        "How many days a backup is kept. The worker deletes those in the home's folder `backups` "
        "then; whoever erases a customer is told until when copies live on.",
    ),
    Variable(
        "SHINRAI_BACKUPS_KEPT",
        "1 to 1000",
        "7",
        "How many backups the home's folder `backups` keeps at most; the oldest go first.",
    ),
    Variable(
        "SHINRAI_IMPORT_MEMORY_MB",
        "256 to 1048576",
        "2048",
        "How much memory the process that reads imported files may take beside the program itself, "
        "in MB; the size of the files is added.",
    ),
    Variable(
        "SHINRAI_IMPORT_S",
        "5 to 86400",
        "60",
        "How many seconds of the processor's time an import may take, and 10 more for each MB of "
        "its files; by the clock on the wall four times that, and two minutes.",
    ),
    Variable(
        "SHINRAI_PULL_TOKEN",
        "as the source issues it",
        "none",
        "What an import that pulls (`shinrai import zendesk --url …`) signs in with where no "
        "`--token-file` is given.",
        is_secret=True,
    ),
    Variable("SHINRAI_LANGUAGE", "`en`, `ja`", "`en`", "The language where a reader chose none."),
    Variable(
        "SHINRAI_HOSTS",
        "names, separated by commas",
        "`localhost,127.0.0.1`",
        "The names by which browsers may call the console; all others are refused.",
    ),
    Variable(
        "SHINRAI_ADDRESS",
        "an address",
        "`http://localhost:8000`",
        "What sign-in links, and the addresses that commands name, begin with.",
    ),
    Variable(
        "SHINRAI_HTTPS",
        "`yes`, `no`",
        "`no`",
        "Say yes behind a proxy that speaks TLS and sets `X-Forwarded-Proto`: cookies are then "
        "sent by HTTPS only.",
    ),
    Variable(
        "SHINRAI_HSTS_SUBDOMAINS",
        "`yes`, `no`",
        "`no`",
        "With `SHINRAI_HTTPS`: whether browsers shall call every name below the console's by "
        "HTTPS only, too.",
    ),
    Variable(
        "SHINRAI_PROXIES",
        "0 to 10",
        "0",
        "How many proxies of yours stand before the console, each adding to `X-Forwarded-For`. "
        "Attempts to sign in are counted by the address the first of them saw; with 0 that header "
        "is not believed, and behind a proxy all readers are counted as one.",
    ),
    Variable(
        "SHINRAI_OIDC_ISSUER",
        "an `https://` address",
        "none: no sign-in by OpenID Connect",
        "The identity provider by which invited members may sign in. Register there the address "
        "`…/accounts/oidc/sso/login/callback/`; it must say that mail addresses are verified.",
    ),
    Variable("SHINRAI_OIDC_CLIENT_ID", "as the provider issues it", "none", "Who we are there."),
    Variable(
        "SHINRAI_OIDC_CLIENT_SECRET",
        "as the provider issues it",
        "none",
        "What `SHINRAI_OIDC_CLIENT_ID` proves itself with.",
        is_secret=True,
    ),
    Variable(
        "SHINRAI_OIDC_NAME",
        "any text",
        "the host of `SHINRAI_OIDC_ISSUER`",
        "What the button on the sign-in page calls the provider.",
    ),
    Variable(
        "SHINRAI_SMTP_HOST",
        "a host's name",
        "none: no mail is sent",
        "The server that takes the mail of notices and scheduled reports.",
    ),
    Variable(
        "SHINRAI_SMTP_PORT", "1 to 65535", "587 (`starttls`), 465 (`tls`), 25 (`none`)", "Its port."
    ),
    Variable(
        "SHINRAI_SMTP_SECURITY",
        "`starttls`, `tls`, `none`",
        "`starttls`",
        "How the way to it is encrypted.",
    ),
    Variable("SHINRAI_SMTP_USER", "a name", "none", "Who signs in there."),
    Variable(
        "SHINRAI_SMTP_PASSWORD",
        "as the server knows it",
        "none",
        "What `SHINRAI_SMTP_USER` signs in with.",
        is_secret=True,
    ),
    Variable(
        "SHINRAI_MAIL_FROM",
        "an address of mail",
        "`shinrai@` and the first of `SHINRAI_HOSTS`",
        "From whom mail is sent.",
    ),
    Variable(
        "SHINRAI_API_KEY",
        "a key of one workspace",
        "none",
        "As whom `shinrai mcp` answers an assistant; `shinrai accounts key add` makes one.",
        is_secret=True,
    ),
    Variable(
        "SHINRAI_API_PER_MINUTE",
        "1 to 1000000",
        "600",
        "How many requests a minute the HTTP API answers to one key; more get 429.",
    ),
    Variable(
        "SHINRAI_PRIVATE_TARGETS",
        "`yes`, `no`",
        "`no`",
        "Whether webhooks may lie inside your network (private, loopback and link-local addresses, "
        "also without TLS). Whoever may schedule reports or add webhooks can then make this "
        "machine call them.",
    ),
    Variable(
        "SHINRAI_PUSH_HOSTS",
        "names, separated by commas; `*` stands for any part",
        "`fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com`",
        "The push services that messages to browsers may go through: a browser names its own when "
        "a guardian subscribes, and all others are refused.",
    ),
    Variable(
        "SHINRAI_SLACK_API",
        "an address",
        "`https://slack.com/api/`",
        "Where Slack is called: a proxy of yours, if this machine may not call Slack itself. No "
        "page can change it. `HTTPS_PROXY` is heeded too.",
    ),
    Variable("SHINRAI_DEBUG", "`yes`, `no`", "`no`", "Show errors in full; for work on Shinrai."),
)
OF_OTHERS = (
    "XDG_DATA_HOME",
    "TZ",
    "LANGUAGE",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
    "DJANGO_SETTINGS_MODULE",
)
