package org.demur.sae.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.demur.sae.Activation;
import org.demur.sae.InputNorm;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * The dictionaries of OpenAI: a file {@code N.pt} per layer. Those with TopK standardise every row and put mean and deviation back
 * on the reconstruction; those with ReLU do not. The pre-bias is subtracted from the input and added to the output.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 *
 * @see <a href="https://github.com/openai/sparse_autoencoder">sparse_autoencoder</a>
 */
public record OpenAiFormat() implements SaeFormat {
    private static final SingleFile FILES = new SingleFile(Pattern.compile("(\\d{1,6})\\.pt"));
    private static final List<String> NEEDED = List.of("pre_bias", "encoder.weight", "latent_bias", "decoder.weight");
    private static final List<String> STATISTICS =
            List.of("stats_last_nonzero", "latents_activation_frequency", "latents_mean_square");
    private static final String ACTIVATION = "activation";
    private static final String ACTIVATION_STATE = "activation_state_dict";

    @Override
    public String label() {
        return "openai";
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
            tensors.expect(NEEDED, STATISTICS);
            Map<String, Object> plain = new TreeMap<>(torch.plain());
            Object name = plain.getOrDefault(ACTIVATION, "ReLU");
            Object state = plain.getOrDefault(ACTIVATION_STATE, Map.of());
            plain.keySet().removeAll(List.of(ACTIVATION, ACTIVATION_STATE));
            if (state instanceof Map<?, ?> entries) {
                // Newer versions of PyTorch let the library write these twice.
                entries.forEach((key, value) -> plain.remove(ACTIVATION + "." + key, value));
            }
            if (!plain.isEmpty()) {
                throw FormatRefusal.unsupported(
                        file,
                        "holds the unknown entry " + plain.keySet().iterator().next());
            }
            int[] sizes = tensors.sizes("encoder.weight");
            Activation activation = activation(file, name, state, sizes[0]);
            // The library ties the rescaling of rows to the kind of activation.
            InputNorm norm = activation instanceof Activation.TopK
                    ? new InputNorm.Standardise(InputNorm.Standardise.EPSILON)
                    : new InputNorm.None();
            SaeFacts facts = new SaeFacts(
                    options.at(file, "", FILES.layer(file)),
                    activation,
                    new SaeInput(SaeInput.Centring.DECODER_BIAS, norm));
            SaeWeights weights = new SaeWeights(
                    tensors.matrix("encoder.weight", sizes[0], sizes[1]),
                    tensors.vector("latent_bias", sizes[0]),
                    tensors.transposed("decoder.weight", sizes[1], sizes[0]),
                    tensors.vector("pre_bias", sizes[1]));
            return new ImportedSae(new Sae(facts, weights), Map.of());
        }
    }

    private static Activation activation(Path file, Object name, Object state, int features) {
        if ("ReLU".equals(name)) {
            return new Activation.Relu();
        }
        if (!"TopK".equals(name) || !(state instanceof Map<?, ?> entries)) {
            throw FormatRefusal.unsupported(file, "activation is " + (name instanceof String ? name : "no text"));
        }
        if (!(entries.get("k") instanceof Long k) || k < 1 || k > features) {
            throw FormatRefusal.broken(file, "activation_state_dict.k is no whole number in 1.." + features);
        }
        Activation.Sign sign;
        if ("ReLU".equals(entries.get("postact_fn"))) {
            sign = Activation.Sign.RECTIFIED;
        } else if ("Identity".equals(entries.get("postact_fn"))) {
            sign = Activation.Sign.KEPT;
        } else {
            throw FormatRefusal.unsupported(file, "activation_state_dict.postact_fn is neither ReLU nor Identity");
        }
        return new Activation.TopK(k.intValue(), sign, Activation.TopK.UNKNOWN);
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        new Requirements(this, imported.sae()).autoencoder();
        Sae sae = Folding.centred(imported.sae());
        float[] ones_F = new float[sae.F()];
        Arrays.fill(ones_F, 1);
        TorchWriter torch = new TorchWriter()
                .tensor("pre_bias", sae.b_dec_D(), sae.d())
                .tensor("encoder.weight", sae.w_enc_FD(), sae.F(), sae.d())
                .tensor("latent_bias", sae.b_enc_F(), sae.F())
                .tensor("decoder.weight", CheckedTensors.turned(sae.w_dec_FD(), sae.F(), sae.d()), sae.d(), sae.F())
                .wholes("stats_last_nonzero", new long[sae.F()])
                .tensor("latents_activation_frequency", ones_F, sae.F())
                .tensor("latents_mean_square", new float[sae.F()], sae.F());
        activation(torch, sae);
        torch.write(folder.resolve(sae.layer() + ".pt"));
    }

    private void activation(TorchWriter torch, Sae sae) {
        Requirements needs = new Requirements(this, sae);
        InputNorm norm = sae.facts().input().norm();
        if (sae.facts().activation() instanceof Activation.TopK topK) {
            if (!norm.equals(new InputNorm.Standardise(InputNorm.Standardise.EPSILON))) {
                throw FormatRefusal.noRoom(this, "a TopK dictionary of rows that are not standardised");
            }
            String rectifier = topK.sign() == Activation.Sign.RECTIFIED ? "ReLU" : "Identity";
            torch.text(ACTIVATION, "TopK")
                    .dict(ACTIVATION_STATE, new TreeMap<>(Map.of("k", topK.k(), "postact_fn", rectifier)));
        } else if (sae.facts().activation() instanceof Activation.Relu) {
            needs.unscaledRows();
            torch.text(ACTIVATION, "ReLU");
        } else {
            throw needs.activation();
        }
    }
}
