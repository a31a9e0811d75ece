"""What may be asked for, and for whom it is counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory import clock
from directory.models import SupportArea

if TYPE_CHECKING:
    from needs.models.round import SurveyRound


class AgeBandQuerySet(models.QuerySet):
    def counted(self) -> AgeBandQuerySet:
        """The bands that children are counted in: all but the one that is all of them."""
        return self.filter(is_all=False)

    def in_order(self) -> AgeBandQuerySet:
        """The youngest first, all of them together last."""
        return self.order_by("is_all", "from_year")


class AgeBand(models.Model):
    """0-2, 3-5, 6-10, 11-15 years, or all of them together (``is_all``). A child is under 16."""

    code = models.SlugField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=60, help_text=_("e.g. “3-5 tuổi (mẫu giáo)”"))
    name_en = models.CharField(_("name in English"), max_length=60)
    from_year = models.PositiveSmallIntegerField(_("from (years)"))
    to_year = models.PositiveSmallIntegerField(_("to (years)"))
    is_all = models.BooleanField(_("all children"), default=False)

    objects = AgeBandQuerySet.as_manager()

    class Meta:
        verbose_name = _("age band")
        verbose_name_plural = _("age bands")
        ordering = ["is_all", "from_year"]
        constraints = [
            models.CheckConstraint(condition=Q(from_year__lte=F("to_year")), name="age_band_in_order"),
            models.CheckConstraint(condition=Q(to_year__lt=16), name="age_band_children_under_16"),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def short_name(self) -> str:
        """Within a sentence, which says itself that it is an age: “… aged 3-5”."""
        return str(_("all")) if self.is_all else f"{self.from_year}-{self.to_year}"

    @property
    def heading(self) -> str:
        """By itself, in a head or in the column of a table."""
        return str(_("all ages")) if self.is_all else self.short_name


class SubgroupQuerySet(models.QuerySet):
    def in_order(self) -> SubgroupQuerySet:
        """The whole first, then its parts."""
        return self.order_by("-is_total", "order")


class Subgroup(models.Model):
    """Which children of a place are counted: all, girls, ethnic minority, poor, disabled, enrolled."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), unique=True)
    is_total = models.BooleanField(_("the whole; the others are parts of it"), default=False)

    objects = SubgroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("subgroup")
        verbose_name_plural = _("subgroups")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


def bands_and_subgroups() -> tuple[list[AgeBand], list[Subgroup]]:
    """What children are counted by: ``AgeBand.objects.counted()`` and ``Subgroup.objects.in_order()``, in one
    query, because every page of a survey needs both."""
    of_band = ("id", "code", "name", "name_en", "from_year", "to_year", "is_all")
    of_group = ("id", "code", "name", "name_en", "order", "is_total")
    groups = Subgroup.objects.order_by().values_list(Value("group"), *of_group[:-1], Value(0), of_group[-1])
    rows = AgeBand.objects.counted().order_by().values_list(Value("band"), *of_band).union(groups, all=True)
    bands, subgroups = [], []
    for kind, *values in rows:
        if kind == "band":
            bands.append(AgeBand.from_db(rows.db, of_band, values))
        else:
            subgroups.append(Subgroup.from_db(rows.db, of_group, [*values[:-2], values[-1]]))
    return sorted(bands, key=lambda b: b.from_year), sorted(
        subgroups, key=lambda g: (not g.is_total, g.order)
    )


class SupportItemQuerySet(models.QuerySet):
    def in_use(self) -> SupportItemQuerySet:
        """Not retired, or only from a day to come."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=clock.today()))

    def catalogue(self) -> SupportItemQuerySet:
        """Every item, retired ones too, with its area and age bands, in the catalogue's order."""
        ordered = self.select_related("area").order_by("area__order", "order", "code")
        return ordered.prefetch_related("age_bands")

    def goods_in(self, areas: Iterable[int]) -> SupportItemQuerySet:
        """Goods of the areas, retired ones too: what was needed may still have to be bought."""
        return self.filter(kind=SupportItem.Kind.GOODS, area__in=areas)

    def of_areas(self, areas: Iterable[int]) -> SupportItemQuerySet:
        """What was ever asked for in the areas, retired items too, in the order of the catalogue."""
        return self.filter(area_id__in=areas).select_related("area").order_by("area__order", "order", "code")

    def askable_in(self, survey_round: SurveyRound) -> SupportItemQuerySet:
        """What may be asked for in a round: items not yet retired when it opened."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=survey_round.opens_on))

    def by_band(self) -> list[tuple[SupportItem, AgeBand]]:
        """Each item once for each of its age bands, in the order of the grid; one query."""
        links = SupportItem.age_bands.through.objects.filter(supportitem__in=self)
        order = ("supportitem__area__order", "supportitem__order", "supportitem__code")
        links = links.order_by(*order, "ageband__is_all", "ageband__from_year")
        items: dict[int, SupportItem] = {}
        return [
            (items.setdefault(link.supportitem_id, link.supportitem), link.ageband)
            for link in links.select_related("supportitem__area", "ageband")
        ]


class SupportItem(models.Model):
    """A thing or service that can be needed and given: warm coats, meals, check-ups, a swing."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        SERVICE = "service", _("Service")

    area = models.ForeignKey(
        SupportArea, models.PROTECT, related_name="items", verbose_name=_("support area")
    )
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    unit = models.CharField(_("unit of measure"), max_length=30, help_text=_("e.g. “chiếc”, “suất”, “bộ”"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GOODS)
    by_sex = models.BooleanField(
        _("by sex"), default=False, help_text=_("the survey also asks how many of the children are girls")
    )
    age_bands = models.ManyToManyField(AgeBand, related_name="items", verbose_name=_("age bands"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = SupportItemQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[age_bands])

    class Meta:
        verbose_name = _("support item")
        verbose_name_plural = _("support items")
        ordering = ["area__order", "order", "code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None and self.retired_on <= clock.today()


class ReferencePrice(models.Model):
    """What one unit of an item is worth in a year, whole đồng."""

    item = models.ForeignKey(
        SupportItem, models.PROTECT, related_name="prices", verbose_name=_("support item")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.PositiveBigIntegerField(_("đồng per unit"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reference price")
        verbose_name_plural = _("reference prices")
        ordering = ["item", "-year"]
        constraints = [models.UniqueConstraint(fields=["item", "year"], name="reference_price_once_a_year")]

    def __str__(self) -> str:
        return f"{self.item} {self.year}"


class ItemSize(models.Model):
    """A row of an item's size table: what share of an age band's children (of one sex) wear this size.

    It turns approved quantities into a buying list. ``percent`` over a band and sex adds up to 100.
    """

    class Sex(models.TextChoices):
        ALL = "", _("All")
        GIRLS = "f", _("Girls")
        BOYS = "m", _("Boys")

    item = models.ForeignKey(
        SupportItem, models.CASCADE, related_name="sizes", verbose_name=_("support item")
    )
    age_band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+", verbose_name=_("age band"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.ALL, blank=True)
    label = models.CharField(_("size"), max_length=20, help_text=_("e.g. “110”, “M”, “28-30”"))
    percent = models.PositiveSmallIntegerField(_("per cent of the children"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("size of an item")
        verbose_name_plural = _("sizes of items")
        ordering = ["item", "age_band", "sex", "order"]
        constraints = [
            models.UniqueConstraint(fields=["item", "age_band", "sex", "label"], name="item_size_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="item_size_percent_1_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.age_band} {self.label}"
