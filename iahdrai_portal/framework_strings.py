"""Strings of Django and allauth that their own Vietnamese lacks or says badly.

Nothing runs here: the words stand here so that ``makemessages`` collects them, and the portal's catalogue
wins over theirs.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
    "min_length",
)
NOT_THE_SAME = gettext_noop("You must type the same password each time.")
AT_LEAST = gettext_noop("Ensure this value is greater than or equal to %(limit_value)s.")
