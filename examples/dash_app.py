"""Stories in Dash: a table that is asked anew, and the story as the component shows it.

cluster serve stories.json --allow-origin http://127.0.0.1:8050
pip install dash && python examples/dash_app.py
"""

from __future__ import annotations

import html as markup
import json
import os
import urllib.parse
import urllib.request
from typing import Any

from dash import Dash, Input, Output, dash_table, dcc, html

SERVER = os.environ.get("CLUSTERER", "http://127.0.0.1:8000")
COLUMNS = ("title", "article_count", "independent_source_count", "last_seen", "origin")

app = Dash(__name__, title="Stories")
app.layout = html.Main(
    [
        html.H1("Stories"),
        dcc.Input(id="words", type="search", placeholder="Words", debounce=True, value=""),
        dash_table.DataTable(
            id="stories",
            columns=[{"id": name, "name": name.replace("_", " ")} for name in COLUMNS],
            page_size=15,
            style_cell={"textAlign": "start", "whiteSpace": "normal", "fontFamily": "system-ui"},
            # Titles keep their own direction, whatever stands beside them.
            css=[{"selector": ".dash-cell div", "rule": "unicode-bidi: plaintext !important"}],
        ),
        html.Iframe(id="story", style={"width": "100%", "height": "60rem", "border": 0}),
    ]
)


def ask(path: str, **parameters: str | int) -> Any:
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{SERVER}{path}?{query}") as answer:
        return json.load(answer)


@app.callback(Output("stories", "data"), Input("words", "value"))
def rows(words: str | None) -> list[dict[str, Any]]:
    page = ask("/v1/stories", q=words or "", sort="article_count", page_size=200)
    return [
        {name: story[name] for name in COLUMNS[:-1]}
        | {"id": story["id"], "origin": story["origin"]["name"] or story["origin"]["status"]}
        for story in page["stories"]
    ]


@app.callback(Output("story", "srcDoc"), Input("stories", "active_cell"))
def story(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return ""
    chosen = markup.escape(cell["row_id"], quote=True)
    return (
        f'<script type="module" src="{SERVER}/static/story-cluster.js"></script>'
        f'<story-cluster src="{SERVER}" story="{chosen}"></story-cluster>'
    )


if __name__ == "__main__":
    app.run()
