package org.demur.sae.format;

import java.util.Arrays;
import java.util.List;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of dictionary_learning.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 */
final class DictionaryLearningReader {
    private static final Logger LOG = LoggerFactory.getLogger(DictionaryLearningReader.class);
    private static final String ENCODER = "encoder.weight";
    private static final String DECODER = "decoder.weight";

    private final Settings trainer;
    private final TorchTensors file;
    private final CheckedTensors tensors;
    private final HookPoint at;
    private final String kind;
    private final int features;
    private final int d;

    DictionaryLearningReader(Settings trainer, TorchTensors file, HookPoint at) {
        this.trainer = trainer;
        this.file = file;
        this.tensors = new CheckedTensors(file);
        this.at = at;
        this.kind = trainer.text("dict_class");
        boolean isLinear = tensors.has(ENCODER);
        int[] sizes = tensors.sizes(isLinear ? ENCODER : "W_enc");
        this.features = isLinear ? sizes[0] : sizes[1];
        this.d = isLinear ? sizes[1] : sizes[0];
        agree("activation_dim", d);
        agree("dict_size", features);
        if (!file.plain().isEmpty()) {
            String name = file.plain().keySet().iterator().next();
            throw FormatRefusal.unsupported(file.path(), "entry " + name + " is no tensor");
        }
    }

    private void agree(String key, int size) {
        if (trainer.has(key) && trainer.positive(key) != size) {
            throw trainer.invalid(key, "the weights have " + size);
        }
    }

    Sae read() {
        return switch (kind) {
            case "AutoEncoder" -> autoEncoder();
            case "AutoEncoderNew" -> autoEncoderNew();
            case "GatedAutoEncoder" -> gated();
            case "AutoEncoderTopK" -> topK();
            case "BatchTopKSAE" -> batchTopK();
            case "MatryoshkaBatchTopKSAE" -> matryoshka();
            case "JumpReluAutoEncoder" -> jumpRelu();
            default -> throw trainer.unsupported("dict_class");
        };
    }

    private Sae autoEncoder() {
        tensors.expect(List.of(ENCODER, "encoder.bias", DECODER, "bias"), List.of());
        SaeWeights weights = linear("bias");
        float[] norm_F = Folding.norms(weights.w_dec_FO(), d);
        if (Folding.areOnes(norm_F)) {
            return sae(new Activation.Relu(), SaeInput.centred(), weights);
        }
        Folding.firstZero(norm_F).ifPresent(column -> {
            throw tensors.broken(DECODER, "has norm 0 in column " + column + ", by which it is divided");
        });
        return sae(new Activation.Relu(), SaeInput.centred(), Folding.inUnits(weights, norm_F));
    }

    private Sae autoEncoderNew() {
        tensors.expect(List.of(ENCODER, "encoder.bias", DECODER, "decoder.bias"), List.of());
        return sae(new Activation.Relu(), SaeInput.plain(), linear("decoder.bias"));
    }

    private Sae gated() {
        tensors.expect(List.of(ENCODER, DECODER, "decoder_bias", "r_mag", "gate_bias", "mag_bias"), List.of());
        SaeWeights weights = new SaeWeights(
                tensors.matrix(ENCODER, features, d),
                new float[features],
                tensors.transposed(DECODER, d, features),
                tensors.vector("decoder_bias", d));
        Activation gated = new Activation.Gated(
                tensors.vector("gate_bias", features),
                tensors.vector("r_mag", features),
                tensors.vector("mag_bias", features));
        return sae(gated, SaeInput.centred(), weights);
    }

    private Sae topK() {
        tensors.expect(List.of(ENCODER, "encoder.bias", DECODER, "b_dec", "k"), List.of("threshold"));
        int k = k();
        float threshold = tensors.has("threshold") ? tensors.scalar("threshold") : -1;
        Activation activation =
                new Activation.TopK(k, Activation.Sign.RECTIFIED, threshold < 0 ? Activation.TopK.UNKNOWN : threshold);
        return sae(activation, SaeInput.centred(), linear("b_dec"));
    }

    private Sae batchTopK() {
        tensors.expect(List.of(ENCODER, "encoder.bias", DECODER, "b_dec", "k", "threshold"), List.of());
        k();
        return sae(commonThreshold(), SaeInput.centred(), linear("b_dec"));
    }

    private Sae matryoshka() {
        tensors.expect(List.of("W_enc", "b_enc", "W_dec", "b_dec", "k", "threshold", "group_sizes"), List.of());
        k();
        return sae(commonThreshold(), SaeInput.centred(), rows());
    }

    private Sae jumpRelu() {
        tensors.expect(List.of("W_enc", "b_enc", "W_dec", "b_dec", "threshold"), List.of());
        return sae(new Activation.Threshold(tensors.vector("threshold", features)), SaeInput.plain(), rows());
    }

    /** The number in the weights, which the settings must repeat. */
    private int k() {
        long k = file.whole("k");
        if (k < 1 || k > features) {
            throw tensors.broken("k", "is " + k + ", outside 1.." + features);
        }
        if (trainer.has("k") && trainer.positive("k") != k) {
            throw trainer.invalid("k", "the weights say " + k);
        }
        return (int) k;
    }

    private Activation commonThreshold() {
        float threshold = tensors.scalar("threshold");
        if (threshold < 0) {
            LOG.warn(
                    "{}: threshold is {}, so it was never estimated; as in its library every positive feature counts",
                    file.path(),
                    threshold);
        }
        float[] threshold_F = new float[features];
        Arrays.fill(threshold_F, threshold);
        return new Activation.Threshold(threshold_F);
    }

    private SaeWeights linear(String bias) {
        return new SaeWeights(
                tensors.matrix(ENCODER, features, d),
                tensors.vector("encoder.bias", features),
                tensors.transposed(DECODER, d, features),
                tensors.vector(bias, d));
    }

    private SaeWeights rows() {
        return new SaeWeights(
                tensors.transposed("W_enc", d, features),
                tensors.vector("b_enc", features),
                tensors.matrix("W_dec", features, d),
                tensors.vector("b_dec", d));
    }

    private Sae sae(Activation activation, SaeInput input, SaeWeights weights) {
        return new Sae(new SaeFacts(at, activation, input), weights);
    }
}
