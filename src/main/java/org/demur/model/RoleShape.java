package org.demur.model;

import java.util.List;
import java.util.stream.Stream;

/** Which tensors a transformer of some configuration has, and of what shape. */
final class RoleShape {
    private RoleShape() {}

    /** The roles that occur, in the order of the declaration. */
    static List<TensorRole> present(ModelConfig config) {
        return Stream.of(TensorRole.values())
                .filter(role -> present(role, config))
                .toList();
    }

    private static boolean present(TensorRole role, ModelConfig config) {
        return switch (role) {
            case QUERY_BIAS, KEY_BIAS, VALUE_BIAS -> config.attention().qkvBias();
            case ATTENTION_OUTPUT_BIAS -> config.attention().outputBias();
            case QUERY_NORM, KEY_NORM -> config.attention().queryKeyNorm();
            case ATTENTION_NORM_BIAS, MLP_NORM_BIAS, FINAL_NORM_BIAS ->
                config.norm().kind() == NormSpec.Kind.LAYER;
            case POST_ATTENTION_NORM, POST_MLP_NORM -> config.norm().afterSublayers();
            case GATE -> config.mlp().gated();
            case UP_BIAS, DOWN_BIAS -> config.mlp().bias();
            case HEAD -> !config.tiedHead();
            case EMBEDDING, ATTENTION_NORM, QUERY, KEY, VALUE, ATTENTION_OUTPUT, MLP_NORM, UP, DOWN, FINAL_NORM -> true;
        };
    }

    /** Row-major; the first dimension counts rows. */
    static long[] of(TensorRole role, ModelConfig config) {
        AttentionSpec attention = config.attention();
        long d = config.dModel();
        long queries = (long) attention.heads() * attention.headDim();
        long keys = (long) attention.kvHeads() * attention.headDim();
        long width = config.mlp().width();
        return switch (role) {
            case EMBEDDING, HEAD -> new long[] {config.vocabSize(), d};
            case QUERY -> new long[] {queries, d};
            case KEY, VALUE -> new long[] {keys, d};
            case QUERY_BIAS -> new long[] {queries};
            case KEY_BIAS, VALUE_BIAS -> new long[] {keys};
            case QUERY_NORM, KEY_NORM -> new long[] {attention.headDim()};
            case ATTENTION_OUTPUT -> new long[] {d, queries};
            case GATE, UP -> new long[] {width, d};
            case UP_BIAS -> new long[] {width};
            case DOWN -> new long[] {d, width};
            case ATTENTION_NORM,
                    ATTENTION_NORM_BIAS,
                    ATTENTION_OUTPUT_BIAS,
                    POST_ATTENTION_NORM,
                    MLP_NORM,
                    MLP_NORM_BIAS,
                    DOWN_BIAS,
                    POST_MLP_NORM,
                    FINAL_NORM,
                    FINAL_NORM_BIAS -> new long[] {d};
        };
    }
}
