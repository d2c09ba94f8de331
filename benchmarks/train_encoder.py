"""Trains the shipped adapter: ``python -m benchmarks.train_encoder --out DIR``.

Contrastive learning on batches of reports that are near in time, so that the negatives are
of the same crisis: each report gives two views, all other reports of the batch are its
negatives, reports of one labelled event are positives (Khosla et al. 2020, "Supervised
Contrastive Learning"; van den Oord et al. 2018 for the loss). Only low-rank updates of the
encoder's matrices learn; word embeddings, biases and norms stay as they are.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from benchmarks.encoder_texts import (
    LABELLED_WINDOWS,
    Item,
    blocks,
    crowded,
    fact_items,
    ntrex_items,
    stream_items,
    telegram_items,
    two_views,
)
from clusterer.encoding import open_encoder
from clusterer.encoding.adapter import DOWN, UP
from clusterer.encoding.folder import QUERY_PROMPT
from clusterer.encoding.torch_network import load_folder
from clusterer.encoding.transformer import TransformerEncoder

NTREX_LANGUAGES = ("fa", "ar", "en", "ru", "tr", "he", "ur", "fr", "es", "de", "prs", "ps", "ku")
GROUP = 16
Cut = Callable[[list[Item], int, random.Random], list[list[Item]]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a run depends on, beside the data."""

    rank: int = 16
    # lower layers stay as they are: they know letters and words, and cost most to reach
    first: int = 4
    rate: float = 1e-3
    temperature: float = 0.05
    steps: int = 150
    # of the schedule's steps, those that are taken: later ones learn the events by heart
    stop: int = 50
    # the update is added this many times; chosen on the held-out windows
    strength: float = 1.4
    items: int = 40
    tokens: int = 72
    warmup: float = 0.1
    # a pair this similar that nobody labelled is more likely one event than a hard negative
    unsure: float = 0.93
    # shares of the batches; the rest are stream batches
    events: float = 0.35
    telegram: float = 0.1
    ntrex: float = 0.1
    facts: float = 0.1
    decay: float = 0.01
    seed: int = 20260302


class LowRank(nn.Module):
    """A frozen linear layer with a learned update of low rank, zero at the start."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, states: Tensor) -> Tensor:
        return self.linear(states) + (states @ self.down.T) @ self.up.T


def inject(module: nn.Module, recipe: Recipe, path: str = "") -> dict[str, LowRank]:
    """Puts an update on the linear layers from layer ``first`` on; returns them by name."""
    found = {}
    for name, child in list(module.named_children()):
        full = f"{path}.{name}" if path else name
        if isinstance(child, nn.Linear) and full.startswith("encoder."):
            if int(full.split(".")[2]) < recipe.first:
                continue
            found[full] = LowRank(child, recipe.rank)
            setattr(module, name, found[full])
        else:
            found |= inject(child, recipe, full)
    return found


def stream_of_batches(data: Path, recipe: Recipe, rng: random.Random) -> Iterator[list[Item]]:
    """Batches without end, of the kinds in the recipe's shares."""
    stream = stream_items(data)
    labelled = [item for item in stream if item.event[:2] in LABELLED_WINDOWS]
    kinds = (
        (1 - recipe.events - recipe.telegram - recipe.ntrex - recipe.facts, stream, blocks),
        (recipe.events, labelled, crowded),
        (recipe.telegram, telegram_items(data), blocks),
        (recipe.ntrex, ntrex_items(data, NTREX_LANGUAGES), blocks),
        (recipe.facts, fact_items(data), blocks),
    )
    print("items:", *(len(items) for _, items, _ in kinds), flush=True)
    endless = [_endless(items, recipe.items, cut, rng) for _, items, cut in kinds]
    shares = [share for share, _, _ in kinds]
    while True:
        yield next(rng.choices(endless, shares)[0])


def _endless(items: list[Item], size: int, cut: Cut, rng: random.Random) -> Iterator[list[Item]]:
    while True:
        yield from cut(items, size, rng)


