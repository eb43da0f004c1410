package org.demur.sae.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * Qwen-Scope: a file {@code layerN.sae.pt} per layer, of the residual stream behind block N. TopK without a ReLU, so selected
 * features may be negative, and without subtracting b_dec. The number of features a row is part of the repository's name only.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 */
public record QwenScopeFormat() implements SaeFormat {
    private static final SingleFile FILES = new SingleFile(Pattern.compile("layer(\\d{1,6})\\.sae\\.pt"));
    private static final Pattern REPOSITORY = Pattern.compile("SAE-Res-(.+)-W\\d+K-L0_(\\d{1,6})");

    @Override
    public String label() {
        return "qwen-scope";
    }

    @Override
    public boolean recognises(Path path) {
        return FILES.isAt(path);
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        Path file = FILES.file(path);
        try (TorchTensors torch = TorchTensors.open(file)) {
            CheckedTensors tensors = new CheckedTensors(torch);
            tensors.expect(List.of("W_enc", "W_dec", "b_enc", "b_dec"), List.of());
            int[] sizes = tensors.sizes("W_enc");
            int k = k(file, options, sizes[0]);
            SaeWeights weights = new SaeWeights(
                    tensors.matrix("W_enc", sizes[0], sizes[1]),
                    tensors.vector("b_enc", sizes[0]),
                    tensors.transposed("W_dec", sizes[1], sizes[0]),
                    tensors.vector("b_dec", sizes[1]));
            SaeFacts facts = new SaeFacts(
                    options.at(file, "resid_post", FILES.layer(file)),
                    new Activation.TopK(k, Activation.Sign.KEPT, Activation.TopK.UNKNOWN),
                    SaeInput.plain());
            Matcher repository = REPOSITORY.matcher(file.toAbsolutePath().toString());
            return new ImportedSae(
                    new Sae(facts, weights), repository.find() ? Map.of("model_name", repository.group(1)) : Map.of());
        }
    }

    private static int k(Path file, ImportOptions options, int features) {
        Matcher repository = REPOSITORY.matcher(file.toAbsolutePath().toString());
        int k = options.k();
        if (k == 0 && repository.find()) {
            k = Integer.parseInt(repository.group(2));
        }
        if (k < 1 || k > features) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    file + ": k is " + (k == 0 ? "unknown" : k) + " for " + features + " features",
                    "the files leave the number of features a row to the name of the repository, such as"
                            + " SAE-Res-Qwen3-8B-Base-W64K-L0_50",
                    "keep that name in the path, or say --k 50");
        }
        return k;
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        new Requirements(this, imported.sae()).autoencoder().unscaledRows().k(Activation.Sign.KEPT);
        Sae sae = Folding.uncentred(imported.sae());
        new TorchWriter()
                .tensor("W_enc", sae.w_enc_FD(), sae.F(), sae.d())
                .tensor("W_dec", CheckedTensors.turned(sae.w_dec_FD(), sae.F(), sae.d()), sae.d(), sae.F())
                .tensor("b_enc", sae.b_enc_F(), sae.F())
                .tensor("b_dec", sae.b_dec_D(), sae.d())
                .write(folder.resolve("layer" + sae.layer() + ".sae.pt"));
    }
}
