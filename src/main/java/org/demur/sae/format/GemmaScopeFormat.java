package org.demur.sae.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.edit.HookPoint;
import org.demur.model.NamedTensor;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * Gemma Scope: {@code params.npz} below a folder {@code layer_N}. JumpReLU with a threshold per feature; b_dec is not subtracted
 * from the input. The repository's name, if it is part of the path, says which site is read.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 *
 * @see <a href="https://arxiv.org/abs/2408.05147">Lieberum et al. 2024</a>
 */
public record GemmaScopeFormat() implements SaeFormat {
    private static final String WEIGHTS = "params.npz";
    private static final Pattern LAYER = Pattern.compile("layer_(\\d{1,6})");

    @Override
    public String label() {
        return "gemma-scope";
    }

    @Override
    public boolean recognises(Path path) {
        return path.endsWith(WEIGHTS) || Files.exists(path.resolve(WEIGHTS));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        Path file = path.endsWith(WEIGHTS) ? path : path.resolve(WEIGHTS);
        HookPoint at = at(file, options);
        try (CheckedTensors tensors = new CheckedTensors(NpzTensors.open(file))) {
            String w = tensors.has("w_enc") ? "w_" : "W_";
            tensors.expect(List.of(w + "enc", "b_enc", w + "dec", "b_dec", "threshold"), List.of());
            int[] sizes = tensors.sizes(w + "enc");
            SaeWeights weights = new SaeWeights(
                    tensors.transposed(w + "enc", sizes[0], sizes[1]),
                    tensors.vector("b_enc", sizes[1]),
                    tensors.matrix(w + "dec", sizes[1], sizes[0]),
                    tensors.vector("b_dec", sizes[0]));
            SaeFacts facts = new SaeFacts(
                    at,
                    new Activation.Threshold(tensors.vector("threshold", sizes[1])),
                    SaeInput.plain(),
                    file.toString().contains("transcoder") ? SaeFacts.Target.OTHER : SaeFacts.Target.INPUT);
            return new ImportedSae(new Sae(facts, weights), Map.of());
        }
    }

    private static HookPoint at(Path file, ImportOptions options) {
        Matcher layer = LAYER.matcher(file.toString());
        String hook = "";
        for (Path part : file) {
            if (part.toString().startsWith("gemma-scope-")) {
                hook = part.toString().endsWith("-res") ? "resid_post" : hook;
                hook = part.toString().endsWith("-mlp") ? "mlp_out" : hook;
            }
        }
        return options.at(file, hook, layer.find() ? Integer.parseInt(layer.group(1)) : -1);
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        Requirements needs =
                new Requirements(this, imported.sae()).autoencoder().unscaledRows();
        float[] threshold_F = needs.thresholds();
        Sae sae = Folding.uncentred(imported.sae());
        long d = sae.d();
        long features = sae.F();
        float[] w_enc_DF = CheckedTensors.turned(sae.w_enc_FD(), sae.F(), sae.d());
        NpzWriter.write(
                folder.resolve(WEIGHTS),
                List.of(
                        NamedTensor.f32("W_enc", new long[] {d, features}, w_enc_DF),
                        NamedTensor.f32("W_dec", new long[] {features, d}, sae.w_dec_FD()),
                        NamedTensor.f32("b_enc", new long[] {features}, sae.b_enc_F()),
                        NamedTensor.f32("b_dec", new long[] {d}, sae.b_dec_D()),
                        NamedTensor.f32("threshold", new long[] {features}, threshold_F)));
    }
}
