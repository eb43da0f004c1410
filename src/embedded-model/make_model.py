"""Makes the embedded demo model: tokenizer, weights, GGUF, prompt sets, plain text and evaluation, in one command."""

import argparse
import hashlib
import json
import time
from pathlib import Path

import torch

from corpus import Grammar
from evaluate import Judge, measure_behaviour, measure_direction
from export import read_gguf, write_gguf
from model import Shape
from prompts import draw_sets, write_sets, write_text
from tokens import train_tokenizer
from train import Plan, train

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parents[1] / "src/main/resources/org/demur/embedded"
VOCABULARY = 1536
LARGEST_FILE_BYTES = 4_000_000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RESOURCES)
    parser.add_argument("--report", type=Path, default=HERE / "evaluation.json")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--steps", type=int, default=Plan.steps)
    return parser.parse_args()


def main() -> None:
    options = _arguments()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    plan, grammar = Plan(seed=options.seed, steps=options.steps), Grammar()
    sets = draw_sets(grammar, plan.seed)
    write_sets(options.out / "prompts", sets)
    write_text(options.out / "prompts/text.txt", grammar, plan.seed)

    start = time.monotonic()
    tokenizer = train_tokenizer(grammar, plan.seed, VOCABULARY)
    shape = Shape(tokenizer.get_vocab_size())
    path = options.out / "demur-tiny-refuser.Q8_0.gguf"
    write_gguf(path, train(plan, grammar, tokenizer, shape), tokenizer)
    minutes = (time.monotonic() - start) / 60

    shipped = read_gguf(path, shape)
    judge = Judge(shipped, tokenizer)
    behaviour, _ = measure_behaviour(judge, sets)
    report = {
        "file": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "parameters": sum(p.numel() for p in shipped.parameters()), "seed": plan.seed, "steps": plan.steps,
        "training_minutes": round(minutes, 1), "behaviour": behaviour, "direction": measure_direction(judge, sets),
    }
    options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))
    if report["bytes"] > LARGEST_FILE_BYTES:
        raise SystemExit(f"{path.name} has {report['bytes']} bytes, more than {LARGEST_FILE_BYTES}")


if __name__ == "__main__":
    main()
