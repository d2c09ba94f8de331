"""The mentions of one article told once each: a source named thrice is one credit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from clusterer.news import Credit, Role
from clusterer.text.script import fold_text

_VOICES = ("supplier", "relayed", "self")
# Roles in which the strongest mention stands for all.
_ONCE = ("issuer", "self")


def once(credits: Iterable[Credit]) -> Iterable[Credit]:
    """Each source once per role and scope; a relay of the chain is no supplier beside it.

    The first mention stands for all, but an issuer's strongest: it points to the document;
    and an outlet's own strongest: its dateline, not its name at the head of the page.
    """
    ordered = list(credits)
    strongest: dict[tuple[str, Role], Credit] = {}
    for credit in ordered:
        known = strongest.get((_who(credit), credit.role))
        if credit.role in _ONCE and (known is None or credit.strength > known.strength):
            strongest[_who(credit), credit.role] = credit
    relayed = {_who(credit): credit for credit in reversed(ordered) if credit.role == "relayed"}
    voiced = {_who(credit) for credit in ordered if credit.role not in ("subject", "photo")}
    voices = {_who(credit) for credit in ordered if credit.role in _VOICES}
    seen: set[tuple[str, Role, bool]] = set()
    for credit in ordered:
        who = _who(credit)
        further = relayed.get(who)
        if credit.role == "supplier" and credit.scope != "article" and further is not None:
            credit = replace(credit, role="relayed", consumer=further.consumer)
        if (credit.role == "subject" and who in voiced) or (
            credit.role in ("quoted", "background") and who in voices
        ):
            continue
        if credit.role in _ONCE and strongest[who, credit.role] is not credit:
            continue
        key = (who, credit.role, credit.scope == "article" and credit.role != "self")
        if key not in seen:
            seen.add(key)
            yield credit


def _who(credit: Credit) -> str:
    return credit.agency or fold_text(credit.name)
