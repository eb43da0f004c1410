"""The tokenizer: byte-level BPE with single digits, trained on sampled chats."""

from random import Random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from corpus import Grammar, draw_system, render

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, TURN_START, TURN_END = range(3)


def train_tokenizer(grammar: Grammar, seed: int, size: int) -> Tokenizer:
    rng = Random(f"{seed}|tokenizer")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    lines = []
    for _ in range(20_000):
        chat = grammar.training_chat(rng)
        lines.append(render(chat.prompt, draw_system(rng)) + chat.answer)
        lines.append(grammar.text_line(rng))
    for special in SPECIALS:
        lines = [line.replace(special, "\n") for line in lines]
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[AddedToken(s, special=True, normalized=False) for s in SPECIALS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer
