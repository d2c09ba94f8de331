"""Linear layers on 8-bit integers: a scale per token, a scale per output.

Sums of products of integers are exact, so a row does not feel its neighbours, the order of
summation or the number of threads; and a token keeps its own scale, where the customary
dynamic quantisation shares one among all tokens of a batch (which on this model's outliers
costs far more: cosine to float32 0.978 instead of 0.999).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_LEVELS = 127.0


class Int8Linear(nn.Module):
    """An ``nn.Linear`` for inference, weights int8 (in, out)."""

    weight: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scale = weight.abs().amax(1).clamp_min(1e-12) / _LEVELS
        self.register_buffer("weight", (weight / scale[:, None]).round().to(torch.int8).t())
        self.register_buffer("scale", scale)
        bias = torch.zeros(len(weight)) if linear.bias is None else linear.bias.detach().float()
        self.register_buffer("bias", bias)

    def forward(self, states: Tensor) -> Tensor:
        rows = states.reshape(-1, states.shape[-1])
        scale = rows.abs().amax(1, keepdim=True).clamp_min(1e-12) / _LEVELS
        sums = torch._int_mm((rows / scale).round().to(torch.int8), self.weight)
        found = torch.addcmul(self.bias, sums.float(), scale * self.scale)
        return found.reshape(*states.shape[:-1], -1)


def quantise(module: nn.Module) -> None:
    """Replaces every linear layer inside ``module``, in place."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Int8Linear(child))
        else:
            quantise(child)
