"""A trial: would reading both texts of a doubtful pair together tell more than the columns do?

The upper layers of the encoder are taught to read the tokens of two texts, over lower layers that
read each alone (PreTTR, MacAvaney et al. 2020), without some windows; there average precision and
events are compared with those of the pair scorer. ``python -m benchmarks.try_cross`` takes half
an hour of one processor. What came of it stands in ``clusterer/data/matching/CARD.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks import cuts, data, metrics
from benchmarks.cross_pairs import Taught, gather
from benchmarks.pair_tables import SETS
from clusterer.encoding import open_encoder
from clusterer.encoding.folder import QUERY_PROMPT
from clusterer.encoding.torch_network import load_folder
from clusterer.encoding.transformer import TransformerEncoder

FIRST, MOST = 8, 64  # layers from the first on are taught; tokens of a text that are read
HIDDEN, SPREAD = 128, 5.0  # units of the last layer; length of the means it sees
PAIRS, BATCH, RATE, DECAY = 26_000, 32, 1e-4, 0.05
# Tokens dropped at random, and texts cut short: without either, average precision of the held
# windows of the stream falls again after half of the pairs.
DROPPED, SHORTENED = 0.15, 0.3
LEAST = 0.02  # probability below which held pairs are not read again
CUTS = (0.1, 0.13, 0.145, 0.16, 0.2, 0.25)

Halves = NDArray[np.float16]
Where = NDArray[np.int64]  # (p, 2): set, pair


class Cross(nn.Module):
    """Layers over the tokens of both texts, and a small network over the means of both sides."""

    def __init__(self, layers: Any, width: int) -> None:
        super().__init__()
        self.layers = layers
        self.side = nn.Parameter(torch.randn(width) * 0.02)
        self.hidden, self.last = nn.Linear(3 * width, HIDDEN), nn.Linear(HIDDEN, 2)
        nn.init.zeros_(self.last.weight)

    def forward(self, states: Tensor, sides: Tensor) -> Tensor:
        """Log-odds (n, 2) for ``states`` (n, l, d) and ``sides`` (2, n, l), 1 where a token is
        of the first or second text."""
        there = sides.sum(0) > 0
        mask = None if bool(there.all()) else torch.where(there, 0.0, -1e4)[:, None, None]
        states = states + sides[1][..., None] * self.side
        for layer in self.layers:
            states = _only(layer(states, mask))
        one, other = (
            nn.functional.normalize((states.float() * side[..., None]).sum(1), dim=1) * SPREAD
            for side in sides
        )
        both = torch.cat([(one - other).abs(), one * other, (one + other) / 2], 1)
        inner = nn.functional.gelu(self.hidden(both))
        told: Tensor = self.last(nn.functional.dropout(inner, 0.1, self.training))
        return told


def _only(found: Any) -> Any:
    """What a layer leaves, whether or not it comes alone."""
    return found[0] if isinstance(found, tuple) else found


class Texts:
    """Pairs of all sets as batches of what the lower layers leave of their texts."""

    def __init__(self, sets: list[Taught], network: Any, seed: int) -> None:
        self.sets = sets
        self.states = [self._read(one, network) for one in sets]
        self.draw = np.random.default_rng(seed)

    @staticmethod
    def _read(one: Taught, network: Any) -> list[Halves]:
        """The tokens of each text that is in a pair, as the lower layers leave them."""
        used = np.unique(np.concatenate([one.left, one.right])).tolist()
        tokens = network.tokenizer(
            [QUERY_PROMPT + one.texts[row] for row in used], truncation=True, max_length=MOST
        )["input_ids"]
        states = [np.empty((0, 0), np.float16)] * len(one.texts)
        by_length: dict[int, list[int]] = {}
        for at, ids in enumerate(tokens):
            by_length.setdefault(len(ids), []).append(at)
        model = network[0].auto_model
        for every in by_length.values():
            for start in range(0, len(every), BATCH):
                some = every[start : start + BATCH]
                with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                    found = model.embeddings(torch.tensor([tokens[at] for at in some]))
                    for layer in model.encoder.layer[:FIRST]:
                        found = _only(layer(found))
                for at, mine in zip(some, found.half().numpy(), strict=True):
                    states[used[at]] = mine.copy()
        return states

    def rounds(self) -> Iterator[Where]:
        """Batches without end of pairs that are not held out, of like length, drawn anew."""
        often = np.concatenate([one.often * ~one.held for one in self.sets])
        every = np.concatenate(
            [
                np.stack([np.full(len(one.y), number), np.arange(len(one.y))], axis=1)
                for number, one in enumerate(self.sets)
            ]
        )
        while True:
            times = np.floor(often + self.draw.random(len(often))).astype(int)
            rows = every[self.draw.permutation(np.repeat(np.arange(len(often)), times))]
            for start in range(0, len(rows), BATCH * 64):
                parts = self.alike(rows[start : start + BATCH * 64])
                yield from (parts[at] for at in self.draw.permutation(len(parts)))

    def alike(self, rows: Where) -> list[Where]:
        """Batches of pairs of about one length."""
        length = [sum(len(part) for part in self._pair(row)) for row in rows]
        order = np.argsort(length, kind="stable")
        return [rows[order[at : at + BATCH]] for at in range(0, len(rows), BATCH)]

    def _pair(self, row: NDArray[np.int64]) -> tuple[Halves, Halves]:
        one, states = self.sets[row[0]], self.states[row[0]]
        return states[one.left[row[1]]], states[one.right[row[1]]]

    def batch(self, rows: Where, thin: bool) -> tuple[Tensor, Tensor]:
        """(states, sides) of some pairs; ``thin``: in either order, tokens dropped at random."""
        pairs = [self._pair(row) for row in rows]
        if thin:
            pairs = [
                pair[:: self.draw.choice((1, -1))]  # type: ignore[misc]
                for pair in ((self._thinned(a), self._thinned(b)) for a, b in pairs)
            ]
        longest = max(len(a) + len(b) for a, b in pairs)
        states = np.zeros((len(pairs), longest, pairs[0][0].shape[1]), np.float32)
        sides = np.zeros((2, len(pairs), longest), np.float32)
        for at, (a, b) in enumerate(pairs):
            end = len(a) + len(b)
            states[at, : len(a)], states[at, len(a) : end] = a, b
            sides[0, at, : len(a)] = sides[1, at, len(a) : end] = 1.0
        return torch.from_numpy(states), torch.from_numpy(sides)

    def _thinned(self, tokens: Halves) -> Halves:
        if self.draw.random() < SHORTENED and len(tokens) > 24:
            end = int(self.draw.integers(16, len(tokens)))
            tokens = np.concatenate([tokens[:end], tokens[-1:]])
        keep = self.draw.random(len(tokens)) >= DROPPED
        keep[0] = True
        return tokens[keep]

    def told(self, rows: Where) -> tuple[Tensor, Tensor]:
        """Truth and log-odds of the scorer."""
        y = [self.sets[number].y[pair] for number, pair in rows]
        odds = [self.sets[number].odds[pair] for number, pair in rows]
        return torch.tensor(y, dtype=torch.float32), torch.tensor(odds, dtype=torch.float32)


def train(model: Cross, texts: Texts, pairs: int) -> None:
    """Both log-odds at once: the second are those of the scorer with what must be added."""
    groups: dict[str, list[nn.Parameter]] = {"layers": [], "flat": [], "head": []}
    for name, part in model.named_parameters():
        group = "flat" if part.ndim < 2 else "layers" if name.startswith("layers") else "head"
        groups[group].append(part)
    optimiser = torch.optim.AdamW(
        [
            {"params": groups["layers"], "weight_decay": DECAY},
            {"params": groups["flat"], "weight_decay": 0.0},
            {"params": groups["head"], "weight_decay": 0.01, "lr": 5 * RATE},
        ],
        lr=RATE,
    )
    steps = max(pairs // BATCH, 2)
    warm = max(steps // 15, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / (steps - warm)))
    )
    losses, mean = nn.functional.binary_cross_entropy_with_logits, np.zeros(2)
    for step, rows in zip(range(steps), texts.rounds(), strict=False):
        with torch.autocast("cpu", torch.bfloat16):
            told = model(*texts.batch(rows, True)).float()
        y, odds = texts.told(rows)
        alone, added = losses(told[:, 0], y), losses(told[:, 1] + odds, y)
        optimiser.zero_grad()
        (alone + added).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        mean += (np.array([alone.item(), added.item()]) - mean) / min(step + 1, 50)
        if step % 100 == 99:
            print(f"{(step + 1) * BATCH} pairs, loss {mean[0]:.3f} {mean[1]:.3f}", flush=True)


def read_held(model: Cross, texts: Texts) -> list[tuple[Where, NDArray[np.float64]]]:
    """Of each set the held pairs that are no longer far apart, and their log-odds (p, 2)."""
    model.eval()
    found = []
    for number, one in enumerate(texts.sets):
        pairs = np.flatnonzero(one.held & (one.odds > np.log(LEAST / (1 - LEAST))))
        place = {pair: at for at, pair in enumerate(pairs.tolist())}
        told = np.zeros((len(pairs), 2))
        for rows in texts.alike(np.stack([np.full(len(pairs), number), pairs], axis=1)):
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                said = model(*texts.batch(rows, False)).float().numpy()
            told[[place[pair] for pair in rows[:, 1].tolist()]] = said
        found.append((pairs, told))
    return found


def weigh(x: list[NDArray[np.float64]], sets: list[Taught], pairs: list[Where]) -> Any:
    """The logistic regression over the scorer's log-odds and both readings'."""
    from sklearn.linear_model import LogisticRegression

    y = np.concatenate([one.y[rows] for one, rows in zip(sets, pairs, strict=True)])
    weight = np.concatenate([one.weight[rows] for one, rows in zip(sets, pairs, strict=True)])
    return LogisticRegression(C=1e3, max_iter=1000).fit(np.concatenate(x), y, sample_weight=weight)


def show(sets: list[Taught], held: list[tuple[Where, NDArray[np.float64]]]) -> NDArray[np.float64]:
    """Prints what the readings add, each window weighed by all others; the weights of all."""
    read = [number for number, one in enumerate(sets) if one.read is not None and one.held.any()]
    x = [np.c_[one.odds[rows], told] for one, (rows, told) in zip(sets, held, strict=True)]
    for number, one in enumerate(sets):
        rows, before, after = held[number][0], one.odds.copy(), one.odds.copy()
        for window in np.unique(one.window[rows]):
            some = [np.flatnonzero(sets[k].window[held[k][0]] != window) for k in read]
            fitted = weigh(
                [x[k][at] for k, at in zip(read, some, strict=True)],
                [sets[k] for k in read],
                [held[k][0][at] for k, at in zip(read, some, strict=True)],
            )
            here = one.window[rows] == window
            after[rows[here]] = fitted.decision_function(x[number][here])
            y = one.y[rows[here]]
            if y.any():
                told = [metrics.average_precision(o[rows[here]], y) for o in (before, after)]
                print(f"{one.name:15} {window:15} AP {told[0]:.3f} -> {told[1]:.3f}", flush=True)
        if number in read:
            show_events(one, before, after)
    every = weigh([x[k] for k in read], [sets[k] for k in read], [held[k][0] for k in read])
    return np.append(every.coef_[0], every.intercept_)


def show_events(one: Taught, before: NDArray[np.float64], after: NDArray[np.float64]) -> None:
    """Pair F1 and B3, means over the held windows, at some cuts."""
    assert one.read is not None
    labelled, held = one.read.labelled, np.unique(labelled_windows(one))
    keep = np.isin(labelled.window, held)
    place = np.cumsum(keep) - 1
    kept = np.flatnonzero(keep)
    part = data.Labelled(
        one.name,
        [labelled.articles[row] for row in kept],
        labelled.event[kept],
        labelled.window[kept],
    )
    inside = keep[one.left]
    read = cuts.Read(part, place[one.left[inside]], place[one.right[inside]])
    for cut in CUTS:
        told = []
        for odds in (before, after):
            figures = cuts.at_cut(read, 1 / (1 + np.exp(-odds[inside])), cut)
            told.append(np.mean(figures, axis=0))
        print(
            f"  cut {cut:.3f}  pair F1 {told[0][2]:.3f} -> {told[1][2]:.3f}"
            f"  B3 {told[0][3]:.3f} -> {told[1][3]:.3f}",
            flush=True,
        )


def labelled_windows(one: Taught) -> NDArray[np.int64]:
    assert one.read is not None
    return one.read.labelled.window[one.left[one.held]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--cache", type=Path, help="file of cached sentence vectors")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    encoder = open_encoder("news")
    if not isinstance(encoder, TransformerEncoder):
        raise SystemExit("the packaged model is not installed here")
    torch.manual_seed(args.seed)
    sets = gather(args.data, encoder, args.cache, list(SETS))
    network = load_folder(encoder.folder(), "cpu")
    texts = Texts(sets, network, args.seed)
    upper = network[0].auto_model.encoder.layer[FIRST:]
    model = Cross(upper, encoder.dimension).train()
    train(model, texts, args.pairs)
    weights = show(sets, read_held(model, texts))
    print("weights of the scorer's and both readings' log-odds, constant:", weights.round(3))


if __name__ == "__main__":
    main()
