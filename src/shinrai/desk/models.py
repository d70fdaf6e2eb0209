"""What working on cases needs beside their steps: open cases, files, kinds, defects, duties."""

from django.db import models


class OpenCase(models.Model):
    """A case that is not ended, as lists of open cases need it.

    Written in the transaction that appends a step, and by the worker after an import; it can be
    computed anew from the steps. `tier` works on it, `holder` has it now: a tier, or whom the tier
    waits for (`waiting_on`). `awaits_us`: a tier holds it. `person` is "staff:ID" or "".
    """

    case = models.OneToOneField(
        "ledger.Case", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField()
    record = models.CharField(max_length=20)
    source = models.CharField(max_length=80)
    source_key = models.CharField(max_length=200)
    phase = models.CharField(max_length=16)
    tier = models.SmallIntegerField(null=True)
    holder = models.CharField(max_length=20)
    waiting_on = models.CharField(max_length=20)
    awaits_us = models.BooleanField()
    person = models.CharField(max_length=80)
    priority = models.CharField(max_length=80)
    service = models.CharField(max_length=200)
    topic = models.CharField(max_length=100)
    began_at = models.DateTimeField()
    held_since = models.DateTimeField()
    changed_at = models.DateTimeField()
    last_kind = models.CharField(max_length=20)

    class Meta:
        indexes = (
            models.Index(fields=("workspace_id", "person"), name="open_case_by_person"),
            models.Index(fields=("workspace_id", "began_at"), name="open_case_by_age"),
        )


class InvestigationKind(models.Model):
    """A version of a kind of investigation: its name and the facts it asks for.

    The newest version of a key counts. An empty name is that of the kind the product brings.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True)
    facts = models.JSONField()
    is_retired = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class CaseNumber(models.Model):
    """The last number given to a case that was opened here, by workspace and record."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "record"), name="case_number_once"),
        )


class CaseFile(models.Model):
    """A file that came with a step. Its name and content are encrypted words of the case.

    They go with the person's key; the row stays and says that there was a file.
    """

    workspace_id = models.BigIntegerField()
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    sequence = models.BigIntegerField()  # the number of the step
    name_words_id = models.BigIntegerField()
    content_words_id = models.BigIntegerField()
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class Notice(models.Model):
    """An event of a clock or an objective that was told about: never a second time.

    `name` says what it is, `subject` what it is about: `case-12`, `objective-KEY`. `value` is the
    level that an objective's escalation stood at.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    name = models.CharField(max_length=180)
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    value = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "name"), name="notice_once"),
        )
        indexes = (
            models.Index(fields=("workspace_id", "subject", "kind"), name="notice_by_subject"),
        )


class NoticeSettings(models.Model):
    """When a workspace is told of its clocks, and when nobody is to be disturbed."""

    workspace_id = models.BigIntegerField(primary_key=True)
    at_risk_percent = models.SmallIntegerField()
    lead_after_s = models.IntegerField()
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    days_off = models.JSONField(default=list)  # weekdays, 0 is Monday


class NoticePreference(models.Model):
    """Of what a member wants mail, and in which language."""

    member = models.OneToOneField(
        "accounts.Member", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    wants = models.CharField(max_length=8)  # all, own, none
    language = models.CharField(max_length=2)


class NoticeChannel(models.Model):
    """A webhook that notices go to. `target` and `secret` are encrypted with the master key."""

    workspace_id = models.BigIntegerField()
    channel = models.CharField(max_length=8)  # slack, signed
    wants = models.CharField(max_length=8)  # all, own: what clocks and objectives say
    target = models.BinaryField()
    secret = models.BinaryField()  # after a change the new one and the old, which signs for a day
    secret_at = models.DateTimeField(null=True)  # when it was changed
    events = models.JSONField(default=list)  # types that a program chose; none: as `wants` says
    shown = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)


class TierLead(models.Model):
    """Who leads a tier."""

    workspace_id = models.BigIntegerField()
    tier = models.SmallIntegerField()
    member = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "tier"), name="lead_once_per_tier"),
        )


class Duty(models.Model):
    """Who is on duty in a tier in the week that begins on a Monday."""

    workspace_id = models.BigIntegerField()
    tier = models.SmallIntegerField()
    week_on = models.DateField()
    member = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "tier", "week_on"), name="duty_once_per_week"
            ),
        )


class PressingClock(models.Model):
    """The clock of an open case that is due first; no table, but a part of the queue's statements.

    `objectives.queries.going.pressing_clocks` selects its rows (`WITH desk_pressing AS …`).
    """

    case = models.OneToOneField(
        OpenCase, on_delete=models.DO_NOTHING, primary_key=True, related_name="clock"
    )
    objective_id = models.BigIntegerField()
    due_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "desk_pressing"


class FollowedTransactions(models.Model):
    """The transaction below which the open cases of all steps are written; one row."""

    upto = models.BigIntegerField()


class SavedFilter(models.Model):
    """A filter of the queue that a member keeps under a name; no search words are kept."""

    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "name"), name="saved_filter_once"),
        )


class Defect(models.Model):
    """A defect in a product, by the address of its ticket in any tracker; its title is typed."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "url"), name="defect_once"),)


class DefectCase(models.Model):
    """A case that a defect is behind; of an investigation, with the inquiry it is about."""

    defect = models.ForeignKey(Defect, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    inquiry = models.ForeignKey(
        "ledger.Case", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=("defect", "case"), name="defect_case_once"),)


class DefectFix(models.Model):
    """The release in which a defect is fixed; a later row says that it took another one."""

    defect = models.ForeignKey(Defect, on_delete=models.PROTECT, related_name="fixes")
    release = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class ToldBack(models.Model):
    """Whoever asked in this case was told that the defect is fixed."""

    defect_case = models.ForeignKey(DefectCase, on_delete=models.PROTECT, related_name="told")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class TellBackPolicy(models.Model):
    """Whether those affected who never wrote are written to: never, mail, or product (a list).

    The newest row of a workspace counts; without one, never.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    silent = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class SilentAffected(models.Model):
    """Whose usage showed a defect before its fix and who never wrote, as the worker found."""

    fix = models.OneToOneField(DefectFix, on_delete=models.PROTECT, related_name="silent")
    persons = models.JSONField(default=list)
    at = models.DateTimeField()


class TellBackStep(models.Model):
    """A text to tell people back with: proposed, sent back with a reason, or approved."""

    fix = models.ForeignKey(DefectFix, on_delete=models.PROTECT, related_name="tell_back")
    kind = models.CharField(max_length=9)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("fix",),
                condition=models.Q(kind="approved"),
                name="tell_back_approved_once",
            ),
        )


class TellBackMessage(models.Model):
    """Somebody who is told of a fix by an approved text: a customer or a member who filed.

    `once` names their message in the outbox, or is "list" where the product tells them; where it
    is "", `why` is the state that says why nobody writes to them.
    """

    fix = models.ForeignKey(DefectFix, on_delete=models.PROTECT, related_name="messages")
    group = models.CharField(max_length=8)  # customer, filer, silent
    person = models.ForeignKey(
        "customers.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    member_key = models.CharField(max_length=80, blank=True)
    once = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("fix", "person"),
                condition=models.Q(person__isnull=False),
                name="told_of_fix_once",
            ),
            models.UniqueConstraint(
                fields=("fix", "member_key"),
                condition=~models.Q(member_key=""),
                name="filer_told_of_fix_once",
            ),
        )
