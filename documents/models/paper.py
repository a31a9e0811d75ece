"""Official papers: snapshots that nothing changes once they are issued [ND 30/2020]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.errors import WrongState
from directory.models import Agency
from documents.kinds import kept_within_reach
from documents.models.removable import Removable, RemovableQuerySet, removal_constraint
from documents.snapshot import sha256_of
from documents.states import PaperState

if TYPE_CHECKING:
    from directory.models import User


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PaperQuerySet:
        """Papers of agencies in a coordinated scope or of the own agency; issued ones of the units around,
        unless their kind is kept to who has them within reach."""
        reach = user.reach
        around = Q(state=PaperState.ISSUED, agency__unit_id__in=reach.around)
        return self.filter(
            Q(agency__unit_id__in=reach.scopes)
            | Q(agency_id__in=reach.agencies)
            | around & ~Q(kind__in=kept_within_reach())
        )

    def frozen(self) -> PaperQuerySet:
        return self.exclude(state=PaperState.DRAFT)

    def with_number(self, agency: Agency, symbol: str, year: int, number: int) -> PaperQuerySet:
        """The paper that holds a number of the agency's register, if any."""
        return self.filter(agency=agency, symbol=symbol, year=year, number=number)

    def next_number(self, agency: Agency, symbol: str, year: int) -> int:
        """One more than the highest number known here; the clerk's register may be further [FIELD 5]."""
        numbered = self.filter(agency=agency, symbol=symbol, year=year)
        return (numbered.aggregate(last=models.Max("number"))["last"] or 0) + 1

    def delete(self) -> tuple[int, dict[str, int]]:
        for paper in self.frozen()[:1]:
            raise paper.never_changed()
        return super().delete()


class Paper(ActionOnly):
    """A paper of an agency. A draft has neither number nor date; issuing gives both and freezes all.

    ``snapshot`` is everything the template prints (data and text): rendering needs nothing else. Once
    issued the row is never saved or deleted again; triggers in the database say the same.
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse_if_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_if_frozen(self) -> None:
        for stored in type(self).objects.filter(pk=self.pk).frozen()[:1]:
            raise stored.never_changed()

    def never_changed(self) -> WrongState:
        """The refusal of any change after the issue."""
        message = gettext(
            "%(paper)s of %(date)s is issued and never changes. "
            "To correct it, draft and issue a paper that replaces it."
        ) % {"paper": self.reference, "date": f"{self.dated:%d/%m/%Y}"}
        return WrongState(message, code="paper_frozen", paper=self.pk)

    @property
    def is_issued(self) -> bool:
        return self.state != PaperState.DRAFT

    @property
    def is_intact(self) -> bool:
        """Whether the frozen data is still what was issued."""
        return self.snapshot_sha256 == sha256_of(self.snapshot)

    @property
    def reference(self) -> str:
        """Số, ký hiệu as printed: “12/BC-UBND”, a leading 0 below 10; without number in a draft."""
        return f"{self.number:02d}/{self.symbol}" if self.number else ""


class PaperFileQuerySet(RemovableQuerySet):
    def visible_to(self, user: User) -> PaperFileQuerySet:
        return self.filter(paper__in=Paper.objects.visible_to(user))

    def of(self, paper: Paper) -> PaperFileQuerySet:
        """For a room that lets a paper be read by whoever has what it is about within reach."""
        return self.filter(paper=paper)

    def removable(self) -> PaperFileQuerySet:
        """Never the PDF as issued, whatever its bytes are."""
        return self.filter(kind=PaperFile.Kind.SIGNED)

    def signed(self) -> PaperFileQuerySet:
        """The signed files that came back, the newest first: it counts, of those that are kept."""
        return self.filter(kind=PaperFile.Kind.SIGNED).order_by("-pk")

    def newest(self) -> PaperFileQuerySet:
        """Of each paper and kind the one that counts: its PDF, and the signed file that came last."""
        later = PaperFile.objects.kept().filter(
            paper=models.OuterRef("paper"), kind=models.OuterRef("kind"), pk__gt=models.OuterRef("pk")
        )
        return self.kept().filter(~models.Exists(later))

    def delete(self) -> tuple[int, dict[str, int]]:
        for paper in Paper.objects.filter(files__in=self)[:1]:
            raise paper.never_changed()
        return super().delete()


class PaperFile(Removable):
    """A file of a paper. Never edited; the bytes live in the database with the paper.

    Only a wrong signed file is taken away, by an action (decision 0013); triggers let nothing else through.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF as issued")
        SIGNED = "signed", _("signed file or scan of the sealed copy")

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="files", verbose_name=_("paper"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    created_at = models.DateTimeField(default=clock.now)

    objects = PaperFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        constraints = [
            models.UniqueConstraint(fields=["paper"], condition=Q(kind="pdf"), name="paper_one_pdf"),
            models.CheckConstraint(
                condition=Q(kind="signed") | Q(removed_as=""), name="paper_file_pdf_is_kept"
            ),
            removal_constraint("paper_file"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise self.paper.never_changed()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise self.paper.never_changed()
