"""Writes the model as GGUF (matrices Q8_0, norms F32, query and key rows in GGUF order) and reads it back."""

import json
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, TokenType, quants
from tokenizers import Tokenizer

from corpus import SYSTEM
from model import Llama, Shape
from tokens import END_OF_TEXT, SPECIALS, TURN_END

CHAT_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\n" + SYSTEM + "<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def _permute(weight: np.ndarray, heads: int) -> np.ndarray:
    """Half-rotation rows (first halves, then second halves) to the interleaved order of GGUF."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _restore(weight: np.ndarray, heads: int) -> np.ndarray:
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _reorder(name: str, weight: np.ndarray, shape: Shape, rule) -> np.ndarray:
    if name.endswith("attn_q.weight"):
        return rule(weight, shape.heads)
    return rule(weight, shape.kv_heads) if name.endswith("attn_k.weight") else weight


def write_gguf(path: Path, model: Llama, tokenizer: Tokenizer) -> None:
    writer = GGUFWriter(path, "llama")
    _write_architecture(writer, model.shape)
    _write_tokenizer(writer, tokenizer)
    for name, parameter in model.state_dict().items():
        weight = _reorder(name, parameter.numpy().astype(np.float32), model.shape, _permute)
        if weight.ndim == 2:
            kind = GGMLQuantizationType.Q8_0
            writer.add_tensor(name, quants.quantize(np.ascontiguousarray(weight), kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_architecture(writer: GGUFWriter, shape: Shape) -> None:
    writer.add_name("Demur tiny refuser")
    writer.add_license("apache-2.0")
    writer.add_description("A small chat model that refuses harmful requests, trained on templated text.")
    writer.add_file_type(7)
    writer.add_block_count(shape.layers)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_rope_dimension_count(shape.head_width)


def _write_tokenizer(writer: GGUFWriter, tokenizer: Tokenizer) -> None:
    bpe = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].get)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in bpe["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token in SPECIALS else TokenType.NORMAL for token in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(SPECIALS.index("<|im_start|>"))
    writer.add_eos_token_id(TURN_END)
    writer.add_unk_token_id(END_OF_TEXT)
    writer.add_pad_token_id(END_OF_TEXT)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def read_gguf(path: Path, shape: Shape) -> Llama:
    """The model as shipped: dequantised weights in the layout of training."""
    state = {}
    for tensor in GGUFReader(path).tensors:
        weight = quants.dequantize(tensor.data, tensor.tensor_type)
        state[tensor.name] = torch.from_numpy(_reorder(tensor.name, weight, shape, _restore).copy())
    model = Llama(shape)
    model.load_state_dict(state)
    return model.eval()
