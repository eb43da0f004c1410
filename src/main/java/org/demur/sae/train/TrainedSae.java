package org.demur.sae.train;

import java.util.Arrays;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;
import org.demur.sae.WorkCrew;

/**
 * Published dictionaries out of training weights: the scaling of inputs and, where selections weigh with the decoder's norms, the
 * norms are folded in, so that pre-activations of the published one mean what they meant in training.
 */
public final class TrainedSae {
    private final TrainingWeights weights;
    private final Objective objective;

    /** A dictionary whose training has finished. */
    public TrainedSae(TrainingWeights weights, Objective objective) {
        this.weights = weights;
        this.objective = objective;
    }

    /**
     * The dictionary as it is published.
     *
     * @param at point that it reads
     * @param sample rows on which thresholds are calibrated
     */
    public Sae publish(HookPoint at, SampleFacts sample, WorkCrew crew) {
        if (objective.architecture().ranksByNorm()) {
            foldNorms();
        }
        SaeInput input = objective.inputBias() == Objective.InputBias.DECODER ? SaeInput.centred() : SaeInput.plain();
        SaeFacts.Target target =
                switch (sample.target()) {
                    case INPUT -> SaeFacts.Target.INPUT;
                    case OTHER_VECTOR -> SaeFacts.Target.OTHER;
                };
        return fold(weights, sample.inputScale(), new SaeFacts(at, activation(sample, crew), input, target));
    }

    /** Folds the factor {@code scale} of training inputs into copies of the training weights; h stays as it is. */
    public static Sae fold(TrainingWeights weights, float scale, SaeFacts facts) {
        return new Sae(
                facts,
                new SaeWeights(
                        scaled(weights.w_enc().flat(), scale),
                        facts.activation() instanceof Activation.Gated
                                ? new float[weights.features()]
                                : weights.b_enc_F().clone(),
                        scaled(weights.w_dec().flat(), 1 / scale),
                        scaled(weights.b_dec().clone(), 1 / scale)));
    }

    private Activation activation(SampleFacts sample, WorkCrew crew) {
        Architecture architecture = objective.architecture();
        if (architecture instanceof TopK kind) {
            return new Activation.TopK(kind.k(), Activation.Sign.RECTIFIED, calibrated(sample, kind.k(), crew));
        } else if (architecture instanceof BatchTopK kind) {
            return constant(calibrated(sample, kind.k(), crew));
        } else if (architecture instanceof Matryoshka kind) {
            return constant(calibrated(sample, kind.k(), crew));
        } else if (architecture instanceof JumpRelu kind) {
            return new Activation.Threshold(onTarget(kind, sample, crew));
        } else if (architecture instanceof Gated) {
            return new Activation.Gated(
                    weights.scalar(0).clone(),
                    weights.scalar(2).clone(),
                    weights.scalar(1).clone());
        }
        return new Activation.Relu();
    }

    /**
     * Thresholds of a JumpReLU that is trained for a mean number of active latents. Thresholds lag behind the weights, so they are scaled
     * together to meet it; formulas of other libraries are left as they are.
     */
    private float[] onTarget(JumpRelu kind, SampleFacts sample, WorkCrew crew) {
        float[] threshold_F = weights.scalar(1).clone();
        if (kind.sparsity() instanceof JumpRelu.MeanTarget mean && mean.kernel() == JumpRelu.Kernel.PRE_ACTIVATION) {
            float factor = new ThresholdCalibration(weights, objective.inputBias(), crew)
                    .factor(sample.x_NI(), mean.target(), threshold_F);
            if (factor > 0) {
                RowKernels.scale(threshold_F, 0, factor, threshold_F.length);
            }
        }
        return threshold_F;
    }

    private Activation constant(float threshold) {
        float[] thresholds = new float[weights.features()];
        Arrays.fill(thresholds, threshold);
        return new Activation.Threshold(thresholds);
    }

    private float calibrated(SampleFacts sample, double k, WorkCrew crew) {
        return new ThresholdCalibration(weights, objective.inputBias(), crew).threshold(sample.x_NI(), k);
    }

    private void foldNorms() {
        float[] norms = weights.decoderNorms();
        for (int j = 0; j < norms.length; j++) {
            float norm = norms[j];
            if (norm > 0) {
                RowMatrix w_enc = weights.w_enc();
                RowMatrix w_dec = weights.w_dec();
                RowKernels.scale(w_enc.array(j), w_enc.at(j), norm, w_enc.width());
                RowKernels.scale(w_dec.array(j), w_dec.at(j), 1 / norm, w_dec.width());
                weights.b_enc_F()[j] *= norm;
            }
        }
        weights.mirror(0, weights.features());
    }

    private static float[] scaled(float[] values, float factor) {
        RowKernels.scale(values, 0, factor, values.length);
        return values;
    }
}
