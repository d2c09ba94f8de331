"""Linear layers on 8-bit integers: a scale per token, a scale per output.

Sums of products of integers are exact, so a row does not feel its neighbours, the order of
summation or the number of threads; and a token keeps its own scale, where the customary
dynamic quantisation shares one among all tokens of a batch, which the outliers of this
family of models spoil (cosine to float32 0.978; this way 0.9996, after the news update,
which spreads vectors wider, 0.9986).
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn

from clusterer.errors import EncoderError

_LEVELS = 127
# Processors without VNNI add two products in 16 bits and clip the sum; 2 · 255 · 63 just
# fits. The lost bit of the weights costs cosine 0.0003.
_NARROW_LEVELS = 63
# What rounding leaves lies in [-0.5, 0.5]; this brings it to 127 levels again.
_FINER = 2.0 * _LEVELS
# Attention adds values up without a norm in between, so their rounding shows most: two
# thirds of all that 8 bits cost. These layers read 16 bits, as two products of 8.
_FINE_LAYERS = ("value",)


class Int8Linear(nn.Module):
    """An ``nn.Linear`` for inference, weights int8 (in, out), inputs of 8 or 16 bits."""

    weight: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear, *, fine: bool) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scale = weight.abs().amax(1).clamp_min(1e-12) / _weight_levels()
        self.register_buffer("weight", (weight / scale[:, None]).round().to(torch.int8).t())
        self.register_buffer("scale", scale)
        bias = torch.zeros(len(weight)) if linear.bias is None else linear.bias.detach().float()
        self.register_buffer("bias", bias)
        self.fine = fine

    def forward(self, states: Tensor) -> Tensor:
        rows = states.reshape(-1, states.shape[-1])
        scale = rows.abs().amax(1, keepdim=True).clamp_min(1e-12) / _LEVELS
        scaled = rows / scale
        coarse = scaled.round()
        sums = torch._int_mm(coarse.to(torch.int8), self.weight).float()
        if self.fine:
            rest = ((scaled - coarse) * _FINER).round().to(torch.int8)
            sums += torch._int_mm(rest, self.weight).float() / _FINER
        found = torch.addcmul(self.bias, sums, scale * self.scale)
        return found.reshape(*states.shape[:-1], -1)


def quantise(module: nn.Module) -> None:
    """Replaces every linear layer inside ``module``, in place.

    Raises EncoderError on a processor whose products of 8-bit matrices are not exact.
    """
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Int8Linear(child, fine=name in _FINE_LAYERS))
        else:
            quantise(child)


@cache
def _weight_levels() -> int:
    for levels in (_LEVELS, _NARROW_LEVELS):
        left = torch.full((32, 64), _LEVELS, dtype=torch.int8)
        right = torch.full((64, 64), levels, dtype=torch.int8).t()
        if bool((torch._int_mm(left, right) == 64 * _LEVELS * levels).all()):
            return levels
    raise EncoderError("8-bit products are not exact on this processor; use +float32")
