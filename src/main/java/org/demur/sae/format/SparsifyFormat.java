package org.demur.sae.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.edit.HookPoint;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsWriter;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * sparsify of EleutherAI: {@code cfg.json} and {@code sae.safetensors} in a folder that is named after the module. Autoencoders
 * subtract b_dec from the input, transcoders do not; a skip connection adds x W_skip^T of the untouched input.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 *
 * @see <a href="https://github.com/EleutherAI/sparsify">sparsify</a>
 */
public record SparsifyFormat() implements SaeFormat {
    private static final String SETTINGS = "cfg.json";
    private static final String WEIGHTS = "sae.safetensors";
    private static final Pattern BLOCK = Pattern.compile("(?:\\w+\\.)*?(?:layers|h)\\.(\\d{1,6})(\\..+)?");

    @Override
    public String label() {
        return "sparsify";
    }

    @Override
    public boolean recognises(Path path) {
        return Files.exists(path.resolve(WEIGHTS));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        Settings cfg = Settings.read(path.resolve(SETTINGS));
        int d = cfg.positive("d_in");
        int latents = cfg.whole("num_latents", 0);
        int features = latents > 0 ? latents : Math.multiplyExact(d, cfg.positive("expansion_factor"));
        boolean isTranscoder = cfg.flag("transcode", false);
        boolean hasSkip = cfg.flag("skip_connection", false);
        if (cfg.flag("signed", false)) {
            throw cfg.unsupported("signed");
        }
        SaeFacts facts = new SaeFacts(
                at(path, options, isTranscoder),
                activation(cfg, features),
                isTranscoder ? SaeInput.plain() : SaeInput.centred(),
                isTranscoder ? SaeFacts.Target.OTHER : SaeFacts.Target.INPUT);
        try (CheckedTensors tensors = new CheckedTensors(SafetensorsTensors.open(path.resolve(WEIGHTS)))) {
            List<String> names = new ArrayList<>(List.of("encoder.weight", "encoder.bias", "W_dec", "b_dec"));
            if (hasSkip) {
                names.add("W_skip");
            }
            tensors.expect(names, List.of());
            SaeWeights weights = new SaeWeights(
                    tensors.matrix("encoder.weight", features, d),
                    tensors.vector("encoder.bias", features),
                    tensors.matrix("W_dec", features, d),
                    tensors.vector("b_dec", d),
                    hasSkip ? tensors.matrix("W_skip", d, d) : new float[0]);
            return new ImportedSae(new Sae(facts, weights), Map.of());
        }
    }

    private static Activation activation(Settings cfg, int features) {
        int k = cfg.active("k", features);
        return switch (cfg.text("activation", "topk")) {
            case "topk" -> new Activation.TopK(k, Activation.Sign.RECTIFIED, Activation.TopK.UNKNOWN);
            case "groupmax" -> {
                if (features % k != 0) {
                    throw cfg.invalid("k", "a divisor of the " + features + " features is needed");
                }
                yield new Activation.GroupMax(k, Activation.TopK.UNKNOWN);
            }
            default -> throw cfg.unsupported("activation");
        };
    }

    /** Folders are named after modules; an autoencoder reads what its module puts out, a transcoder what goes in. */
    private static HookPoint at(Path path, ImportOptions options, boolean isTranscoder) {
        Path name = path.getFileName();
        Matcher module = BLOCK.matcher(name == null ? "" : name.toString());
        if (!module.matches()) {
            return options.at(path, "", -1);
        }
        String part = module.group(2) == null ? "" : module.group(2);
        String hook =
                switch (part) {
                    case "" -> isTranscoder ? "resid_pre" : "resid_post";
                    case ".mlp" -> isTranscoder ? part : "mlp_out";
                    case ".self_attn", ".attn" -> isTranscoder ? part : "attn_out";
                    default -> part;
                };
        return options.at(path, hook, Integer.parseInt(module.group(1)));
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        Sae given = imported.sae();
        boolean isTranscoder = given.facts().target() == SaeFacts.Target.OTHER;
        Requirements needs = new Requirements(this, given);
        if (given.weights().outputWidth() != given.d()) {
            throw FormatRefusal.noRoom(this, "an output of another width");
        }
        Activation activation = given.facts().activation();
        boolean isGroupMax = activation instanceof Activation.GroupMax;
        int k = activation instanceof Activation.GroupMax groupMax
                ? groupMax.groups()
                : needs.k(Activation.Sign.RECTIFIED);
        needs.unscaledRows();
        Sae sae = isTranscoder ? Folding.uncentred(given) : Folding.centred(given);
        ObjectNode cfg = JsonNodeFactory.instance.objectNode();
        cfg.put("activation", isGroupMax ? "groupmax" : "topk");
        cfg.put("expansion_factor", Math.max(1, sae.F() / sae.d()));
        cfg.put("normalize_decoder", false);
        cfg.put("num_latents", sae.F());
        cfg.put("k", k);
        cfg.put("multi_topk", false);
        cfg.put("skip_connection", sae.weights().hasSkip());
        cfg.put("transcode", isTranscoder);
        cfg.put("d_in", sae.d());
        SafetensorsWriter.write(folder.resolve(WEIGHTS), Map.of("format", "pt"), tensors(sae));
        JsonFile.write(folder.resolve(SETTINGS), cfg);
    }

    private static List<NamedTensor> tensors(Sae sae) {
        long[] matrix = {sae.F(), sae.d()};
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.f32("encoder.weight", matrix, sae.w_enc_FD()));
        tensors.add(NamedTensor.f32("encoder.bias", new long[] {sae.F()}, sae.b_enc_F()));
        tensors.add(NamedTensor.f32("W_dec", matrix, sae.w_dec_FD()));
        tensors.add(NamedTensor.f32("b_dec", new long[] {sae.d()}, sae.b_dec_D()));
        if (sae.weights().hasSkip()) {
            tensors.add(NamedTensor.f32(
                    "W_skip", new long[] {sae.d(), sae.d()}, sae.weights().w_skip_OD()));
        }
        return tensors;
    }
}
