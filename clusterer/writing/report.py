"""One self-contained HTML page of all stories: no network, no script, fit for print and mail."""

from __future__ import annotations

import base64
import hashlib
import html
from collections import Counter
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from clusterer.writing.drawing import draw
from clusterer.writing.lineage import Lineage, lay_out, origins
from clusterer.writing.timeline import spread
from clusterer.writing.told import explanations, in_words_of
from clusterer.writing.views import (
    Json,
    clipped,
    outlet_of,
    paragraphs,
    precision_at,
    reasons,
    speaker,
    titles,
)
from clusterer.writing.words import Words, words

# So many pairs of sentences stand open; the rest are folded away, never left out.
SHOWN_REASONS = 6

PLAINEST = ("copy", "translation", "credit")

# Browsers replace or drop these; a page of others may hold them.
CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\n\t"}


def render_report(contract: Json, language: str = "en") -> str:
    """The contract as an HTML page with the interface in ``language`` (en, fa or ar).

    Article texts are shown where the contract holds them (``to_dict(texts=True)``). The page
    forbids itself scripts and the network. Raises InputError for another language.
    """
    said = words(language)
    style = _style()
    page = _environment().get_template("report.html.jinja")
    told = page.render(
        contract=contract,
        words=said,
        stories=[_shown(story, said) for story in contract["stories"]],
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return told.translate(CONTROLS)


def render_notebook(contract: Json, language: str = "en") -> str:
    """The report as a sealed frame, so that a notebook's own page stays as it is."""
    page = html.escape(render_report(contract, language), quote=True)
    return (
        f'<iframe sandbox srcdoc="{page}" title="{html.escape(words(language)["stories"])}" '
        'style="width:100%;height:40rem;border:0"></iframe>'
    )


@cache
def _style() -> str:
    folder = resources.files("clusterer.writing").joinpath("templates")
    return "".join(folder.joinpath(name).read_text("utf-8") for name in ("story.css", "report.css"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("clusterer.writing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clipped": clipped, "along": _along, "speaker": speaker}
    environment.globals["shown_reasons"] = SHOWN_REASONS
    return environment


def _along(share: float, direction: str) -> str:
    """A share of the way as a percentage from the left edge."""
    return f"{100 * (1 - share if direction == 'rtl' else share):.2f}%"


def _shown(story: Json, said: Words) -> dict[str, Any]:
    story = in_words_of(story, said)
    articles = {article["id"]: article for article in story["articles"]}
    lineage = lay_out(story, said.agency)
    drawing = draw(lineage, said.table["direction"])
    alone = (articles[id] for id in drawing.alone)
    return {
        "data": story,
        "title": titles(story).get(said.language) or clipped(story["title"]) or story["id"],
        "took": _took(lineage),
        "marked": origins(story),
        "articles": articles,
        "timeline": spread(story),
        "lineage": drawing,
        "alone": Counter(outlet_of(one) or one["title"] or one["id"] for one in alone),
        "texts": {article["id"]: paragraphs(article) for article in story["articles"]},
        "reasons": reasons(story),
        "explanations": explanations(story, said),
        "first_precision": precision_at(story, story["first_seen"]),
        "last_precision": precision_at(story, story["last_seen"]),
    }


def _took(lineage: Lineage) -> dict[str, list[tuple[str, str]]]:
    """By article: how and from whom it took, as kinds and names, the plainest first."""
    named = {node.id: node.label for node in lineage.nodes}
    found: dict[str, list[tuple[str, str]]] = {}
    for edge in lineage.edges:
        found.setdefault(edge.target, []).append((edge.kind, named[edge.source]))
    for links in found.values():
        links.sort(key=lambda link: PLAINEST.index(link[0]))
    return found
