package org.demur.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.demur.model.Architecture.Trait;

/** The rotary embedding in the metadata and tensors of a GGUF file. */
final class GgufRope {
    /** The tensor with one divisor a pair. */
    static final String DIVISORS = "rope_freqs.weight";
    /** The divisors of LongRoPE for sequences up to the original context, and for longer ones. */
    static final String SHORT_DIVISORS = "rope_factors_short.weight";

    static final String LONG_DIVISORS = "rope_factors_long.weight";

    private static final String DIMS = "rope.dimension_count";
    private static final String THETA = "rope.freq_base";
    private static final String OLD_FACTOR = "rope.scale_linear";
    private static final String TYPE = "rope.scaling.type";
    private static final String FACTOR = "rope.scaling.factor";
    private static final String ORIGINAL_POSITIONS = "rope.scaling.original_context_length";

    /** The amplitude of LongRoPE. */
    static final String AMPLITUDE = "rope.scaling.attn_factor";

    /** Keys that are read for every family. */
    static final Set<String> KEYS = Set.of(DIMS, THETA, OLD_FACTOR, TYPE, FACTOR, ORIGINAL_POSITIONS);

    private static final double DEFAULT_THETA = 10_000;
    private static final double DEFAULT_GLOBAL_THETA = 1_000_000;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final Architecture family;
    private final String prefix;

    GgufRope(GgufFile file, Architecture family) {
        this.file = file;
        this.metadata = file.metadata();
        this.family = family;
        this.prefix = family.names().gguf() + ".";
    }

    int dims(int headDim) {
        long dims = metadata.whole(prefix + DIMS).orElse(headDim);
        if (dims > headDim || dims < headDim && !family.has(Trait.PARTIAL_ROTARY)) {
            throw Refusal.unsupported(
                    metadata.path(), "key " + prefix + DIMS + " differs from the head width " + headDim);
        }
        return (int) dims;
    }

    /** Of blocks that see everything. */
    RopeSpec global(int headDim) {
        double usual = family.has(Trait.LOCAL_ROPE) ? DEFAULT_GLOBAL_THETA : DEFAULT_THETA;
        return new RopeSpec(metadata.real(prefix + THETA).orElse(usual), scaling(dims(headDim) / 2));
    }

    /** Of blocks that slide. */
    RopeSpec local(int headDim) {
        return family.has(Trait.LOCAL_ROPE)
                ? new RopeSpec(metadata.real(prefix + "rope.freq_base_swa").orElse(DEFAULT_THETA), new RopeSpec.None())
                : global(headDim);
    }

    private RopeSpec.Scaling scaling(int pairs) {
        boolean longRope = file.names().contains(SHORT_DIVISORS) || file.names().contains(LONG_DIVISORS);
        double factor = metadata.real(prefix + OLD_FACTOR).orElse(1);
        String usual = longRope ? "longrope" : factor == 1 ? "none" : "linear";
        String type = metadata.text(prefix + TYPE).orElse(usual);
        RopeSpec.Scaling scaling =
                switch (type) {
                    case "none" -> new RopeSpec.None();
                    case "linear" ->
                        new RopeSpec.Linear(metadata.real(prefix + FACTOR).orElse(factor));
                    case "longrope" -> longRope(pairs);
                    default -> throw Refusal.unsupported(metadata.path(), "key " + prefix + TYPE + " is " + type);
                };
        if (longRope && !(scaling instanceof RopeSpec.LongRope)) {
            throw Refusal.unsupported(metadata.path(), "tensor " + SHORT_DIVISORS + " together with scaling " + type);
        }
        if (!longRope && metadata.real(prefix + AMPLITUDE).orElse(1) != 1) {
            throw Refusal.unsupported(metadata.path(), "key " + prefix + AMPLITUDE + " without " + SHORT_DIVISORS);
        }
        if (!file.names().contains(DIVISORS)) {
            return scaling;
        }
        if (!(scaling instanceof RopeSpec.None)) {
            throw Refusal.unsupported(metadata.path(), "tensor " + DIVISORS + " together with scaling " + type);
        }
        return new RopeSpec.Divisors(divisors(DIVISORS, pairs));
    }

    private RopeSpec.LongRope longRope(int pairs) {
        int original = positions(ORIGINAL_POSITIONS);
        double factor = (double) positions(Setting.POSITIONS.gguf()) / original;
        OptionalDouble amplitude = metadata.real(prefix + AMPLITUDE);
        return new RopeSpec.LongRope(
                divisors(SHORT_DIVISORS, pairs),
                divisors(LONG_DIVISORS, pairs),
                original,
                amplitude.orElse(RopeSpec.LongRope.usualAmplitude(factor, original)));
    }

    private int positions(String name) {
        OptionalLong positions = metadata.whole(prefix + name);
        if (positions.isEmpty()) {
            throw Refusal.broken(metadata.path(), "key " + prefix + name + " is missing");
        }
        return ConfigChecks.size(metadata.path(), prefix + name, positions.getAsLong());
    }

    private List<Double> divisors(String name, int pairs) {
        if (!file.names().contains(name)) {
            throw Refusal.broken(metadata.path(), "tensor " + name + " is missing");
        }
        TensorInfo info = file.info(name);
        if (info.elementCount() != pairs) {
            throw Refusal.broken(metadata.path(), "tensor " + info + " is not one number a pair");
        }
        FloatBuffer floats = FloatBuffer.allocate(pairs);
        file.readFloats(name, floats);
        List<Double> divisors = new ArrayList<>();
        for (float divisor : floats.array()) {
            divisors.add((double) divisor);
        }
        return divisors;
    }
}
