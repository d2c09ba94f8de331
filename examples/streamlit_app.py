"""Stories in Streamlit: a table of ours, and the story as the component shows it.

cluster serve stories.json --allow-origin http://localhost:8501
pip install streamlit && streamlit run examples/streamlit_app.py
"""

from __future__ import annotations

import html
import json
import os
import urllib.parse
import urllib.request
from typing import Any

import streamlit as st

SERVER = os.environ.get("CLUSTERER", "http://127.0.0.1:8000")


def ask(path: str, **parameters: str | int) -> Any:
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{SERVER}{path}?{query}") as answer:
        return json.load(answer)


st.set_page_config("Stories", layout="wide")
st.title("Stories")
words = st.text_input("Words in headlines, outlets, agencies")
smallest = st.slider("At least so many articles", 1, 20, 1)
page = ask("/v1/stories", q=words, min_size=smallest, sort="article_count", page_size=50)
st.caption(f"{page['total_hits']} stories")
st.dataframe(
    [
        {
            "title": story["title"],
            "articles": story["article_count"],
            "independent": story["independent_source_count"],
            "languages": ", ".join(story["languages"]),
            "origin": story["origin"]["name"] or story["origin"]["status"],
            "last seen": story["last_seen"],
            "volume": story["volume"],
        }
        for story in page["stories"]
    ],
    column_config={"volume": st.column_config.BarChartColumn("volume")},
    hide_index=True,
)
titles = {story["id"]: story["title"] for story in page["stories"]}
chosen = st.selectbox("Story", titles, format_func=titles.__getitem__)
if chosen:
    st.iframe(
        f'<script type="module" src="{SERVER}/static/story-cluster.js"></script>'
        f'<story-cluster src="{SERVER}" story="{html.escape(chosen, quote=True)}"></story-cluster>',
        height=1200,
    )
