package org.demur.sae.train;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.demur.sae.train.Objective.DecoderNorm;
import org.demur.sae.train.Objective.InputBias;

/**
 * Whose formulas are followed where the libraries differ: forms of the losses, ranking, constraint of the decoder, clipping.
 *
 * <p>Coefficients are relative to the squared error summed over dimensions, except those of a mean target of L0, which are
 * relative to the whole reconstruction loss.
 */
public enum Conventions {
    /** Decoder rows of norm 1, losses in units of the variance of the inputs, auxiliary loss as of Gao et al. 2024. */
    DEMUR("demur"),
    /** SAELens 6. */
    SAELENS("saelens"),
    /** dictionary_learning 0.1. */
    DICTIONARY_LEARNING("dictionary-learning"),
    /** sparsify 1.3. */
    SPARSIFY("sparsify");

    private static final int PREFIXES = 4;

    private final String label;

    Conventions(String label) {
        this.label = label;
    }

    /** The conventions of that name. */
    public static Optional<Conventions> named(String label) {
        return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(one -> one.label).toList();
    }

    /**
     * What an objective is made from.
     *
     * @param features number of features F
     * @param width of the inputs
     * @param k active latents a row: fixed, on average, or as the target of a JumpReLU's L0
     * @param sparsityWeight coefficient of the sparsity term, or {@link Recipe#AUTO}
     * @param bandwidth of a JumpReLU's kernel, or {@link Recipe#AUTO}
     * @param auxiliaryK most latents of the auxiliary loss, or {@link Recipe#AUTO}
     * @param auxiliaryWeight its coefficient, or {@link Recipe#AUTO}
     */
    public record Numbers(
            int features,
            int width,
            double k,
            double sparsityWeight,
            double bandwidth,
            double auxiliaryK,
            double auxiliaryWeight)
            implements Serializable {}

    /** The objective of a kind of dictionary; empty if the library does not have the kind. */
    public Optional<Objective> objective(String kind, Numbers numbers) {
        return architecture(kind, numbers).map(architecture -> {
            boolean centred = !(architecture instanceof JumpRelu && this == DICTIONARY_LEARNING);
            boolean clipped = this == SAELENS
                    || (this == DICTIONARY_LEARNING
                            && !(architecture instanceof Gated || architecture instanceof ReluL1));
            return new Objective(
                    architecture,
                    auxiliary(architecture, numbers),
                    centred ? InputBias.DECODER : InputBias.NONE,
                    this == SAELENS ? DecoderNorm.FREE : DecoderNorm.ONE,
                    clipped ? 1 : 0);
        });
    }

    private Optional<Architecture> architecture(String kind, Numbers n) {
        TopK.Ranking ranking = this == SAELENS ? TopK.Ranking.TIMES_DECODER_NORM : TopK.Ranking.PRE_ACTIVATION;
        if (this == SPARSIFY && !"topk".equals(kind)) {
            return Optional.empty();
        }
        return switch (kind) {
            case "topk" -> Optional.of(new TopK((int) n.k(), ranking, TopK.MultiTopK.none()));
            case "batchtopk" -> Optional.of(new BatchTopK(n.k(), ranking));
            case "matryoshka" -> Optional.of(new Matryoshka(n.k(), ranking, widths(n.features()), weighting()));
            case "jumprelu" -> Optional.of(jumpRelu(n));
            case "gated" ->
                Optional.of(new Gated(
                        or(n.sparsityWeight(), this == DICTIONARY_LEARNING ? 0.1 : 1),
                        this == SAELENS,
                        this == SAELENS));
            case "standard" ->
                Optional.of(new ReluL1(or(n.sparsityWeight(), this == DICTIONARY_LEARNING ? 0.1 : 1), this == SAELENS));
            default -> Optional.empty();
        };
    }

    private JumpRelu jumpRelu(Numbers n) {
        return switch (this) {
            case SAELENS ->
                new JumpRelu(or(n.bandwidth(), 2), new JumpRelu.Tanh(or(n.sparsityWeight(), 10), 4), false, 3e-6);
            case DICTIONARY_LEARNING ->
                new JumpRelu(
                        or(n.bandwidth(), 0.001),
                        new JumpRelu.MeanTarget(or(n.sparsityWeight(), 1), n.k(), JumpRelu.Kernel.VALUE),
                        false,
                        0);
            case DEMUR, SPARSIFY ->
                new JumpRelu(
                        or(n.bandwidth(), 0.25),
                        new JumpRelu.MeanTarget(or(n.sparsityWeight(), 1), n.k(), JumpRelu.Kernel.PRE_ACTIVATION),
                        false,
                        0);
        };
    }

    private Matryoshka.Weighting weighting() {
        return switch (this) {
            case SAELENS -> Matryoshka.Weighting.SUM;
            case DICTIONARY_LEARNING -> Matryoshka.Weighting.MEAN_OF_SHARES;
            case DEMUR, SPARSIFY -> Matryoshka.Weighting.MEAN;
        };
    }

    /** An eighth, a quarter, half of the features and all. */
    private static List<Integer> widths(int features) {
        return IntStream.range(0, PREFIXES)
                .map(i -> Math.max(1, features >> (PREFIXES - 1 - i)))
                .distinct()
                .boxed()
                .toList();
    }

    private Auxiliary auxiliary(Architecture architecture, Numbers n) {
        boolean selects =
                architecture instanceof TopK || architecture instanceof BatchTopK || architecture instanceof Matryoshka;
        if (!selects && this != DEMUR) {
            return Auxiliary.none();
        }
        double half = n.width() / 2.0;
        int latents = (int) or(n.auxiliaryK(), this == DEMUR ? Math.min(half, n.k()) : half);
        return switch (this) {
            case SAELENS -> new Auxiliary(latents, or(n.auxiliaryWeight(), 1), Auxiliary.Form.PLAIN);
            case SPARSIFY -> new Auxiliary(latents, or(n.auxiliaryWeight(), 0), Auxiliary.Form.INPUT_VARIANCE);
            case DEMUR, DICTIONARY_LEARNING ->
                new Auxiliary(latents, or(n.auxiliaryWeight(), 1.0 / 32), Auxiliary.Form.RESIDUAL_VARIANCE);
        };
    }

    private static double or(double value, double otherwise) {
        return value == Recipe.AUTO ? otherwise : value;
    }

    /** Whether losses are divided by the variance of the inputs. */
    public boolean inUnitsOfVariance() {
        return this == DEMUR || this == SPARSIFY;
    }

    @Override
    public String toString() {
        return label;
    }
}