def loss_of(vectors: Tensor, events: list[str], recipe: Recipe) -> Tensor:
    """Every view against all others; views of one event are positives, mutually not negatives."""
    same = torch.tensor([[a == b for b in events] for a in events])
    cosine = vectors @ vectors.T
    own = torch.eye(len(events), dtype=torch.bool)
    positive = same & ~own
    negative = ~same & (cosine.detach() < recipe.unsure)
    scaled = cosine / recipe.temperature
    strangers = scaled.masked_fill(~negative, -math.inf).logsumexp(1, keepdim=True)
    losses = torch.logaddexp(strangers, scaled) - scaled
    return (losses * positive).sum() / positive.sum()


def embed(model: Any, texts: list[str], recipe: Recipe) -> Tensor:
    """Unit rows (len(texts), d); short texts run beside short ones, so little is padding."""
    found = model.tokenizer(
        [QUERY_PROMPT + text for text in texts], truncation=True, max_length=recipe.tokens
    )["input_ids"]
    order = sorted(range(len(texts)), key=lambda i: len(found[i]))
    parts = [
        _pooled(model, [found[i] for i in order[at : at + GROUP]])
        for at in range(0, len(order), GROUP)
    ]
    back = torch.tensor(order).argsort()
    return nn.functional.normalize(torch.cat(parts)[back], dim=1)


def _pooled(model: Any, tokens: list[list[int]]) -> Tensor:
    batch = model.tokenizer.pad({"input_ids": tokens}, return_tensors="pt")
    with torch.autocast("cpu", torch.bfloat16):
        states = model[0].auto_model(**batch).last_hidden_state
    mask = batch["attention_mask"][:, :, None].float()
    return (states.float() * mask).sum(1) / mask.sum(1)


def train(data: Path, folder: Path, recipe: Recipe, out: Path) -> None:
    """Writes the adapter to ``out``."""
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    model = load_folder(folder).eval().requires_grad_(False)
    layers = inject(model[0].auto_model, recipe)
    learned = [p for layer in layers.values() for p in (layer.down, layer.up)]
    print(sum(p.numel() for p in learned), "weights learn", flush=True)
    optimiser = torch.optim.AdamW(learned, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, recipe))
    source = stream_of_batches(data, recipe, rng)
    begun, mean = time.monotonic(), 0.0
    for step in range(recipe.stop):
        batch = next(source)
        views = [(view, item.event) for item in batch for view in two_views(item, rng)]
        vectors = embed(model, [view for view, _ in views], recipe)
        loss = loss_of(vectors, [event for _, event in views], recipe)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        mean += (loss.item() - mean) / min(step + 1, 20)
        if step % 10 == 0:
            print(f"{step} loss {mean:.4f} {time.monotonic() - begun:.0f} s", flush=True)
    save_file(tensors(layers, recipe.strength), out / "news.safetensors")


def tensors(layers: dict[str, LowRank], strength: float) -> dict[str, Tensor]:
    """Under the names that ``adapter.adapted`` reads."""
    return {
        name + end: tensor.detach().half().contiguous()
        for name, layer in sorted(layers.items())
        for end, tensor in ((DOWN, layer.down), (UP, strength * layer.up))
    }


def _rate(step: int, recipe: Recipe) -> float:
    warm = max(1, int(recipe.steps * recipe.warmup))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, recipe.steps - warm)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True, help="folder for adapter and recipe")
    for name, value in asdict(Recipe()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    told = vars(parser.parse_args())
    data, out = told.pop("data"), told.pop("out")
    recipe = Recipe(**told)
    packaged = open_encoder("packaged")
    if not isinstance(packaged, TransformerEncoder):
        parser.error("the packaged model is not installed here")
    out.mkdir(parents=True, exist_ok=True)
    train(data, packaged.folder(), recipe, out)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n")


if __name__ == "__main__":
    main()
