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
import org.demur.edit.Site;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsWriter;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * Gemma Scope 2: {@code config.json} and {@code params.safetensors}. JumpReLU as in {@link GemmaScopeFormat}; transcoders may have
 * an affine skip connection, stored [D, O].
 *
 * <p>Legend: {@code F} features, {@code D} input width, {@code O} output width.
 */
public record GemmaScope2Format() implements SaeFormat {
    private static final String SETTINGS = "config.json";
    private static final String WEIGHTS = "params.safetensors";
    private static final String SKIP = "affine_skip_connection";
    private static final Pattern POINT = Pattern.compile("model\\.layers\\.(\\d{1,6})\\.(.+)");
    private static final Map<String, Site> SITES =
            Map.of("output", Site.RESID_POST, "post_feedforward_layernorm.output", Site.MLP_OUT);

    @Override
    public String label() {
        return "gemma-scope-2";
    }

    @Override
    public boolean recognises(Path path) {
        return Files.exists(path.resolve(WEIGHTS));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        Settings config = Settings.read(path.resolve(SETTINGS));
        if (!config.text("architecture").equals("jump_relu")) {
            throw config.unsupported("architecture");
        }
        String read = config.text("hf_hook_point_in", "");
        boolean isTranscoder = !config.text("hf_hook_point_out", read).equals(read);
        HookPoint at = at(config.file(), read, options);
        try (CheckedTensors tensors = new CheckedTensors(SafetensorsTensors.open(path.resolve(WEIGHTS)))) {
            tensors.expect(List.of("w_enc", "b_enc", "w_dec", "b_dec", "threshold"), List.of(SKIP));
            if (config.flag("affine_connection", tensors.has(SKIP)) != tensors.has(SKIP)) {
                throw config.invalid("affine_connection", "it contradicts the weights");
            }
            int[] in = tensors.sizes("w_enc");
            int output = tensors.sizes("w_dec")[1];
            SaeWeights weights = new SaeWeights(
                    tensors.transposed("w_enc", in[0], in[1]),
                    tensors.vector("b_enc", in[1]),
                    tensors.matrix("w_dec", in[1], output),
                    tensors.vector("b_dec", output),
                    tensors.has(SKIP) ? tensors.transposed(SKIP, in[0], output) : new float[0]);
            SaeFacts facts = new SaeFacts(
                    at,
                    new Activation.Threshold(tensors.vector("threshold", in[1])),
                    SaeInput.plain(),
                    isTranscoder ? SaeFacts.Target.OTHER : SaeFacts.Target.INPUT);
            return new ImportedSae(new Sae(facts, weights), Map.of("model_name", config.text("model_name", "")));
        }
    }

    private static HookPoint at(Path file, String name, ImportOptions options) {
        Matcher point = POINT.matcher(name);
        if (!point.matches()) {
            return options.at(file, name, -1);
        }
        Site site = SITES.get(point.group(2));
        return options.at(file, site == null ? name : site.sqlName(), Integer.parseInt(point.group(1)));
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        Sae given = imported.sae();
        float[] threshold_F = new Requirements(this, given).unscaledRows().thresholds();
        Sae sae = Folding.uncentred(given);
        String read = SITES.entrySet().stream()
                .filter(entry -> entry.getValue() == sae.at().site())
                .findFirst()
                .map(entry -> "model.layers." + sae.layer() + "." + entry.getKey())
                .orElseThrow(() -> FormatRefusal.noRoom(
                        this, "a dictionary of " + sae.at().site().sqlName()));
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("architecture", "jump_relu");
        config.put("model_name", imported.origin().getOrDefault("model_name", ""));
        config.put("hf_hook_point_in", read);
        if (sae.isTranscoder()) {
            config.put("hf_hook_point_out", "model.layers." + sae.layer() + ".unknown");
            config.put("affine_connection", sae.weights().hasSkip());
        }
        SafetensorsWriter.write(folder.resolve(WEIGHTS), Map.of("format", "pt"), tensors(sae, threshold_F));
        JsonFile.write(folder.resolve(SETTINGS), config);
    }

    private static List<NamedTensor> tensors(Sae sae, float[] threshold_F) {
        long d = sae.d();
        long features = sae.F();
        int output = sae.weights().outputWidth();
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.f32(
                "w_enc", new long[] {d, features}, CheckedTensors.turned(sae.w_enc_FD(), sae.F(), sae.d())));
        tensors.add(NamedTensor.f32("w_dec", new long[] {features, output}, sae.w_dec_FD()));
        tensors.add(NamedTensor.f32("b_enc", new long[] {features}, sae.b_enc_F()));
        tensors.add(NamedTensor.f32("b_dec", new long[] {output}, sae.b_dec_D()));
        tensors.add(NamedTensor.f32("threshold", new long[] {features}, threshold_F));
        if (sae.weights().hasSkip()) {
            float[] w_skip_DO = CheckedTensors.turned(sae.weights().w_skip_OD(), output, sae.d());
            tensors.add(NamedTensor.f32(SKIP, new long[] {d, output}, w_skip_DO));
        }
        return tensors;
    }
}
