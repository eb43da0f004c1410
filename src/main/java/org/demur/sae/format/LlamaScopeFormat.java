package org.demur.sae.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.demur.edit.HookPoint;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsWriter;
import org.demur.sae.Activation;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeWeights;

/**
 * Llama Scope: {@code hyperparams.json} and {@code checkpoints/final.safetensors}. As in the code of its release, the average norm
 * is folded into the biases and decoder norms into the encoder; then the one threshold holds for raw inputs. Loaders that apply
 * the threshold to the scaled or unfolded weights let other features fire.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 *
 * @see <a href="https://arxiv.org/abs/2410.20526">He et al. 2024</a>
 */
public record LlamaScopeFormat() implements SaeFormat {
    private static final String SETTINGS = "hyperparams.json";
    private static final String WEIGHTS = "checkpoints/final.safetensors";
    private static final String NORMS = "dataset_average_activation_norm";

    @Override
    public String label() {
        return "llama-scope";
    }

    @Override
    public boolean recognises(Path path) {
        return Files.exists(path.resolve(SETTINGS));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        LlamaScopeSettings llama = new LlamaScopeSettings(Settings.read(path.resolve(SETTINGS)));
        Settings settings = llama.settings();
        llama.check();
        HookPoint at = options.at(settings.file(), settings.text("hook_point_in", ""));
        int d = llama.d();
        int features = settings.positive("d_sae");
        double threshold = settings.number("jump_relu_threshold");
        if (threshold < 0) {
            throw settings.invalid("jump_relu_threshold", "a number of at least 0 is needed");
        }
        float in = scale(llama, "in");
        float out = settings.section(NORMS).has("out") ? scale(llama, "out") : in;
        try (CheckedTensors tensors = new CheckedTensors(SafetensorsTensors.open(path.resolve(WEIGHTS)))) {
            tensors.expect(List.of("encoder.weight", "encoder.bias", "decoder.weight"), List.of("decoder.bias"));
            float[] b_enc_F = tensors.vector("encoder.bias", features);
            float[] w_dec_FD = tensors.transposed("decoder.weight", d, features);
            float[] b_dec_D = llama.bias(tensors);
            divide(b_enc_F, in);
            divide(b_dec_D, out);
            RowKernels.scale(w_dec_FD, 0, in / out, w_dec_FD.length);
            SaeWeights weights =
                    new SaeWeights(tensors.matrix("encoder.weight", features, d), b_enc_F, w_dec_FD, b_dec_D);
            float[] threshold_F = new float[features];
            Arrays.fill(threshold_F, (float) threshold);
            SaeFacts facts = new SaeFacts(
                    at,
                    new Activation.Threshold(threshold_F),
                    llama.input(),
                    llama.isTranscoder() ? SaeFacts.Target.OTHER : SaeFacts.Target.INPUT);
            SaeWeights folded = llama.hasNormInThreshold() ? folded(tensors, weights) : weights;
            return new ImportedSae(new Sae(facts, folded), Map.of());
        }
    }

    private static float scale(LlamaScopeSettings llama, String side) {
        if (!llama.isScaled()) {
            return 1;
        }
        return llama.scale(NORMS, llama.settings().section(NORMS).number(side));
    }

    private static void divide(float[] values, float by) {
        for (int i = 0; i < values.length; i++) {
            values[i] /= by;
        }
    }

    private static SaeWeights folded(CheckedTensors tensors, SaeWeights weights) {
        float[] norm_F = Folding.norms(weights.w_dec_FO(), weights.outputWidth());
        Folding.firstZero(norm_F).ifPresent(column -> {
            throw tensors.broken("decoder.weight", "has norm 0 in column " + column + ", by which it is divided");
        });
        return Folding.inUnits(weights, norm_F);
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        float[] threshold_F = new Requirements(this, imported.sae())
                .autoencoder()
                .unscaledRows()
                .thresholds();
        float threshold = threshold_F[0];
        for (float other : threshold_F) {
            if (other != threshold || other < 0) {
                throw FormatRefusal.noRoom(this, "thresholds that differ or are negative, such as " + other);
            }
        }
        // Other loaders know no pre-encoder bias.
        Sae sae = Folding.uncentred(imported.sae());
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("hook_point_in", ImportOptions.transformerLensName(sae.at()));
        settings.put("hook_point_out", ImportOptions.transformerLensName(sae.at()));
        settings.put("use_decoder_bias", true);
        settings.put("apply_decoder_bias_to_pre_encoder", false);
        settings.put("expansion_factor", (double) sae.F() / sae.d());
        settings.put("d_model", sae.d());
        settings.put("d_sae", sae.F());
        settings.put("norm_activation", "dataset-wise");
        // The norm whose scale is 1.
        settings.putObject(NORMS).put("in", Math.sqrt(sae.d())).put("out", Math.sqrt(sae.d()));
        settings.put("sparsity_include_decoder_norm", false);
        settings.put("use_glu_encoder", false);
        settings.put("act_fn", "jumprelu");
        settings.put("jump_relu_threshold", threshold);
        Path weights = folder.resolve(WEIGHTS);
        try {
            Files.createDirectories(weights.getParent());
        } catch (IOException e) {
            throw FormatRefusal.unwritable(weights, e);
        }
        SafetensorsWriter.write(weights, Map.of("format", "pt"), tensors(sae));
        JsonFile.write(folder.resolve(SETTINGS), settings);
    }

    /** Weights in the orientation of linear layers. */
    static List<NamedTensor> tensors(Sae sae) {
        return List.of(
                NamedTensor.f32("encoder.weight", new long[] {sae.F(), sae.d()}, sae.w_enc_FD()),
                NamedTensor.f32("encoder.bias", new long[] {sae.F()}, sae.b_enc_F()),
                NamedTensor.f32(
                        "decoder.weight",
                        new long[] {sae.d(), sae.F()},
                        CheckedTensors.turned(sae.w_dec_FD(), sae.F(), sae.d())),
                NamedTensor.f32("decoder.bias", new long[] {sae.d()}, sae.b_dec_D()));
    }
}
