"""Trains the shipped adapter: ``python benchmarks/train_encoder.py --out DIR``.

Contrastive learning on batches of reports that are near in time, so that the negatives are
of the same crisis: each report gives two views, all other reports of the batch are its
negatives, reports of one labelled event are positives (Khosla et al. 2020, "Supervised
Contrastive Learning"; van den Oord et al. 2018 for the loss). Only low-rank updates of the
encoder's matrices learn; word embeddings, biases and norms stay as they are.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from encoder_texts import Item, batches, ntrex_items, stream_items, telegram_items
from safetensors.torch import save_file
from torch import Tensor, nn

from clusterer.encoding import open_encoder
from clusterer.encoding.adapter import DOWN, UP
from clusterer.encoding.folder import QUERY_PROMPT
from clusterer.encoding.transformer import load_folder

NTREX_LANGUAGES = ("fa", "ar", "en", "ru", "tr", "he", "ur", "fr", "es", "de", "prs", "ps", "ku")


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a run depends on, beside the data."""

    rank: int = 16
    rate: float = 1e-3
    temperature: float = 0.04
    steps: int = 300
    items: int = 40
    tokens: int = 96
    warmup: float = 0.1
    # a pair this similar that nobody labelled is more likely one event than a hard negative
    unsure: float = 0.93
    # shares of the batches; the rest are stream batches
    telegram: float = 0.15
    ntrex: float = 0.1
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


def inject(module: nn.Module, rank: int, path: str = "") -> dict[str, LowRank]:
    """Puts an update on every linear layer of the encoder's layers; returns them by name."""
    found = {}
    for name, child in list(module.named_children()):
        full = f"{path}.{name}" if path else name
        if isinstance(child, nn.Linear) and full.startswith("encoder."):
            found[full] = LowRank(child, rank)
            setattr(module, name, found[full])
        else:
            found |= inject(child, rank, full)
    return found


def stream_of_batches(data: Path, recipe: Recipe, rng: random.Random) -> Iterator[list[Item]]:
    """Batches without end, of the three kinds in the recipe's shares."""
    kinds = (stream_items(data), telegram_items(data), ntrex_items(data, NTREX_LANGUAGES))
    print("items:", *map(len, kinds), flush=True)
    endless = [
        itertools.chain.from_iterable(batches(kind, recipe.items, rng) for _ in itertools.count())
        for kind in kinds
    ]
    shares = (1 - recipe.telegram - recipe.ntrex, recipe.telegram, recipe.ntrex)
    while True:
        yield next(rng.choices(endless, shares)[0])


def two_views(batch: list[Item], rng: random.Random) -> tuple[list[str], list[str]]:
    pairs = [rng.sample(item.views, 2) for item in batch]
    return [a for a, _ in pairs], [b for _, b in pairs]


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
    found = model.tokenizer(
        [QUERY_PROMPT + text for text in texts],
        truncation=True,
        max_length=recipe.tokens,
        padding=True,
        return_tensors="pt",
    )
    with torch.autocast("cpu", torch.bfloat16):
        states = model[0].auto_model(**found).last_hidden_state
    mask = found["attention_mask"][:, :, None].float()
    return nn.functional.normalize((states.float() * mask).sum(1) / mask.sum(1), dim=1)


def train(data: Path, folder: Path, recipe: Recipe) -> dict[str, Tensor]:
    """The adapter's tensors, under the names that ``adapter.adapted`` reads."""
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    model = load_folder(folder).eval().requires_grad_(False)
    layers = inject(model[0].auto_model, recipe.rank)
    learned = [p for layer in layers.values() for p in (layer.down, layer.up)]
    print(sum(p.numel() for p in learned), "weights learn", flush=True)
    optimiser = torch.optim.AdamW(learned, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, recipe))
    source = stream_of_batches(data, recipe, rng)
    begun, mean = time.monotonic(), 0.0
    for step in range(recipe.steps):
        batch = next(source)
        left, right = two_views(batch, rng)
        events = [item.event for item in batch]
        vectors = embed(model, left + right, recipe)
        loss = loss_of(vectors, events + events, recipe)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        mean += (loss.item() - mean) / min(step + 1, 20)
        if step % 10 == 0:
            print(f"{step} loss {mean:.4f} {time.monotonic() - begun:.0f} s", flush=True)
    return {
        name + end: tensor.detach().half().contiguous()
        for name, layer in sorted(layers.items())
        for end, tensor in ((DOWN, layer.down), (UP, layer.up))
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
    adapter = train(data, packaged.folder(), recipe)
    out.mkdir(parents=True, exist_ok=True)
    save_file(adapter, out / "news.safetensors")
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n")


if __name__ == "__main__":
    main()
