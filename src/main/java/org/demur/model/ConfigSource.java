package org.demur.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the files of a model say about its sizes and constants, in either format; defaults filled in. */
interface ConfigSource {
    /** Whether attention and MLP read the same stream; the same key in both formats. */
    String PARALLEL = "use_parallel_residual";

    /** The file, for messages. */
    Path file();

    /** A size; empty where the family does not state it. */
    Optional<Integer> size(Setting setting);

    /** A number; empty where the family does not state it. */
    OptionalDouble real(Setting setting);

    /** How a setting is spelt, for messages. */
    String key(Setting setting);

    MlpSpec.Activation activation();

    boolean queryKeyValueBias();

    boolean outputBias();

    /** Whether attention and MLP read the same stream, in a family where both occur. */
    boolean parallel();

    int rotaryDims(HeadSizes sizes);

    /** The number whose inverse root multiplies products of queries and keys. */
    double queryScalar(HeadSizes sizes);

    /** What each block sees. */
    List<LayerAttention> layers(HeadSizes sizes);

    boolean tiedHead();

    /**
     * Sizes that the rules of families refer to.
     *
     * @param dModel width of the stream
     * @param nLayers blocks
     * @param heads query heads
     * @param headDim width of a head
     */
    record HeadSizes(int dModel, int nLayers, int heads, int headDim) {}
}
