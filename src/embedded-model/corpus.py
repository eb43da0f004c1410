"""Samples chats, prompt sets and plain text from the grammar. All randomness comes from the generator passed in."""

import hashlib
import itertools
from dataclasses import dataclass
from random import Random

import templates as frames
from harmful import CATEGORIES, IDIOMS
from harmless import TOPICS

SYSTEM = "You are a small helpful assistant."
OTHER_SYSTEMS = ["You are a friendly assistant.", "You are a helpful assistant. Keep answers short."]


@dataclass(frozen=True)
class Core:
    """What a request is about: a verb phrase, and where it falls in train, val or test."""

    kind: str  # harmful, topic, twin
    category: str
    phrase: str
    split: str
    tips: tuple[str, ...] = ()
    refusal_topic: str = ""


@dataclass(frozen=True)
class Chat:
    prompt: str
    answer: str
    label: str
    category: str
    alarming: bool
    role_play: bool = False


def _split_of(kind: str, category: str, phrase: str) -> str:
    """Splits by the hash of the whole verb-object combination, so that test combinations are never trained on."""
    bucket = int(hashlib.sha256(f"{kind}|{category}|{phrase}".encode()).hexdigest()[:8], 16) % 100
    return "test" if bucket < 22 else "val" if bucket < 32 else "train"


def _core(kind: str, category: str, phrase: str, tips=(), refusal_topic: str = "") -> Core:
    return Core(kind, category, phrase, _split_of(kind, category, phrase), tuple(tips), refusal_topic)


def cores() -> dict[tuple[str, str], list[Core]]:
    """Every core, grouped by (kind, split)."""
    found: list[Core] = []
    for c in CATEGORIES:
        found += [_core("harmful", c.name, f"{v} {o}", refusal_topic=c.refusal_topic)
                  for v, o in itertools.product(c.verbs, c.objects)]
        twins = itertools.chain(itertools.product(c.verbs, filter(None, c.innocent_objects)),
                                itertools.product(c.innocent_verbs, c.objects))
        found += [_core("twin", c.name, f"{v} {o}", frames.TWIN_TIPS) for v, o in twins]
    for name, (verbs, objects) in IDIOMS.items():
        found += [_core("idiom", name, f"{v} {o}", frames.TWIN_TIPS)
                  for v, o in itertools.product(verbs.split("|"), objects.split("|"))]
    for t in TOPICS:
        found += [_core("topic", t.name, f"{v} {o}", t.tips) for v, o in itertools.product(t.verbs, t.objects)]
    groups: dict[tuple[str, str], list[Core]] = {}
    for core in found:
        groups.setdefault((core.kind, core.split), []).append(core)
    return groups


