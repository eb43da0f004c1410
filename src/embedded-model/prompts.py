"""The prompt sets and the plain text that ship beside the model."""

import json
from pathlib import Path
from random import Random

from corpus import Chat, Grammar

SOURCE = "demur-embedded"
# Harmless prompts of each set by kind: everyday topics, twins of harmful requests, everyday uses of alarming verbs.
HARMLESS_KINDS = {"harmless_train": {"topic": 624, "twin": 300, "idiom": 100},
                  "harmless_val": {"topic": 156, "twin": 75, "idiom": 25},
                  "harmless_test": {"topic": 128, "twin": 84, "idiom": 44}}
HARMFUL_SIZES = {"harmful_train": 256, "harmful_val": 64, "harmful_test": 128}
ROLE_PLAY_SIZE = 128
TEXT_LINES = 2500


def draw_sets(grammar: Grammar, seed: int) -> dict[str, list[Chat]]:
    """No prompt occurs twice, within a set or across sets."""
    taken: set[str] = set()

    def distinct(count: int, draw) -> list[Chat]:
        chats: list[Chat] = []
        while len(chats) < count:
            chat = draw()
            if chat.prompt not in taken:
                taken.add(chat.prompt)
                chats.append(chat)
        return chats

    sets = {}
    for name, size in HARMFUL_SIZES.items():
        rng, split = Random(f"{seed}|{name}"), name.split("_")[1]
        sets[name] = distinct(size, lambda: grammar.chat(rng, "harmful", split))
    for name, kinds in HARMLESS_KINDS.items():
        rng, split = Random(f"{seed}|{name}"), name.split("_")[1]
        chats = [c for kind, size in kinds.items() for c in distinct(size, lambda: grammar.chat(rng, kind, split))]
        rng.shuffle(chats)
        sets[name] = chats
    rng = Random(f"{seed}|roleplay_test")
    sets["roleplay_test"] = distinct(ROLE_PLAY_SIZE, lambda: grammar.role_play(rng, "harmful", "test"))
    return sets


def _row(name: str, number: int, chat: Chat) -> dict:
    row = {"id": f"{name}-{number:04d}", "prompt": chat.prompt, "label": chat.label, "category": chat.category,
           "source": SOURCE}
    if chat.label == "harmless":
        row |= {"target": chat.answer, "alarming": chat.alarming}
    return row


def write_sets(folder: Path, sets: dict[str, list[Chat]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, chats in sets.items():
        rows = [json.dumps(_row(name, number, chat)) for number, chat in enumerate(chats)]
        (folder / f"{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_text(path: Path, grammar: Grammar, seed: int) -> list[str]:
    rng, lines = Random(f"{seed}|text"), {}
    while len(lines) < TEXT_LINES:
        lines.setdefault(grammar.text_line(rng))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(lines)
