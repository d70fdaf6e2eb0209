"""Rows of knowledge: articles by version, where they were used, and what makes them stale.

What a member changed in a template for one customer lies sealed under that customer's key.
"""

from django.db import models


class ArticleVersion(models.Model):
    """A step: from a moment on an article says this. The newest version of a key counts.

    `kind` is template or manual; `state` draft, published or retired. A draft from a closed
    investigation names its case.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    number = models.IntegerField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=9)
    language = models.CharField(max_length=2)  # en, ja: of the customer it is written for
    title = models.CharField(max_length=200)
    body = models.TextField()  # Markdown; templates with {variables}
    topic = models.CharField(max_length=100, blank=True)  # "": of every topic
    owner = models.CharField(max_length=80)
    review_on = models.DateField(null=True)
    release = models.CharField(max_length=80, blank=True)  # valid for this release; "": for all
    valid_until = models.DateField(null=True)
    case_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "number"), name="article_version_once"
            ),
        )


class ArticleUse(models.Model):
    """A step: what a member did with the articles suggested for a case.

    `choice` is used (of `article`), or none_fits (then `article` is the first suggested, or null).
    `offered` are the numbers of the versions shown, best first. `changes` holds a keyed hash of
    each edit, so that equal edits can be counted without opening them; their words are `words_id`.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    article = models.ForeignKey(
        ArticleVersion, null=True, on_delete=models.PROTECT, related_name="uses"
    )
    choice = models.CharField(max_length=9)
    offered = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    words_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(fields=("workspace_id", "article", "at"), name="uses_of_article"),
            models.Index(fields=("case_id", "-id"), name="article_uses_of_case"),
        )


class ArticleMark(models.Model):
    """A step: why an article is stale (contradicted, release, returned, expired), or `fresh` again.

    Only a person says `fresh`, after reading it against what made it stale. Being read is no step.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    cause = models.CharField(max_length=120, blank=True)  # the case or release that made it so
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "kind", "cause"),
                condition=~models.Q(kind="fresh"),
                name="article_mark_once",
            ),
        )
        indexes = (models.Index(fields=("workspace_id", "key", "-id"), name="marks_of_article"),)


class RevisionDecision(models.Model):
    """A step: what became of a revision that equal edits proposed: taken or declined."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    change = models.CharField(max_length=64)  # the keyed hash of the edit
    decision = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "change"), name="revision_decided_once"
            ),
        )


class EmptySearch(models.Model):
    """A search of articles that found nothing, masked; deleted after 90 days."""

    workspace_id = models.BigIntegerField()
    searched = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "-id"), name="empty_searches_newest"),)


class ArticlePairs(models.Model):
    """The pairs of characters of a version, by which searches and suggestions find it."""

    workspace_id = models.BigIntegerField()
    article = models.OneToOneField(ArticleVersion, on_delete=models.PROTECT, related_name="+")
    pairs = models.JSONField()


class PreparedKnowledge(models.Model):
    """The first view of knowledge of a workspace, as the worker computed it."""

    workspace_id = models.BigIntegerField(unique=True)
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    document = models.JSONField()
