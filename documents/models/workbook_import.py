"""A workbook that somebody uploaded: what it would do, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from documents.states import AT_WORK, IMPORT_TONES, ImportState

if TYPE_CHECKING:
    from datetime import datetime

    from directory.models import User
    from documents.reading import Book

# How long a preview waits for its confirmation, and a workbook with errors to be fetched.
KEPT_FOR = timedelta(hours=24)
# After so long without a word the job that works on it is taken for dead.
SILENT_FOR = timedelta(minutes=2)
_WAITING = (ImportState.PLANNING, ImportState.PREVIEWED)


def expiry() -> datetime:
    return clock.now() + KEPT_FOR


class WorkbookImportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> WorkbookImportQuerySet:
        """One's own: a file may hold more than others should see."""
        return self.filter(by=user)

    def without_content(self) -> WorkbookImportQuerySet:
        """For lists: bytes and rows stay in the database."""
        return self.defer("content", "plan")

    def about_outer(self, model: type[models.Model]) -> WorkbookImportQuerySet:
        """Within a query of such things (surveys): those of the one at hand."""
        return self.filter(
            subject_type=ContentType.objects.get_for_model(model), subject_id=models.OuterRef("pk")
        )

    def in_hand(self) -> WorkbookImportQuerySet:
        """What is being checked or saved, or waits for its confirmation."""
        waiting = Q(state=ImportState.PREVIEWED, expires_at__gte=clock.now())
        return self.filter(Q(state__in=AT_WORK) | waiting)

    def over(self) -> WorkbookImportQuerySet:
        """Whose time is over while they still hold a file."""
        return self.filter(content__isnull=False, expires_at__lt=clock.now()).exclude(
            state=ImportState.SAVING
        )


class WorkbookImport(ActionOnly):
    """An uploaded file from its check to its end. ``kind``: code of the importer that reads it.

    ``subject``: what it is of, where its kind has one (a survey). ``content`` and ``plan`` are kept only as
    long as the import may be confirmed or its errors fetched, a day; name, size, SHA-256 and counts stay.
    ``book``: as it was read at the upload, for the check that follows at once; not stored.
    """

    book: Book | None = None

    kind = models.SlugField(_("kind"), max_length=30)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    subject_id = models.PositiveBigIntegerField(null=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, help_text="of whoever uploaded it: that of its messages")
    file_name = models.CharField(_("file"), max_length=200)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content = models.BinaryField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.PLANNING)
    created_at = models.DateTimeField(_("uploaded at"), default=clock.now)
    expires_at = models.DateTimeField(_("waits until"), default=expiry)
    saved_at = models.DateTimeField(_("saved at"), null=True)
    done = models.PositiveIntegerField(default=0, help_text="rows checked so far")
    total = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(default=clock.now, help_text="when the work on it was last heard of")
    problems = models.JSONField(
        default=list, help_text="why the whole file was refused, sentence by sentence"
    )
    plan = models.JSONField(null=True, help_text="see documents/imports/plan.py")
    stamp = models.CharField(max_length=64, blank=True, help_text="of what the plan was compared with")
    details = models.JSONField(default=dict, help_text="what its importer remembers of it")
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)

    objects = WorkbookImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["by", "-created_at"], name="import_by_whom_when")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="saved", saved_at__isnull=False)
                | ~Q(state="saved") & Q(saved_at__isnull=True),
                name="import_saved_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planning", "previewed", "saving"], content__isnull=False)
                | ~Q(state__in=["planning", "previewed", "saving"]),
                name="import_keeps_its_file_while_open",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def is_silent(self) -> bool:
        """Whether the job that works on it seems to have died."""
        return self.is_at_work and self.moved_at < clock.now() - SILENT_FOR

    @property
    def is_over(self) -> bool:
        """Whether its time is over, though nobody has written that down yet."""
        return self.state in _WAITING and self.expires_at < clock.now()

    @property
    def is_counted(self) -> bool:
        """Whether its rows were checked to the end."""
        return bool(self.added or self.changed or self.unchanged or self.refused)

    @property
    def has_errors(self) -> bool:
        """Whether the workbook with errors at their rows can be fetched."""
        return self.refused > 0 and self.plan is not None and self.expires_at >= clock.now()

    @property
    def is_open(self) -> bool:
        """Whether it waits for a confirmation that would still be taken."""
        return self.state == ImportState.PREVIEWED and self.expires_at >= clock.now()

    @property
    def saves(self) -> int:
        """Rows that a confirmation would write."""
        return self.added + self.changed

    @property
    def tone(self) -> str:
        return IMPORT_TONES[ImportState(self.state)]