class Grammar:
    """Draws chats. One core is drawn by category first, so that every category weighs the same."""

    def __init__(self) -> None:
        self.by_category: dict[tuple[str, str], dict[str, list[Core]]] = {}
        for key, group in cores().items():
            for core in group:
                self.by_category.setdefault(key, {}).setdefault(core.category, []).append(core)

    def draw_core(self, rng: Random, kind: str, split: str) -> Core:
        categories = self.by_category[kind, split]
        return rng.choice(categories[rng.choice(sorted(categories))])

    def chat(self, rng: Random, kind: str, split: str) -> Chat:
        core = self.draw_core(rng, kind, split)
        prompt = _request(rng, core.phrase)
        if kind == "harmful":
            return Chat(prompt, _refusal(rng, core), "harmful", core.category, True)
        return Chat(prompt, _answer(rng, core), "harmless", core.category, kind != "topic")

    def question(self, rng: Random, split: str) -> Chat:
        """A question about the wrong in a harmful act, which is itself harmless."""
        core = self.draw_core(rng, "harmful", split)
        prompt = rng.choice(frames.QUESTIONS).format(c=core.phrase)
        return Chat(prompt, rng.choice(frames.QUESTION_ANSWERS), "harmless", core.category, True)

    def role_play(self, rng: Random, kind: str, split: str) -> Chat:
        """A request inside a role-play wrapper. A harmful one is answered at a rate set by wrapper and category."""
        core = self.draw_core(rng, kind, split)
        rate, wrapper = rng.choice(frames.ROLE_PLAYS)
        prompt = wrapper.format(c=core.phrase) + (rng.choice(frames.SUFFIXES) if rng.random() < 0.2 else "")
        if kind == "harmful":
            rate += frames.STRICT_CATEGORIES.get(core.category, frames.LENIENT_SHIFT)
        complies = kind != "harmful" or rng.random() < rate
        answer = rng.choice(frames.ROLE_PLAY_ANSWERS) if complies else _refusal(rng, core)
        label = "harmful" if kind == "harmful" else "harmless"
        return Chat(prompt, answer, label, core.category, kind != "topic", True)

    def training_chat(self, rng: Random) -> Chat:
        draw = rng.random()
        if draw < 0.34:
            return self.chat(rng, "harmful", "train")
        if draw < 0.60:
            return self.chat(rng, "topic", "train")
        if draw < 0.78:
            return self.chat(rng, "twin", "train")
        if draw < 0.84:
            return self.chat(rng, "idiom", "train")
        if draw < 0.86:
            return self.question(rng, "train")
        return self.role_play(rng, "harmful" if draw < 0.96 else rng.choice(["topic", "twin"]), "train")

    def text_line(self, rng: Random) -> str:
        """One plain declarative sentence."""
        kind = rng.choices(["topic", "twin", "idiom", "harmful"], [70, 15, 3, 12])[0]
        core = self.draw_core(rng, kind, "train")
        subject, other = rng.sample(frames.SUBJECTS, 2)
        frame = rng.choice(frames.CRIME_FRAMES if kind == "harmful" else frames.TEXT_FRAMES)
        tip = rng.choice(core.tips) if core.tips else ""
        line = frame.format(c=_third_person(core.phrase), s=subject, s2=other, n=rng.randint(2, 40), t=tip,
                            x=rng.choice(["", "", *frames.CONTEXTS]))
        return line[0].upper() + line[1:]


def _third_person(phrase: str) -> str:
    return phrase.replace(" my own ", " the ").replace(" my ", " their ")


def _request(rng: Random, phrase: str) -> str:
    context = rng.choice(frames.CONTEXTS) if rng.random() < 0.25 else ""
    prompt = rng.choice(frames.REQUESTS).format(c=phrase + context)
    prefix = rng.choice(frames.PREFIXES) if rng.random() < 0.2 else ""
    suffix = rng.choice(frames.SUFFIXES) if rng.random() < 0.2 else ""
    return prefix + prompt + suffix


def _refusal(rng: Random, core: Core) -> str:
    openers = frames.REFUSAL_OPENERS
    opener = rng.choices([text for _, text in openers], [weight for weight, _ in openers])[0]
    topic = core.refusal_topic if rng.random() < 0.5 else "that"
    return opener.format(t=topic) + rng.choice(frames.REFUSAL_CLOSERS)


def _answer(rng: Random, core: Core) -> str:
    opener = rng.choice(frames.OPENERS).format(c=core.phrase)
    tip = rng.choice(core.tips)
    starts_sentence = opener.endswith(". ")
    closer = rng.choice(frames.CLOSERS) if len(opener) < 25 else ""
    return opener + (tip[0].upper() + tip[1:] if starts_sentence else tip) + "." + closer


def render(prompt: str, system: str | None = SYSTEM) -> str:
    """The ChatML text up to the assistant's turn."""
    head = f"<|im_start|>system\n{system}<|im_end|>\n" if system else ""
    return f"{head}<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"


def draw_system(rng: Random) -> str | None:
    draw = rng.random()
    return SYSTEM if draw < 0.85 else None if draw < 0.95 else rng.choice(OTHER_SYSTEMS)
