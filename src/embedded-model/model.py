"""A Llama decoder: RMSNorm, rotary positions (half-rotation layout), grouped queries, SwiGLU, tied head."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    width: int = 192
    layers: int = 8
    heads: int = 6
    kv_heads: int = 2
    feed_forward: int = 512
    context: int = 512
    rope_theta: float = 10000.0
    epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class Norm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        kv_width = shape.kv_heads * shape.head_width
        self.attn_norm = Norm(shape.width, shape.epsilon)
        self.attn_q = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_k = nn.Linear(shape.width, kv_width, bias=False)
        self.attn_v = nn.Linear(shape.width, kv_width, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_norm = Norm(shape.width, shape.epsilon)
        self.ffn_gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.ffn_down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self._attend(self.attn_norm(x), cos, sin)
        h = self.ffn_norm(x)
        return x + self.ffn_down(functional.silu(self.ffn_gate(h)) * self.ffn_up(h))

    def _attend(self, h: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, _ = h.shape

        def heads(y: Tensor, count: int) -> Tensor:
            return y.view(batch, length, count, self.shape.head_width).transpose(1, 2)

        q = _rotate(heads(self.attn_q(h), self.shape.heads), cos, sin)
        k = _rotate(heads(self.attn_k(h), self.shape.kv_heads), cos, sin)
        v = heads(self.attn_v(h), self.shape.kv_heads)
        group = self.shape.heads // self.shape.kv_heads
        k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.attn_output(mixed.transpose(1, 2).reshape(batch, length, -1))


class Llama(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape.width, shape.epsilon)
        self._initialise()
        half = torch.arange(0, shape.head_width, 2) / shape.head_width
        angles = torch.arange(shape.context)[:, None] * shape.rope_theta ** -half[None, :]
        angles = torch.cat((angles, angles), dim=-1)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def _initialise(self) -> None:
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                into_stream = name.endswith(("attn_output.weight", "ffn_down.weight"))
                fan_in = weight.shape[1] if "embd" not in name else self.shape.width
                nn.init.normal_(weight, std=fan_in**-0.5 / ((2 * self.shape.layers) ** 0.5 if into_stream else 1.0))

    def forward(self, ids: Tensor, edit=None, keep: list | None = None) -> Tensor:
        """Logits; `edit(layer, residual)` may replace the residual after each block, `keep` collects it."""
        x = self.token_embd(ids)
        if edit is not None:
            x = edit(-1, x)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for layer, block in enumerate(self.blk):
            x = block(x, cos, sin)
            if edit is not None:
                x = edit(layer, x)
            if keep is not None:
                keep.append(x)
        return functional.linear(self.output_norm(x), self.token_embd.weight)
