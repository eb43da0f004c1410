"""Training: AdamW on freshly sampled chats and plain text, one thread, fully seeded."""

import math
import time
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from corpus import Grammar, draw_system, render
from model import Llama, Shape
from tokens import END_OF_TEXT, TURN_END


@dataclass(frozen=True)
class Plan:
    seed: int = 17
    steps: int = 2400
    batch: int = 32
    peak_rate: float = 3e-3
    weight_decay: float = 0.1
    text_share: float = 0.12
    prompt_weight: float = 0.2
    warm_up: int = 100
    bfloat16: bool = True


def _sample(rng: Random, grammar: Grammar, tokenizer: Tokenizer, plan: Plan) -> tuple[list[int], list[float]]:
    """Token ids and the weight of each token as a target."""
    if rng.random() < plan.text_share:
        ids = tokenizer.encode(grammar.text_line(rng) + " " + grammar.text_line(rng)).ids + [END_OF_TEXT]
        return ids, [1.0] * len(ids)
    chat = grammar.training_chat(rng)
    head = tokenizer.encode(render(chat.prompt, draw_system(rng))).ids
    tail = tokenizer.encode(chat.answer).ids + [TURN_END]
    return head + tail, [plan.prompt_weight] * len(head) + [1.0] * len(tail)


def _batches(plan: Plan, grammar: Grammar, tokenizer: Tokenizer):
    """Batches of similar length, drawn from blocks of sixteen batches."""
    rng = Random(f"{plan.seed}|train")
    while True:
        block = sorted((_sample(rng, grammar, tokenizer, plan) for _ in range(16 * plan.batch)), key=lambda s: len(s[0]))
        groups = [block[i:i + plan.batch] for i in range(0, len(block), plan.batch)]
        rng.shuffle(groups)
        for group in groups:
            length = max(len(ids) for ids, _ in group)
            ids_BT = torch.tensor([ids + [END_OF_TEXT] * (length - len(ids)) for ids, _ in group])
            weights_BT = torch.tensor([w + [0.0] * (length - len(w)) for _, w in group])
            yield ids_BT, weights_BT


def _rate(plan: Plan, step: int) -> float:
    if step < plan.warm_up:
        return plan.peak_rate * (step + 1) / plan.warm_up
    progress = (step - plan.warm_up) / max(1, plan.steps - plan.warm_up)
    return plan.peak_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def train(plan: Plan, grammar: Grammar, tokenizer: Tokenizer, shape: Shape) -> Llama:
    torch.manual_seed(plan.seed)
    model = Llama(shape)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": plan.weight_decay}, {"params": others, "weight_decay": 0.0}],
        betas=(0.9, 0.98), fused=True)
    batches, seen, start = _batches(plan, grammar, tokenizer), 0, time.monotonic()
    for step in range(plan.steps):
        ids_BT, weights_BT = next(batches)
        for group in optimiser.param_groups:
            group["lr"] = _rate(plan, step)
        with torch.autocast("cpu", torch.bfloat16, enabled=plan.bfloat16):
            logits = model(ids_BT[:, :-1])
        losses = functional.cross_entropy(logits.float().flatten(0, 1), ids_BT[:, 1:].flatten(), reduction="none")
        weights = weights_BT[:, 1:].flatten()
        loss = (losses * weights).sum() / weights.sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        seen += ids_BT.numel()
        if step % 50 == 0 or step == plan.steps - 1:
            rate = seen / (time.monotonic() - start)
            print(f"step {step} loss {loss.item():.3f} tokens {seen} ({rate:.0f}/s)", flush=True)
    return model.eval()
