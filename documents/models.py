"""Official papers: snapshots that nothing changes once they are issued [ND 30/2020]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency
from documents.states import PaperState

if TYPE_CHECKING:
    from directory.models import User


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PaperQuerySet:
        """Papers of agencies in a coordinated scope or of the own agency; issued ones of the units around."""
        reach = user.reach
        return self.filter(
            Q(agency__unit_id__in=reach.scopes)
            | Q(agency_id__in=reach.agencies)
            | Q(state=PaperState.ISSUED, agency__unit_id__in=reach.around)
        )


class Paper(ActionOnly):
    """A paper of an agency. A draft has neither number nor date; issuing gives both and freezes all.

    ``snapshot`` is everything the template prints (data and text): rendering needs nothing else.
    """

    kind = models.SlugField(_("kind"), max_length=40, help_text="which template renders the snapshot")
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="papers", verbose_name=_("issuing agency")
    )
    title = models.CharField(_("title"), max_length=300)
    snapshot = models.JSONField(default=dict)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=PaperState, default=PaperState.DRAFT)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    symbol = models.CharField(_("symbol"), max_length=30, help_text=_("e.g. “BC-UBND”"))
    year = models.PositiveSmallIntegerField(_("year of the number"), null=True, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued at"), null=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-dated", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "symbol", "year", "number"],
                name="paper_number_once",
                violation_error_message=_("This number is already given to another paper this year."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="draft",
                    number__isnull=True,
                    year__isnull=True,
                    dated__isnull=True,
                    issued_by__isnull=True,
                    issued_at__isnull=True,
                )
                | Q(
                    number__isnull=False,
                    year__isnull=False,
                    dated__isnull=False,
                    issued_by__isnull=False,
                    issued_at__isnull=False,
                )
                & ~Q(state="draft")
                & ~Q(snapshot_sha256=""),
                name="paper_issued_whole_or_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    @property
    def reference(self) -> str:
        """Số, ký hiệu as printed: “12/BC-UBND”, a leading 0 below 10; without number in a draft."""
        return f"{self.number:02d}/{self.symbol}" if self.number else ""


class PaperFile(ActionOnly):
    """A file of a paper, with its SHA-256. Never edited; the bytes live in the database with the paper."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF as issued")
        SIGNED = "signed", _("signed file or scan of the sealed copy")

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="files", verbose_name=_("paper"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    content = models.BinaryField()
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        constraints = [
            models.UniqueConstraint(fields=["paper"], condition=Q(kind="pdf"), name="paper_one_pdf"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
