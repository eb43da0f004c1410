package org.demur.model;

import java.util.List;
import java.util.Map;

/**
 * Where the files of one format keep a weight, and its bias.
 *
 * @param module name without {@code .weight}; {@code .N.} stands for the number of the block
 * @param parts weights stored as one tensor, in order
 * @param order of the stored rows
 * @param lessOne whether the file holds the weight less one (the norms of Gemma in Hugging Face files)
 */
record Placement(String module, List<TensorRole> parts, RowMap.Order order, boolean lessOne) {
    private static final Map<TensorRole, TensorRole> WEIGHT_OF_BIAS = Map.of(
            TensorRole.ATTENTION_NORM_BIAS, TensorRole.ATTENTION_NORM,
            TensorRole.QUERY_BIAS, TensorRole.QUERY,
            TensorRole.KEY_BIAS, TensorRole.KEY,
            TensorRole.VALUE_BIAS, TensorRole.VALUE,
            TensorRole.ATTENTION_OUTPUT_BIAS, TensorRole.ATTENTION_OUTPUT,
            TensorRole.MLP_NORM_BIAS, TensorRole.MLP_NORM,
            TensorRole.UP_BIAS, TensorRole.UP,
            TensorRole.DOWN_BIAS, TensorRole.DOWN,
            TensorRole.FINAL_NORM_BIAS, TensorRole.FINAL_NORM);

    /** The weight that a bias belongs to; a weight belongs to itself. */
    static TensorRole weight(TensorRole role) {
        return WEIGHT_OF_BIAS.getOrDefault(role, role);
    }

    /** The module of a block; the block is ignored where the name has none. */
    String module(int block) {
        return module.replace(".N.", "." + block + ".");
    }

    String tensor(TensorRole role, int block) {
        return module(block) + (WEIGHT_OF_BIAS.containsKey(role) ? ".bias" : ".weight");
    }

    RowMap rows(TensorRole role, ModelConfig config) {
        int part = parts.indexOf(weight(role));
        long offset = parts.subList(0, part).stream()
                .mapToLong(other -> RoleShape.of(other, config)[0])
                .sum();
        return new RowMap(order, config.attention().headDim(), part, parts.size(), offset);
    }

    /** The shape of the stored tensor, all its parts together. */
    long[] storedShape(TensorRole role, ModelConfig config) {
        long[] shape = RoleShape.of(role, config);
        shape[0] =
                parts.stream().mapToLong(part -> RoleShape.of(part, config)[0]).sum();
        return shape;
    }
}
