package org.demur.sae.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * The R1-distill series of Llama Scope: {@code config.json} and {@code sae_weights.safetensors} with the logarithm of a threshold
 * per feature, which h times the norm of the decoder column must exceed. Inputs are scaled to an average norm of sqrt(D), whose
 * measurement is a tensor of the file; features keep that scale.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 */
public record LlamaScopeR1Format() implements SaeFormat {
    private static final String SETTINGS = "config.json";
    private static final String WEIGHTS = "sae_weights.safetensors";
    private static final String THRESHOLD = "log_jumprelu_threshold";
    private static final String NORM = "dataset_average_activation_norm.";

    @Override
    public String label() {
        return "llama-scope-r1";
    }

    @Override
    public boolean recognises(Path path) {
        return Files.exists(path.resolve(SETTINGS)) && Files.exists(path.resolve(WEIGHTS));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        LlamaScopeSettings llama = new LlamaScopeSettings(Settings.read(path.resolve(SETTINGS)));
        Settings settings = llama.settings();
        llama.check();
        String hook = settings.text("hook_point_in", "");
        HookPoint at = options.at(settings.file(), hook);
        int d = llama.d();
        try (CheckedTensors tensors = new CheckedTensors(SafetensorsTensors.open(path.resolve(WEIGHTS)))) {
            int features = tensors.sizes("encoder.weight")[0];
            if (features != Math.round(d * settings.number("expansion_factor"))) {
                throw settings.invalid("expansion_factor", "the weights have " + features + " features");
            }
            String in = NORM + hook;
            String out = NORM + settings.text("hook_point_out", hook);
            List<String> names =
                    new ArrayList<>(List.of("encoder.weight", "encoder.bias", "decoder.weight", THRESHOLD));
            names.addAll(llama.isScaled() ? List.of(in) : List.of());
            tensors.expect(names, List.of("decoder.bias", in, out));
            float scaleIn = llama.isScaled() ? llama.scale(SETTINGS, positive(tensors, in)) : 1;
            float scaleOut =
                    llama.isScaled() && tensors.has(out) ? llama.scale(SETTINGS, positive(tensors, out)) : scaleIn;
            float[] w_enc_FD = tensors.matrix("encoder.weight", features, d);
            float[] w_dec_FD = tensors.transposed("decoder.weight", d, features);
            float[] threshold_F = thresholds(tensors, llama, Folding.norms(w_dec_FD, d));
            float[] b_dec_D = llama.bias(tensors);
            RowKernels.scale(w_enc_FD, 0, scaleIn, w_enc_FD.length);
            RowKernels.scale(w_dec_FD, 0, 1 / scaleOut, w_dec_FD.length);
            RowKernels.scale(b_dec_D, 0, 1 / scaleOut, d);
            SaeFacts facts = new SaeFacts(
                    at,
                    new Activation.Threshold(threshold_F),
                    llama.input(),
                    llama.isTranscoder() ? SaeFacts.Target.OTHER : SaeFacts.Target.INPUT);
            SaeWeights weights = new SaeWeights(w_enc_FD, tensors.vector("encoder.bias", features), w_dec_FD, b_dec_D);
            return new ImportedSae(new Sae(facts, weights), Map.of());
        }
    }

    private static float positive(CheckedTensors tensors, String name) {
        float norm = tensors.scalar(name);
        if (!(norm > 0)) {
            throw tensors.broken(name, "is " + norm + ", by which activations are divided");
        }
        return norm;
    }

    /** Thresholds of h alone; a feature whose decoder column is 0 never fires. */
    private static float[] thresholds(CheckedTensors tensors, LlamaScopeSettings llama, float[] norm_F) {
        float[] threshold_F = tensors.vector(THRESHOLD, norm_F.length);
        for (int j = 0; j < threshold_F.length; j++) {
            double threshold = Math.exp(threshold_F[j]) / (llama.hasNormInThreshold() ? norm_F[j] : 1);
            threshold_F[j] = (float) Math.min(threshold, Float.MAX_VALUE);
        }
        return threshold_F;
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        // Other loaders know no pre-encoder bias.
        Sae sae = Folding.uncentred(imported.sae());
        float[] threshold_F = new Requirements(this, imported.sae())
                .autoencoder()
                .unscaledRows()
                .thresholds()
                .clone();
        for (int j = 0; j < threshold_F.length; j++) {
            if (!(threshold_F[j] > 0)) {
                throw FormatRefusal.noRoom(this, "the threshold " + threshold_F[j] + " of feature " + j);
            }
            threshold_F[j] = (float) Math.log(threshold_F[j]);
        }
        String hook = ImportOptions.transformerLensName(sae.at());
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("sae_type", "sae");
        settings.put("hook_point_in", hook);
        settings.put("hook_point_out", hook);
        settings.put("use_decoder_bias", true);
        settings.put("apply_decoder_bias_to_pre_encoder", false);
        settings.put("expansion_factor", (double) sae.F() / sae.d());
        settings.put("d_model", sae.d());
        settings.put("norm_activation", "dataset-wise");
        settings.put("sparsity_include_decoder_norm", false);
        settings.put("use_glu_encoder", false);
        settings.put("act_fn", "jumprelu");
        List<NamedTensor> tensors = new ArrayList<>(LlamaScopeFormat.tensors(sae));
        tensors.add(NamedTensor.f32(THRESHOLD, new long[] {threshold_F.length}, threshold_F));
        // The norm whose scale is 1.
        tensors.add(NamedTensor.f32(NORM + hook, new long[] {1}, new float[] {(float) Math.sqrt(sae.d())}));
        SafetensorsWriter.write(folder.resolve(WEIGHTS), Map.of("format", "pt"), tensors);
        JsonFile.write(folder.resolve(SETTINGS), settings);
    }
}
